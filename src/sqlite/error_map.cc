#include "src/sqlite/error_map.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include <new>
#include <string>

namespace seathold::sqlite {
namespace {

struct Row {
  int code;
  Code open, work, line;
};

// By the extended code if it is here, else by the primary one.
//
// While at work, ERROR, SCHEMA, MISMATCH and TOOBIG are damage: our statements are fixed and were
// prepared before, so only a file that is not ours any more lacks a column, or has a list that is
// no JSON, or a value of another type or size. A key that exists is somebody else's write; any
// other constraint is a record that no rule should have made.
// clang-format off
constexpr Row kRows[] = {
    {SQLITE_BUSY,                  Code::kBusy,           Code::kBusy,           Code::kBusy},
    {SQLITE_LOCKED,                Code::kBusy,           Code::kBusy,           Code::kBusy},
    {SQLITE_INTERRUPT,             Code::kBusy,           Code::kBusy,           Code::kBusy},
    // Too many retries while others recover the WAL.
    {SQLITE_PROTOCOL,              Code::kCannotOpen,     Code::kBusy,           Code::kBusy},
    {SQLITE_FULL,                  Code::kStorageFull,    Code::kStorageFull,    Code::kStorageFull},
    {SQLITE_NOMEM,                 Code::kOutOfMemory,    Code::kOutOfMemory,    Code::kOutOfMemory},
    {SQLITE_IOERR_NOMEM,           Code::kOutOfMemory,    Code::kOutOfMemory,    Code::kOutOfMemory},
    {SQLITE_READONLY,              Code::kReadOnly,       Code::kReadOnly,       Code::kReadOnly},
    {SQLITE_PERM,                  Code::kCannotOpen,     Code::kInternal,       Code::kReadOnly},
    {SQLITE_AUTH,                  Code::kCannotOpen,     Code::kInternal,       Code::kReadOnly},
    {SQLITE_IOERR,                 Code::kCannotOpen,     Code::kStorageFailed,  Code::kBusy},
    {SQLITE_CANTOPEN,              Code::kCannotOpen,     Code::kStorageFailed,  Code::kCannotOpen},
    {SQLITE_CORRUPT,               Code::kStorageCorrupt, Code::kStorageCorrupt, Code::kLineLost},
    {SQLITE_NOTADB,                Code::kStorageCorrupt, Code::kStorageCorrupt, Code::kLineLost},
    {SQLITE_ERROR,                 Code::kCannotOpen,     Code::kStorageCorrupt, Code::kLineLost},
    {SQLITE_SCHEMA,                Code::kCannotOpen,     Code::kStorageCorrupt, Code::kLineLost},
    {SQLITE_MISMATCH,              Code::kCannotOpen,     Code::kStorageCorrupt, Code::kLineLost},
    {SQLITE_TOOBIG,                Code::kCannotOpen,     Code::kStorageCorrupt, Code::kInternal},
    {SQLITE_CONSTRAINT_PRIMARYKEY, Code::kCannotOpen,     Code::kAborted,        Code::kLineLost},
    {SQLITE_CONSTRAINT_UNIQUE,     Code::kCannotOpen,     Code::kAborted,        Code::kLineLost},
    {SQLITE_CONSTRAINT,            Code::kCannotOpen,     Code::kInternal,       Code::kLineLost},
    {SQLITE_FORMAT,                Code::kCannotOpen,     Code::kInternal,       Code::kLineLost},
    {SQLITE_EMPTY,                 Code::kCannotOpen,     Code::kInternal,       Code::kLineLost},
    {SQLITE_NOTFOUND,              Code::kCannotOpen,     Code::kInternal,       Code::kLineLost},
};
// clang-format on
constexpr Row kAnyOther{0, Code::kCannotOpen, Code::kInternal, Code::kInternal};

const Row& RowOf(int code) {
  for (const int wanted : {code, code & 0xFF}) {
    for (const Row& row : kRows) {
      if (row.code == wanted) return row;
    }
  }
  return kAnyOther;
}

bool NoEffectAtCommit(int code) {
  const int primary = code & 0xFF;
  return primary == SQLITE_BUSY || primary == SQLITE_FULL || primary == SQLITE_CONSTRAINT;
}

// Everyday answers, for which no text is made.
bool IsEveryday(Code code) {
  return code == Code::kBusy || code == Code::kAborted || code == Code::kLineLost;
}

// Without its text where there is no memory for it: what happened counts more than how it reads.
Status Told(Code code, std::string_view what, const char* why) {
  try {
    return Status(code, std::string(what) + ": " + why);
  } catch (const std::bad_alloc&) {
    return Status(code);
  }
}

}  // namespace

Code MapCode(int code, Phase phase) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return Code::kOk;
  if (phase == Phase::kCommit && !NoEffectAtCommit(code)) return Code::kOutcomeUnknown;
  const Row& row = RowOf(code);
  if (phase == Phase::kLine) return row.line;
  return phase == Phase::kOpen ? row.open : row.work;
}

Status MapError(int code, Phase phase, std::string_view what) {
  const Code mapped = MapCode(code, phase);
  if (mapped == Code::kOk) return Status();
  if (IsEveryday(mapped) && (code & 0xFF) != SQLITE_IOERR) return Status(mapped);
  char why[128];
  snprintf(why, sizeof why, "%s (%d)", sqlite3_errstr(code), code);
  return Told(mapped, what, why);
}

Status FileError(std::string_view path, int error, Phase phase) {
  Code code = Code::kCannotOpen;
  if (error == ENOSPC || error == EDQUOT) code = Code::kStorageFull;
  if (error == EROFS) code = Code::kReadOnly;
  if (phase == Phase::kLine && (error == EACCES || error == EPERM)) code = Code::kReadOnly;
  if (error == ENOMEM) code = Code::kOutOfMemory;
  char text[128];
  return Told(code, path, strerror_r(error, text, sizeof text));
}

}  // namespace seathold::sqlite
