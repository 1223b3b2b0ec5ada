#include "tests/support/vfs_log.h"

#include <sqlite3.h>

#include <utility>
#include <vector>

namespace seathold::testing {
namespace {

Status Told(int code) {
  if (code == SQLITE_OK) return Status();
  return Status((code & 0xFF) == SQLITE_FULL ? Code::kStorageFull : Code::kStorageFailed);
}

class VfsLogFile final : public journal::LogFile {
 public:
  explicit VfsLogFile(sqlite3_vfs* vfs) : room_(static_cast<std::size_t>(vfs->szOsFile)) {}
  ~VfsLogFile() override {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(room_.data()); }
  void set_size(std::uint64_t size) { size_ = size; }

  std::uint64_t size() const override { return size_; }
  Status Read(std::uint64_t at, std::span<std::uint8_t> into) override {
    return Told(file()->pMethods->xRead(file(), into.data(), static_cast<int>(into.size()),
                                        static_cast<sqlite3_int64>(at)));
  }
  Status Write(std::uint64_t at, std::span<const std::uint8_t> bytes) override {
    return Told(file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(bytes.size()),
                                         static_cast<sqlite3_int64>(at)));
  }
  Status Sync() override { return Told(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL)); }

 private:
  std::vector<char> room_;
  std::uint64_t size_ = 0;
};

class VfsLogPlace final : public journal::LogPlace {
 public:
  VfsLogPlace(const std::string& vfs, std::string name)
      : vfs_(sqlite3_vfs_find(vfs.c_str())), name_(std::move(name)) {}

  Result<std::unique_ptr<journal::LogFile>> Create(std::uint64_t bytes) override {
    auto file = Opened(SQLITE_OPEN_CREATE);
    if (!file.ok()) return file.status();
    const std::vector<std::uint8_t> zeros(bytes);
    (*file)->set_size(bytes);
    Status status = (*file)->Write(0, zeros);
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
    return std::unique_ptr<journal::LogFile>(std::move(*file));
  }

  Result<std::unique_ptr<journal::LogFile>> Open() override {
    int there = 0;
    vfs_->xAccess(vfs_, name_.c_str(), SQLITE_ACCESS_EXISTS, &there);
    if (there == 0) return std::unique_ptr<journal::LogFile>();
    auto file = Opened(0);
    if (!file.ok()) return file.status();
    sqlite3_int64 size = 0;
    (*file)->file()->pMethods->xFileSize((*file)->file(), &size);
    (*file)->set_size(static_cast<std::uint64_t>(size));
    return std::unique_ptr<journal::LogFile>(std::move(*file));
  }

  Status Remove() override {
    int there = 0;
    vfs_->xAccess(vfs_, name_.c_str(), SQLITE_ACCESS_EXISTS, &there);
    return there == 0 ? Status() : Told(vfs_->xDelete(vfs_, name_.c_str(), 1));
  }

 private:
  Result<std::unique_ptr<VfsLogFile>> Opened(int how) {
    auto file = std::make_unique<VfsLogFile>(vfs_);
    const int code = vfs_->xOpen(vfs_, name_.c_str(), file->file(),
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL | how, nullptr);
    if (code != SQLITE_OK) return Status(Code::kCannotOpen);
    return file;
  }

  sqlite3_vfs* const vfs_;
  const std::string name_;
};

}  // namespace

std::unique_ptr<journal::LogPlace> LogOnVfs(const std::string& vfs, const std::string& name) {
  return std::make_unique<VfsLogPlace>(vfs, name);
}

}  // namespace seathold::testing
