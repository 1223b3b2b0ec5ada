#include "src/storage/sqlite/error_map.h"

#include <sqlite3.h>

#include <new>

namespace seathold::sqlite {
namespace {

Code MapOpen(int code) {
  if (code == SQLITE_IOERR_NOMEM) return Code::kOutOfMemory;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return Code::kBusy;
    case SQLITE_FULL:
      return Code::kStorageFull;
    case SQLITE_NOMEM:
      return Code::kOutOfMemory;
    case SQLITE_READONLY:
      return Code::kReadOnly;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kStorageCorrupt;
    default:
      return Code::kCannotOpen;
  }
}

Code MapWork(int code) {
  if (code == SQLITE_IOERR_NOMEM) return Code::kOutOfMemory;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:  // too many retries while others recover the WAL
      return Code::kBusy;
    case SQLITE_FULL:
      return Code::kStorageFull;
    case SQLITE_NOMEM:
      return Code::kOutOfMemory;
    case SQLITE_READONLY:
      return Code::kReadOnly;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    // Our statements are fixed and were prepared before: only a damaged file makes them fail by a
    // missing column, a list that is no JSON, or a value of another type or size.
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return Code::kStorageCorrupt;
    case SQLITE_CONSTRAINT:
      // A key that exists is somebody else's write; any other constraint is a record that no rule
      // should have made.
      return code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE
                 ? Code::kAborted
                 : Code::kInternal;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return Code::kStorageFailed;
    default:
      return Code::kInternal;
  }
}

bool NoEffectAtCommit(int code) {
  const int primary = code & 0xFF;
  return primary == SQLITE_BUSY || primary == SQLITE_FULL || primary == SQLITE_CONSTRAINT;
}

}  // namespace

Code MapCode(int code, Phase phase) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return Code::kOk;
  if (phase == Phase::kOpen) return MapOpen(code);
  if (phase == Phase::kCommit && !NoEffectAtCommit(code)) return Code::kOutcomeUnknown;
  return MapWork(code);
}

bool PoisonsStorage(Code code) {
  return code == Code::kOutcomeUnknown || code == Code::kStorageFailed ||
         code == Code::kStorageCorrupt;
}

Status MapError(int code, Phase phase, std::string_view what) {
  const Code mapped = MapCode(code, phase);
  if (mapped == Code::kOk || mapped == Code::kBusy || mapped == Code::kAborted) {
    return Status(mapped);
  }
  try {
    std::string detail(what);
    detail += ": ";
    detail += sqlite3_errstr(code);
    detail += " (" + std::to_string(code) + ")";
    return Status(mapped, std::move(detail));
  } catch (const std::bad_alloc&) {
    return Status(mapped);  // what happened counts more than how it reads
  }
}

}  // namespace seathold::sqlite
