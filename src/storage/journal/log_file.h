// A file of fixed length that a log is written into.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "seathold/status.h"

namespace seathold::journal {

// Used by one thread at a time. What a test puts in its place loses, tears and refuses.
class LogFile {
 public:
  virtual ~LogFile() = default;
  virtual std::uint64_t size() const = 0;
  // Errors of all three: kStorageFull, kStorageFailed. After a failed Write or Sync any of the
  // bytes written since the last Sync may be there or not.
  virtual Status Read(std::uint64_t at, std::span<std::uint8_t> into) = 0;
  virtual Status Write(std::uint64_t at, std::span<const std::uint8_t> bytes) = 0;
  virtual Status Sync() = 0;
};

// Where such a file may be.
class LogPlace {
 public:
  virtual ~LogPlace() = default;
  // A new file of `bytes` zeros, its room on disk taken and its name synced. Errors: kStorageFull,
  // kReadOnly, kCannotOpen.
  virtual Result<std::unique_ptr<LogFile>> Create(std::uint64_t bytes) = 0;
  // Null where there is none. Errors: kCannotOpen (no regular file, or not ours to write).
  virtual Result<std::unique_ptr<LogFile>> Open() = 0;
  // Removes it, and syncs that it is gone. None is ok.
  virtual Status Remove() = 0;
};

// A path. Files are of mode 0600, no symbolic link is followed.
std::unique_ptr<LogPlace> LogAt(const std::string& path);

}  // namespace seathold::journal
