#include "src/storage/sqlite/db_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace seathold::sqlite {
namespace {

Status CheckKind(const std::string& path, const struct stat& info) {
  if (S_ISREG(info.st_mode) && info.st_nlink > 1) {
    return Status(Code::kSecondName,
                  path + ": the file has " + std::to_string(info.st_nlink) +
                      " names (hard links). Its -wal and -gate go by name: each name would sell "
                      "every seat. Remove the other names, or make a backup and open that");
  }
  if (S_ISREG(info.st_mode)) return Status();
  return Status(Code::kCannotOpen,
                path + (S_ISLNK(info.st_mode) ? ": is a symbolic link, which is refused"
                                              : ": is not a regular file"));
}

std::uint64_t BytesOf(const std::string& path) {
  std::int64_t bytes = 0;
  (void)IdentityOf(path, &bytes);
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace

Status CreateSyncedFile(const std::string& path) {
  if (const int error = CreatePrivateFile(path); error != 0) return FileError(path, error);
  return SyncFolderOf(path);
}

Status DbFiles::Prepare(const std::string& path, bool create) {
  if (path.empty() || path.find('\0') != std::string::npos || path.back() == '/') {
    return Status(Code::kInvalidArgument, "the path of the database is empty or no file name");
  }
  if (Status status = ResolvePath(path, &path_); !status.ok()) return status;
  wal_path_ = path_ + "-wal";
  shm_path_ = path_ + "-shm";
  struct stat info;
  if (lstat(path_.c_str(), &info) == 0 && (!S_ISREG(info.st_mode) || info.st_size > 0)) {
    return CheckKind(path_, info);
  }
  // There is none, or nothing in it. Looked at again behind them: whoever makes a database makes it
  // before its other files.
  const Status leftovers = CheckLeftovers();
  if (lstat(path_.c_str(), &info) == 0) {
    return info.st_size > 0 || leftovers.ok() ? CheckKind(path_, info) : leftovers;
  }
  if (errno != ENOENT || !create) return FileError(path_, errno);
  if (!leftovers.ok()) return leftovers;
  const Status created = CreateSyncedFile(path_);
  if (created.ok()) return created;
  // Another process may have been first: then its file is the one.
  if (lstat(path_.c_str(), &info) == 0) return CheckKind(path_, info);
  return created;
}

// Files of a database that is not there: moved away by mistake, it may have its latest sales here.
Status DbFiles::CheckLeftovers() const {
  std::string found;
  if (WalBytes() > 0) found += " '" + wal_path_ + "'";
  for (const char* suffix : {"-log", ".keys"}) {
    const std::string beside = path_ + suffix;
    if (IdentityOf(beside) != FileIdentity()) found += " '" + beside + "'";
  }
  if (found.empty()) return Status();
  return Status(Code::kWrongFile,
                path_ +
                    ": is not there, or empty, but files of it are: put it back beside them, or "
                    "begin anew without them: mkdir old && mv" +
                    found + " old/");
}

void DbFiles::Remember() {
  database_ = IdentityOf(path_);
  wal_ = IdentityOf(wal_path_);
  shm_ = IdentityOf(shm_path_);
}

bool DbFiles::Unchanged() const {
  return IdentityOf(wal_path_) == wal_ && IdentityOf(path_) == database_ &&
         IdentityOf(shm_path_) == shm_;
}

bool DbFiles::SameDatabase() const { return IdentityOf(path_) == database_; }

bool DbFiles::HasWal() const { return IdentityOf(wal_path_) != FileIdentity(); }
bool DbFiles::HasGate() const { return IdentityOf(gate_path()) != FileIdentity(); }

bool DbFiles::Writable() const {
  return faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) == 0 &&
         faccessat(AT_FDCWD, FolderOf(path_).c_str(), W_OK, AT_EACCESS) == 0;
}

std::uint64_t DbFiles::WalBytes() const { return BytesOf(wal_path_); }
std::uint64_t DbFiles::BytesOnDisk() const { return BytesOf(path_) + BytesOf(wal_path_); }

}  // namespace seathold::sqlite
