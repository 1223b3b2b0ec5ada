#include "src/storage/sqlite/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/storage/sqlite/connection.h"
#include "src/storage/sqlite/db_files.h"

namespace seathold::sqlite {
namespace {

int VacuumInto(Connection* reader, const std::string& path, Deadline deadline) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(reader->handle(), "VACUUM INTO ?", -1, &statement, nullptr);
  if (code == SQLITE_OK) {
    code = sqlite3_bind_text(statement, 1, path.c_str(), -1, SQLITE_STATIC);
  }
  if (code == SQLITE_OK) code = reader->StepUntilDeadline(statement, deadline);
  sqlite3_finalize(statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

Status SyncFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return FileError(path, errno);
  const int failed = fsync(file) == 0 ? 0 : errno;
  close(file);
  return failed == 0 ? SyncFolderOf(path) : FileError(path, failed);
}

}  // namespace

Status BackupTo(Connection* reader, const std::string& path, Deadline deadline) {
  if (path.empty() || path.find('\0') != std::string::npos || path.back() == '/') {
    return Status(Code::kInvalidArgument, "the path of the copy is empty or no file name");
  }
  struct stat info;
  if (lstat(path.c_str(), &info) == 0) return Status(Code::kAlreadyExists, path);
  // VACUUM INTO takes a file that is there and empty: so it is ours, with our mode, from the start.
  std::string resolved;
  if (Status status = ResolvePath(path, &resolved); !status.ok()) return status;
  if (Status status = CreatePrivateFile(resolved); !status.ok()) return status;
  const int code = VacuumInto(reader, resolved, deadline);
  Status status = code == SQLITE_OK ? SyncFile(resolved) : MapError(code, Phase::kOpen, resolved);
  if (!status.ok()) unlink(resolved.c_str());
  return status;
}

}  // namespace seathold::sqlite
