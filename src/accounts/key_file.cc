#include "src/accounts/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "seathold/time.h"
#include "src/accounts/key_format.h"

namespace seathold {
namespace {

constexpr int kTemporaryNamesMax = 64;
constexpr int kLockPollMs = 5;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  bool open() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status Refuse(const std::string& path, std::string_view why) {
  return Status(Code::kCannotOpen, "key file " + path + ": " + std::string(why));
}

// The one place where this module's system errors become codes.
Status FromErrno(const std::string& path, std::string_view step, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  const Code code = full              ? Code::kStorageFull
                    : error == ENOMEM ? Code::kOutOfMemory
                                      : Code::kCannotOpen;
  return Status(code, "key file " + path + ": " + std::string(step) + ": " +
                          std::generic_category().message(error));
}

std::int64_t NanosOf(const timespec& t) { return t.tv_sec * 1'000'000'000 + t.tv_nsec; }

KeyFileStamp StampOf(const struct stat& info) {
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .size = info.st_size,
          .modified_ns = NanosOf(info.st_mtim),
          .changed_ns = NanosOf(info.st_ctim)};
}

Status CheckPath(const std::string& path) {
  if (path.empty() || path.find('\0') != path.npos) {
    return Status(Code::kInvalidArgument, "the path of a key file is empty or has a NUL");
  }
  return Status();
}

// O_NONBLOCK: a FIFO in this place must not hang the caller.
Result<Descriptor> OpenToRead(const std::string& path, struct stat* info) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.open()) {
    const int error = errno;
    if (error == ELOOP) return Refuse(path, "it is a symbolic link, which is not followed");
    return FromErrno(path, "open", error);
  }
  if (::fstat(file.get(), info) != 0) return FromErrno(path, "stat", errno);
  if (!S_ISREG(info->st_mode)) return Refuse(path, "not a regular file");
  if ((info->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Refuse(path,
                  "group or others may use it: chmod 600 it, and rotate the keys if they did");
  }
  return file;
}

Status ReadAll(const std::string& path, int fd, SecretText& out) {
  out.text.resize(kKeyFileBytesMax + 1);
  std::size_t size = 0;
  while (size < out.text.size()) {
    const ssize_t n =
        ::pread(fd, out.text.data() + size, out.text.size() - size, static_cast<off_t>(size));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FromErrno(path, "read", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kKeyFileBytesMax) return Refuse(path, "too long for a key file");
  out.text.resize(size);
  return Status();
}

Status ReadKeys(const std::string& path, int fd, FileKeys& set) {
  SecretText content;
  if (Status status = ReadAll(path, fd, content); !status.ok()) return status;
  const std::string wrong = ParseKeys(content.text, set);
  return wrong.empty() ? Status() : Refuse(path, wrong);
}

int WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

// A complete file beside the final one, to be linked or renamed into place. Removed on destruction
// (after a rename there is nothing left to remove).
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& final_path) : final_path_(final_path) {}
  ~TemporaryFile() { Remove(); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const char* name() const { return name_.c_str(); }
  void Remove() {
    if (!name_.empty()) ::unlink(name_.c_str());
    name_.clear();
  }

  // `like`: whose file it replaces; a rotation by root must not lock the owner out.
  Status Write(const FileKeys& set, const struct stat* like) {
    const Descriptor file = Create();
    if (!file.open()) return FromErrno(final_path_, "create", errno);
    if (::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) return FromErrno(final_path_, "chmod", errno);
    if (like != nullptr && like->st_uid != ::geteuid() &&
        ::fchown(file.get(), like->st_uid, like->st_gid) != 0) {
      return FromErrno(final_path_, "chown", errno);
    }
    SecretText content;
    FormatKeys(set, content);
    const int error = WriteAll(file.get(), content.text);
    if (error != 0) return FromErrno(final_path_, "write", error);
    if (::fsync(file.get()) != 0) return FromErrno(final_path_, "sync", errno);
    return Status();
  }

 private:
  Descriptor Create() {
    static std::atomic<unsigned> counter{0};
    for (int i = 0; i < kTemporaryNamesMax; ++i) {
      const std::string name = final_path_ + "." + std::to_string(::getpid()) + "-" +
                               std::to_string(counter.fetch_add(1)) + ".tmp";
      const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
      Descriptor file(::open(name.c_str(), flags, S_IRUSR | S_IWUSR));
      if (file.open()) name_ = name;
      if (file.open() || errno != EEXIST) return file;
    }
    return Descriptor(-1);
  }

  const std::string final_path_;
  std::string name_;
};

Descriptor OpenDirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == path.npos ? "." : path.substr(0, slash + 1);
  return Descriptor(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Status SyncDirectory(const std::string& path) {
  const Descriptor directory = OpenDirectoryOf(path);
  if (directory.open() && ::fsync(directory.get()) == 0) return Status();
  return FromErrno(path, "sync of its directory", errno);
}

// False when the lock was not had in time.
bool LockFile(int fd, std::int64_t until_ns) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (MonotonicNs() >= until_ns) return false;
    const timespec pause{.tv_sec = 0, .tv_nsec = kLockPollMs * 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  return true;
}

// The lock is on the file, not on its name: after waiting, the name may be another file's.
Result<Descriptor> OpenLocked(const std::string& path, struct stat* info) {
  const std::int64_t until_ns = MonotonicNs() + kKeyLockWaitMs * std::int64_t{1'000'000};
  do {
    Result<Descriptor> file = OpenToRead(path, info);
    if (!file.ok()) return file;
    if (!LockFile(file->get(), until_ns)) break;
    struct stat named {};
    const bool same = ::lstat(path.c_str(), &named) == 0 && named.st_ino == info->st_ino &&
                      named.st_dev == info->st_dev;
    if (same) return file;
  } while (MonotonicNs() < until_ns);
  return Status(Code::kBusy, "key file " + path + ": another process is rotating it");
}

// Release 0.1 kept no times; it last wrote the file when it retired the last of them.
void NoteRetired(FileKeys& set, const struct stat& old) {
  for (FileKey& key : set.keys) {
    if (key.id != set.current && key.retired_s == 0) key.retired_s = old.st_mtim.tv_sec;
  }
}

// REQUIRES: the lock of the old file, which is `old`.
Status ReplaceFile(const std::string& path, const FileKeys& set, const struct stat& old) {
  TemporaryFile file(path);
  if (Status status = file.Write(set, &old); !status.ok()) return status;
  const Descriptor directory = OpenDirectoryOf(path);
  if (!directory.open()) return FromErrno(path, "opening its directory", errno);
  // Made before it is true: behind the rename nothing may fail for want of memory.
  Status unknown(Code::kOutcomeUnknown, "key file " + path + ": sync of its directory failed");
  if (::rename(file.name(), path.c_str()) != 0) return FromErrno(path, "rename", errno);
  return ::fsync(directory.get()) == 0 ? Status() : std::move(unknown);
}

}  // namespace

Result<KeyFileContent> ReadKeyFile(const std::string& path) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  struct stat info {};
  const Result<Descriptor> file = OpenToRead(path, &info);
  if (!file.ok()) return file.status();
  KeyFileContent content;
  if (Status status = ReadKeys(path, file->get(), content.set); !status.ok()) return status;
  content.stamp = StampOf(info);
  return content;
}

