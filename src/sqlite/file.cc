#include "src/sqlite/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

namespace seathold::sqlite {
namespace {

constexpr mode_t kPrivate = 0600;

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

FileIdentity IdentityOf(const std::string& path, std::int64_t* bytes) {
  struct stat info {};
  const bool there = lstat(path.c_str(), &info) == 0;
  if (bytes != nullptr) *bytes = there ? info.st_size : 0;
  return there ? FileIdentity{info.st_dev, info.st_ino} : FileIdentity();
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
