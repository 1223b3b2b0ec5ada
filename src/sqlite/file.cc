#include "src/sqlite/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <memory>

namespace seathold::sqlite {
namespace {

constexpr mode_t kPrivate = 0600;

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Not lstat, which asks for the times as well: newer kernels then give the next write a time of its
// own, and a sync of the data on some file systems (ext4 without a journal) writes the inode too.
void LookAt(const char* path, FileIdentity* identity, std::int64_t* bytes) {
  struct statx info {};
  if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_SIZE, &info) == 0) {
    *identity = {makedev(info.stx_dev_major, info.stx_dev_minor), info.stx_ino};
    *bytes = static_cast<std::int64_t>(info.stx_size);
    return;
  }
  if (errno == ENOENT || errno == ENOTDIR) return;
  struct stat older {};  // a sandbox may not know statx
  if (lstat(path, &older) != 0) return;
  *identity = {older.st_dev, older.st_ino};
  *bytes = older.st_size;
}

}  // namespace

FileIdentity IdentityOf(const std::string& path, std::int64_t* bytes) {
  FileIdentity identity;
  std::int64_t size = 0;
  LookAt(path.c_str(), &identity, &size);
  if (bytes != nullptr) *bytes = size;
  return identity;
}

int CreatePrivateFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivate);
  if (file < 0) return errno;
  const int failed = fchmod(file, kPrivate) == 0 ? 0 : errno;
  close(file);
  return failed;
}

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status SyncFolderOf(const std::string& path) {
  const int folder = open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return FileError(path, errno);
  const int failed = fsync(folder) == 0 ? 0 : errno;
  close(folder);
  // Some file systems cannot sync a folder and need not.
  return failed == 0 || failed == EINVAL ? Status() : FileError(path, failed);
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

}  // namespace seathold::sqlite
