// A journal on a disk that can lose power and fail.
#pragma once

#include <memory>

#include "src/storage/journal/journal_storage.h"
#include "tests/journal/numbered_units.h"
#include "tests/support/crash_vfs.h"
#include "tests/support/vfs_log.h"

namespace seathold::testing {

// Short enough that some settled halves of the log are one checkpoint.
inline constexpr std::int64_t kUnitWalBytes = 64 << 10;

inline std::unique_ptr<Storage> PlainOn(const CrashVfs& disk) {
  return NewSqliteStorage({.path = "hall.db", .vfs = disk.name(), .wal_bytes_max = kUnitWalBytes});
}

inline std::unique_ptr<Storage> JournalOn(const CrashVfs& disk, bool settler_thread) {
  JournalOptions options;
  options.half_bytes = kUnitHalfBytes;
  options.settler_thread = settler_thread;
  options.place = LogOnVfs(disk.name(), "hall.db-log");
  return NewJournalStorage(PlainOn(disk), options);
}

}  // namespace seathold::testing
