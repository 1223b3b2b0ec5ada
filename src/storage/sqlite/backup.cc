#include "src/storage/sqlite/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/storage/sqlite/db_connection.h"
#include "src/storage/sqlite/db_files.h"
#include "src/storage/sqlite/schema.h"
#include "src/storage/sqlite/wal_note.h"

namespace seathold::sqlite {
namespace {

// Until it has its name nobody needs to find it whole; then it is synced, once.
constexpr const char* kNobodysFile = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;";

Status WriteCopy(Connection* reader, const std::string& part, Deadline deadline) {
  if (const int code = VacuumInto(reader, part, deadline); code != SQLITE_OK) {
    return MapError(code, Phase::kOpen, part);
  }
  return BecomeCopy(part, deadline);
}

// Never over a file that has come to be meanwhile, where the file system can tell.
Status RenameToNew(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return Status();
  }
  if (errno == EEXIST) return Status(Code::kAlreadyExists, to);
  if (errno != EINVAL && errno != ENOSYS) return FileError(to, errno);
  return rename(from.c_str(), to.c_str()) == 0 ? Status() : FileError(to, errno);
}

}  // namespace

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

std::string PartOf(const std::string& path) { return path + "-part"; }

Status BecomeCopy(const std::string& path, Deadline deadline) {
  auto copy = DbConnection::Open(path, "", deadline);
  if (!copy.ok()) return copy.status();
  std::uint32_t version = 0;
  int code = (*copy)->Exec(kNobodysFile);
  if (code == SQLITE_OK) code = Migrate(copy->get(), MigrationSteps(), &version);
  if (code == SQLITE_OK) code = NoteCopied(copy->get());
  return MapError(code, Phase::kOpen, path);
}

Status SyncFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return FileError(path, errno);
  const int failed = fsync(file) == 0 ? 0 : errno;
  close(file);
  return failed == 0 ? Status() : FileError(path, failed);
}

Status StartPart(const std::string& part) {
  // One that is there was cut off, or is another call's, which then finds its own gone.
  if (unlink(part.c_str()) != 0 && errno != ENOENT) return FileError(part, errno);
  return CreateSyncedFile(part);
}

Status BackupTo(Connection* reader, const std::string& path, Deadline deadline) {
  if (path.empty() || path.find('\0') != std::string::npos || path.back() == '/') {
    return Status(Code::kInvalidArgument, "the path of the copy is empty or no file name");
  }
  struct stat info;
  if (lstat(path.c_str(), &info) == 0) return Status(Code::kAlreadyExists, path);
  std::string resolved;
  if (Status status = ResolvePath(path, &resolved); !status.ok()) return status;
  // VACUUM INTO takes a file that is there and empty: so it is ours, with our mode, from the start.
  const std::string part = PartOf(resolved);
  if (Status status = StartPart(part); !status.ok()) return status;
  RemovedUnlessKept removed{part};
  Status status = WriteCopy(reader, part, deadline);
  if (status.ok()) status = SyncFile(part);
  if (status.ok()) status = RenameToNew(part, resolved);
  if (!status.ok()) return status;
  removed.kept = true;
  RemovedUnlessKept refused{resolved};
  status = SyncFolderOf(resolved);
  refused.kept = status.ok();
  return status;
}

}  // namespace seathold::sqlite
