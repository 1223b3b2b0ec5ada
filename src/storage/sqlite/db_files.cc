#include "src/storage/sqlite/db_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

namespace seathold::sqlite {
namespace {

constexpr mode_t kPrivate = 0600;

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

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
  struct stat info;
  return lstat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

}  // namespace

FileIdentity IdentityOf(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

Status ResolvePath(const std::string& path, std::string* resolved) {
  const std::unique_ptr<char, decltype(&free)> folder(realpath(FolderOf(path).c_str(), nullptr),
                                                      &free);
  if (!folder) return FileError(path, errno);
  *resolved = folder.get();
  if (resolved->back() != '/') *resolved += '/';
  *resolved += NameOf(path);
  return Status();
}

Status FileError(const std::string& path, int error) {
  Code code = Code::kCannotOpen;
  if (error == ENOSPC || error == EDQUOT) code = Code::kStorageFull;
  if (error == EROFS) code = Code::kReadOnly;
  if (error == ENOMEM) code = Code::kOutOfMemory;
  char text[128];
  return Status(code, path + ": " + strerror_r(error, text, sizeof text));
}

Status SyncFolderOf(const std::string& path) {
  const int folder = open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return FileError(path, errno);
  const int failed = fsync(folder) == 0 ? 0 : errno;
  close(folder);
  // Some file systems cannot sync a folder and need not.
  return failed == 0 || failed == EINVAL ? Status() : FileError(path, failed);
}

Status CreatePrivateFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivate);
  if (file < 0) return FileError(path, errno);
  const int failed = fchmod(file, kPrivate) == 0 ? 0 : errno;
  close(file);
  if (failed != 0) return FileError(path, failed);
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
  const Status created = CreatePrivateFile(path_);
  if (created.ok()) return created;
  // Another process may have been first: then its file is the one.
  if (lstat(path_.c_str(), &info) == 0) return CheckKind(path_, info);
  return created;
}

// Files of a database that is not there: moved away by mistake, it may have its latest sales here.
Status DbFiles::CheckLeftovers() const {
  std::string found;
  if (WalBytes() > 0) found += " '" + wal_path_ + "'";
  const std::string keys = path_ + ".keys";
  if (IdentityOf(keys) != FileIdentity()) found += " '" + keys + "'";
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
