#include "src/cache/sqlite/line_errors.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace seathold {
namespace {

Code CodeOf(int code) {
  if (code == SQLITE_IOERR_NOMEM) return Code::kOutOfMemory;
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return Code::kOk;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
      return Code::kBusy;
    case SQLITE_FULL:
      return Code::kStorageFull;
    case SQLITE_NOMEM:
      return Code::kOutOfMemory;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kReadOnly;
    case SQLITE_CANTOPEN:
      return Code::kCannotOpen;
    // A missing table or column is SQLITE_ERROR; a row that contradicts the line, a constraint.
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_EMPTY:
    case SQLITE_NOTFOUND:
      return Code::kLineLost;
    default:
      return Code::kInternal;
  }
}

Code CodeOfErrno(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::kReadOnly;
    case ENOSPC:
    case EDQUOT:
      return Code::kStorageFull;
    case ENOMEM:
      return Code::kOutOfMemory;
    default:
      return Code::kCannotOpen;
  }
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

Status LineStatus(int code, std::string_view what) {
  const Code mapped = CodeOf(code);
  if (mapped == Code::kOk) return {};
  // Busy and lost are everyday answers: no text is made for them.
  if (mapped == Code::kLineLost || (code & 0xff) == SQLITE_BUSY) return Status(mapped);
  return Told(mapped, what, sqlite3_errstr(code));
}

Status LineFileStatus(int error_number, const std::string& path) {
  return Told(CodeOfErrno(error_number), path, std::strerror(error_number));
}

}  // namespace seathold
