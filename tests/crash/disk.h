// A hall on a disk that can fail.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "seathold/adapter/parts.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/crash/sale.h"
#include "tests/support/crash_vfs.h"
#include "tests/support/vfs_log.h"

namespace seathold::testing {

// Short enough that a sale of some dozen ops passes several checkpoints.
inline constexpr std::int64_t kShortWalBytes = 128 << 10;
// Long enough that a few ops pass none.
inline constexpr std::int64_t kLongWalBytes = 64 << 20;

// Of a journal's log: a sale of some dozen ops fills one several times.
inline constexpr std::uint64_t kShortHalfBytes = 4 << 10;

// The suite runs once without and once with a journal in front of SQLite (cmake/Tests.cmake).
inline bool BehindJournal() { return std::getenv("SEATHOLD_TEST_JOURNAL") != nullptr; }

// Its keys are elsewhere: what is tested is the database.
inline std::string KeysOfAllDisks() {
  struct Keys {
    const std::string path = (std::filesystem::temp_directory_path() /
                              ("seathold-disks-" + std::to_string(::getpid()) + ".keys"))
                                 .string();
    ~Keys() { ::unlink(path.c_str()); }
  };
  static const Keys keys;
  return keys.path;
}

inline Result<std::unique_ptr<Engine>> TryOpenOn(const CrashVfs& disk,
                                                 std::int64_t wal_bytes = kShortWalBytes) {
  EngineOptions options;
  options.line = "none";
  options.keys = KeysOfAllDisks();
  EngineParts parts;
  SqliteOptions sqlite;
  sqlite.path = "hall.db";
  sqlite.vfs = disk.name();
  sqlite.wal_bytes_max = wal_bytes;
  parts.storage = NewSqliteStorage(sqlite);
  if (BehindJournal()) {
    JournalOptions journal;
    journal.half_bytes = kShortHalfBytes;
    journal.settler_thread = false;
    journal.place = LogOnVfs(disk.name(), "hall.db-log");
    parts.storage = NewJournalStorage(std::move(parts.storage), journal);
  }
  parts.clock = std::make_shared<ManualClock>(TimeUs{1'700'000'000'000'000});
  parts.entropy = NewSeededEntropy(1);
  return Engine::Open(options, std::move(parts));
}

inline std::unique_ptr<Engine> OpenOn(const CrashVfs& disk,
                                      std::int64_t wal_bytes = kShortWalBytes) {
  auto engine = TryOpenOn(disk, wal_bytes);
  EXPECT_TRUE(engine.ok()) << engine.status().text();
  return engine.ok() ? std::move(engine).value() : nullptr;
}

// A closed database with a hall on sale.
struct BuiltHall {
  Hall hall;
  CrashImage image;
};
inline BuiltHall BuildOnDisk(int rows, int seats_per_row) {
  BuiltHall built;
  CrashVfs disk;
  const auto engine = OpenOn(disk);
  if (engine == nullptr) return built;
  built.hall = BuildHall(*engine, rows, seats_per_row);
  EXPECT_TRUE(engine->Close().ok());
  built.image = disk.Now();
  return built;
}

}  // namespace seathold::testing
