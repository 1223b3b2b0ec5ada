// Who else comes near a database behind a journal: other openers, an older release, programs that
// read it with SQL, and forks.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/journal/busy_storage.h"
#include "tests/journal/numbered_units.h"
#include "tests/processes/child.h"
#include "tests/storage/sqlite_tools.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

class JournalNeighbours : public ::testing::Test {
 protected:
  std::string Path() const { return folder_.File("hall.db"); }
  std::string LogPath() const { return Path() + "-log"; }
  static JournalOptions Small() { return {.half_bytes = kUnitHalfBytes}; }

  std::unique_ptr<Storage> OpenJournal() const {
    auto storage = NewJournalStorage(NewSqliteStorage(SqliteAt(Path())), Small());
    const auto opened = storage->Open({});
    EXPECT_TRUE(opened.ok()) << opened.status().text();
    return storage;
  }
  Code TryEngine(const std::string& how, bool read_only = false) const {
    EngineOptions options;
    options.storage = "sqlite:" + Path() + how;
    options.read_only = read_only;
    return Engine::Open(options).code();
  }
  std::uint64_t Settled() const {
    return std::stoull(PlainSql(Path()).Ask("SELECT settled FROM control").at(0));
  }

  const TempFolder folder_;
};

// What release 0.1 asks first in every transaction; where `mode` is not 'shared' it answers
// kNotOwner.
constexpr const char* kAskedByRelease01 =
    "SELECT mode, schema_version, oldest_writer, time_mark_us, commits, writer FROM control WHERE "
    "id "
    "= 1";

TEST_F(JournalNeighbours, AnOlderReleaseFindsThatTheDatabaseIsNotItsOwn) {
  const auto owner = OpenJournal();
  ASSERT_TRUE(ApplyUnit(owner.get(), 1).ok());
  EXPECT_EQ(PlainSql(Path()).Ask(kAskedByRelease01).at(0), "journal");
  TempFolder left;
  for (const char* suffix : {"", "-wal", "-log"}) {
    std::filesystem::copy_file(Path() + suffix, left.File("hall.db") + suffix);
  }
  const std::string log = Bytes(left.File("hall.db-log"));
  for (const bool read_only : {false, true}) {
    const auto older = NewSqliteStorage(SqliteAt(left.File("hall.db")));
    EXPECT_EQ(older->Open({.read_only = read_only}).code(), Code::kNotOwner);
  }
  EXPECT_EQ(Bytes(left.File("hall.db-log")), log);
  // One that has no gate yet, and had it open before.
  PlainSql(left.File("hall.db")).Run("UPDATE control SET mode = 'shared'");
  const auto older = NewSqliteStorage(SqliteAt(left.File("hall.db")));
  ASSERT_TRUE(older->Open({}).ok());
  PlainSql(left.File("hall.db")).Run("UPDATE control SET mode = 'journal'");
  for (const Access access : {Access::kRead, Access::kWrite}) {
    EXPECT_EQ(older->Begin(access, Soon()).code(), Code::kNotOwner);
  }
  ASSERT_TRUE(owner->Close().ok());
  EXPECT_EQ(PlainSql(Path()).Ask(kAskedByRelease01).at(0), "shared");
}

TEST_F(JournalNeighbours, AnotherOpenerWhileItSettlesHearsThatItIsNotItsOwn) {
  auto below = std::make_unique<BusyStorage>(NewSqliteStorage(SqliteAt(Path())));
  BusyStorage* const database = below.get();
  const auto owner = NewJournalStorage(std::move(below), Small());
  ASSERT_TRUE(owner->Open({}).ok());
  const int before = database->begun;
  database->hangs = true;
  std::uint64_t n = 0;
  // They are more than one half of the log holds, and less than both.
  while (n < 17) EXPECT_TRUE(ApplyUnit(owner.get(), ++n).ok());
  const Deadline begins = Soon();
  while (database->begun == before && !begins.passed()) std::this_thread::yield();
  EXPECT_GT(database->begun, before);
  for (const char* how : {"", "?journal=on"}) EXPECT_EQ(TryEngine(how), Code::kNotOwner) << how;
  EXPECT_EQ(TryEngine("", true), Code::kNotOwner);
  EXPECT_TRUE(ApplyUnit(owner.get(), ++n).ok());
  database->hangs = false;
  EXPECT_EQ(ExpectWholeUnits(owner.get()), n);
  ASSERT_TRUE(owner->Close().ok());
  EXPECT_TRUE(NewSqliteStorage(SqliteAt(Path()))->Open({}).ok());
  EXPECT_EQ(ExpectWholeUnits(OpenJournal().get()), n);
}

