#include "src/storage/journal/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "src/sqlite/file.h"

namespace seathold::journal {
namespace {

constexpr std::size_t kZerosAtOnce = 1 << 20;

Status DiskError(int error) {
  const Status status = sqlite::FileError("the log", error);
  return status == Code::kCannotOpen ? Status(Code::kStorageFailed, std::string(status.detail()))
                                     : status;
}

class PosixLogFile final : public LogFile {
 public:
  PosixLogFile(int file, std::string path, std::uint64_t size)
      : file_(file), path_(std::move(path)), size_(size), identity_(sqlite::IdentityOf(path_)) {}
  ~PosixLogFile() override { close(file_); }
  PosixLogFile(const PosixLogFile&) = delete;
  PosixLogFile& operator=(const PosixLogFile&) = delete;

  std::uint64_t size() const override { return size_; }

  Status Read(std::uint64_t at, std::span<std::uint8_t> into) override {
    while (!into.empty()) {
      const ssize_t done = pread(file_, into.data(), into.size(), static_cast<off_t>(at));
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return DiskError(done < 0 ? errno : EIO);
      into = into.subspan(static_cast<std::size_t>(done));
      at += static_cast<std::uint64_t>(done);
    }
    return Status();
  }

  Status Write(std::uint64_t at, std::span<const std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t done = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return DiskError(done < 0 ? errno : EIO);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      at += static_cast<std::uint64_t>(done);
    }
    return Status();
  }

  // Its length never changes, so that the data alone need to be synced. Whoever opens the log next
  // goes by its name: what is synced under none is lost.
  Status Sync() override {
    if (fdatasync(file_) != 0) return DiskError(errno);
    if (sqlite::IdentityOf(path_) == identity_) return Status();
    return Status(Code::kStorageFailed, "the log was removed or replaced");
  }

 private:
  const int file_;
  const std::string path_;
  const std::uint64_t size_;
  const sqlite::FileIdentity identity_;
};

// Zeros that were written, not only promised: a commit then changes no metadata of the file.
Status FillWithZeros(LogFile* file) {
  const std::vector<std::uint8_t> zeros(kZerosAtOnce);
  for (std::uint64_t at = 0; at < file->size(); at += kZerosAtOnce) {
    const std::uint64_t left = std::min<std::uint64_t>(kZerosAtOnce, file->size() - at);
    if (Status status = file->Write(at, std::span(zeros).first(left)); !status.ok()) return status;
  }
  return file->Sync();
}

class PosixLogPlace final : public LogPlace {
 public:
  explicit PosixLogPlace(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<LogFile>> Create(std::uint64_t bytes) override {
    if (const int error = sqlite::CreatePrivateFile(path_); error != 0) {
      return sqlite::FileError(path_, error);
    }
    const int descriptor = open(path_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return sqlite::FileError(path_, errno);
    std::unique_ptr<LogFile> file = std::make_unique<PosixLogFile>(descriptor, path_, bytes);
    Status status = FillWithZeros(file.get());
    if (status.ok()) status = sqlite::SyncFolderOf(path_);
    if (status.ok()) return file;
    (void)unlink(path_.c_str());
    return status;
  }

  Result<std::unique_ptr<LogFile>> Open() override {
    const int descriptor = open(path_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT) return std::unique_ptr<LogFile>();
    if (descriptor < 0) return sqlite::FileError(path_, errno);
    struct stat info {};
    const bool usable =
        fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1;
    if (usable) {
      return std::unique_ptr<LogFile>(std::make_unique<PosixLogFile>(
          descriptor, path_, static_cast<std::uint64_t>(info.st_size)));
    }
    close(descriptor);
    return Status(Code::kCannotOpen, "is no regular file with one name");
  }

  Status Remove() override {
    if (unlink(path_.c_str()) == 0) return sqlite::SyncFolderOf(path_);
    return errno == ENOENT ? Status() : sqlite::FileError(path_, errno);
  }

 private:
  const std::string path_;
};

}  // namespace

std::unique_ptr<LogPlace> LogAt(const std::string& path) {
  return std::make_unique<PosixLogPlace>(path);
}

}  // namespace seathold::journal