std::optional<KeyFileStamp> StatKeyFile(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return StampOf(info);
}

Result<bool> CreateKeyFile(const std::string& path, const FileKeys& set) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  TemporaryFile file(path);
  if (Status status = file.Write(set, nullptr); !status.ok()) return status;
  // link, not rename: of two processes that create at once, the second finds the first one's file.
  if (::link(file.name(), path.c_str()) != 0) {
    if (errno != EEXIST) return FromErrno(path, "link", errno);
    // Whoever made it may have been killed before this, and what it signs must outlive a power cut.
    if (Status status = SyncDirectory(path); !status.ok()) return status;
    return false;
  }
  file.Remove();  // before the sync, so that a power cut leaves no second name for the secrets
  if (Status status = SyncDirectory(path); !status.ok()) return status;
  return true;
}

Result<std::uint32_t> RotateKeyFile(const std::string& path, Entropy& entropy, TimeUs now,
                                    const std::function<Status(const FileKeys&)>& prepare) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  struct stat info {};
  const Result<Descriptor> locked = OpenLocked(path, &info);
  if (!locked.ok()) return locked.status();
  FileKeys set;
  if (Status status = ReadKeys(path, locked->get(), set); !status.ok()) return status;
  NoteRetired(set, info);
  if (Status status = AddCurrentKey(set, entropy, now); !status.ok()) return status;
  if (prepare) {
    if (Status status = prepare(set); !status.ok()) return status;
  }
  if (Status status = ReplaceFile(path, set, info); !status.ok()) return status;
  return set.current;
}

Status PairKeyFile(const std::string& path, const std::string& pair) {
  if (Status status = CheckPath(path); !status.ok()) return status;
  struct stat info {};
  const Result<Descriptor> locked = OpenLocked(path, &info);
  if (!locked.ok()) return locked.status();
  FileKeys set;
  if (Status status = ReadKeys(path, locked->get(), set); !status.ok()) return status;
  if (!set.pair.empty()) return Status();
  set.pair = pair;
  NoteRetired(set, info);
  return ReplaceFile(path, set, info);
}

}  // namespace seathold