// As without a journal it keeps the database's own WAL from being cut, and nobody waits for it.
TEST_F(JournalNeighbours, AReaderWithASnapshotOfItsOwnHoldsNobodyUp) {
  constexpr std::int64_t kWalMax = 256 << 10;
  SqliteOptions sqlite = SqliteAt(Path());
  sqlite.wal_bytes_max = kWalMax;
  const auto owner = NewJournalStorage(NewSqliteStorage(sqlite), Small());
  ASSERT_TRUE(owner->Open({}).ok());
  std::uint64_t n = 1;
  ASSERT_TRUE(ApplyUnit(owner.get(), n).ok());
  ASSERT_TRUE(owner->Maintain(Soon()).ok());
  const auto count_venues = "SELECT count(*), max(venue) FROM venues";
  const auto began = std::chrono::steady_clock::now();
  const auto lasts = std::chrono::seconds(FullCounts() ? 60 : 2);
  {
    PlainSql reader(Path());
    reader.Run("BEGIN");
    const auto seen = reader.Ask(count_venues);
    while (std::chrono::steady_clock::now() - began < lasts || n < 500) {
      const Status status = ApplyUnit(owner.get(), ++n);
      ASSERT_TRUE(status.ok()) << status.text();
      if (n % 100 != 0) continue;
      ASSERT_EQ(reader.Ask(count_venues), seen);
    }
    EXPECT_GT(Settled() + 2 * kUnitHalfBytes / 100, n - n / 19) << "the settler went on";
    const auto wal = std::filesystem::file_size(Path() + "-wal");
    std::printf("%llu units beside an open snapshot, a WAL of %llu KiB\n",
                static_cast<unsigned long long>(n), static_cast<unsigned long long>(wal >> 10));
    reader.Run("COMMIT");
  }
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(ApplyUnit(owner.get(), ++n).ok());
  ASSERT_TRUE(owner->Maintain(Soon()).ok());
  EXPECT_LE(std::filesystem::file_size(Path() + "-wal"), 2 * kWalMax);
  EXPECT_EQ(ExpectWholeUnits(owner.get()), n);
}

TEST_F(JournalNeighbours, AForkUsesNothingOfItsParents) {
  InChild([&] {
    auto storage = OpenJournal();
    for (std::uint64_t n = 1; n <= 40; ++n) ASSERT_TRUE(ApplyUnit(storage.get(), n).ok());
    const std::string log = Bytes(LogPath());
    InChild([&] {
      EXPECT_EQ(ApplyUnit(storage.get(), 41), Code::kForked);
      EXPECT_EQ(storage->Begin(Access::kRead, Soon()).code(), Code::kForked);
      EXPECT_EQ(storage->Backup(folder_.File("copy.db"), Soon()), Code::kForked);
      EXPECT_EQ(storage->Close(), Code::kForked);
      storage.reset();
      const auto again = NewJournalStorage(NewSqliteStorage(SqliteAt(Path())), Small());
      EXPECT_EQ(again->Open({}).code(), Code::kNotOwner);
    });
    EXPECT_EQ(Bytes(LogPath()), log);
    EXPECT_TRUE(ApplyUnit(storage.get(), 41).ok());
    EXPECT_EQ(ExpectWholeUnits(storage.get()), 41u);
    EXPECT_TRUE(storage->Close().ok());
  });
}

// A child's threads get the memory, and with it the handles, of threads that it does not have.
TEST_F(JournalNeighbours, AForkThatDropsItsParentsStorageKeepsItsOwnThreads) {
  if (SEATHOLD_SANITIZED) GTEST_SKIP() << "ThreadSanitizer starts no thread behind such a fork";
  InChild([&] {
    auto storage = OpenJournal();
    ASSERT_TRUE(ApplyUnit(storage.get(), 1).ok());
    InChild([&] {
      std::atomic<bool> done{false};
      std::thread own([&] {
        while (!done) std::this_thread::yield();
      });
      storage.reset();
      done = true;
      EXPECT_NO_THROW(own.join());
    });
    EXPECT_TRUE(storage->Close().ok());
  });
}

TEST_F(JournalNeighbours, AForkThatLivesOnKeepsNothingOfAKilledParent) {
  Pipe ready, hold;
  const pid_t parent = Spawn([&] {
    const auto storage = OpenJournal();
    for (std::uint64_t n = 1; n <= 40; ++n) ASSERT_TRUE(ApplyUnit(storage.get(), n).ok());
    const pid_t fork_of_it = fork();
    if (fork_of_it == 0) {
      hold.CloseWriter();
      ready.Send(getpid());
      (void)hold.Receive<int>();  // until nobody holds the other end
      _exit(0);
    }
    pause();
  });
  ready.CloseWriter();
  ASSERT_TRUE(ready.Receive<pid_t>().has_value());
  ASSERT_EQ(kill(parent, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(parent, &status, 0), parent);
  InChild([&] {
    const auto storage = OpenJournal();
    EXPECT_EQ(ExpectWholeUnits(storage.get()), 40u);
    EXPECT_TRUE(storage->Close().ok());
  });
  hold.CloseWriter();
}

}  // namespace
}  // namespace seathold::testing
