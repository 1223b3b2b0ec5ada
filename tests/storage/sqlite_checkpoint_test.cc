// When the WAL is copied and cut: never by waiting, at most once a second while a reader is in the
// way, and for certain once none is.
#include <filesystem>
#include <memory>
#include <string>

#include "src/storage/sqlite/checkpoint.h"
#include "tests/storage/sqlite_tools.h"
#include "tests/support/crash_vfs.h"

namespace seathold::testing {
namespace {

using sqlite::CheckpointPlan;

constexpr std::int64_t kMax = 64 << 20;
constexpr std::int64_t kShort = 1 << 20;
constexpr std::int64_t kMuch = 16 << 20;
constexpr std::int64_t kSecondNs = 1'000'000'000;

TEST(CheckpointPlan, CopiesWhenMuchWasAddedOrTheFileIsTooLong) {
  const CheckpointPlan plan(kMax);
  EXPECT_FALSE(plan.CopyDue(kMuch - 1, kShort, false, 1));
  EXPECT_TRUE(plan.CopyDue(kMuch, kShort, false, 1));
  EXPECT_FALSE(plan.CopyDue(0, kMax, false, 1));
  EXPECT_TRUE(plan.CopyDue(0, kMax + 1, false, 1));
  EXPECT_TRUE(CheckpointPlan(kShort).CopyDue(kShort / 2, 0, false, 1))
      << "a short one, at half of it";
  EXPECT_TRUE(plan.CopyDue(1, kShort, true, 1)) << "however little";
  EXPECT_FALSE(plan.CutDue(1));
}

TEST(CheckpointPlan, PausesForASecondWhenItCameNoFurtherAndOnlyThen) {
  CheckpointPlan plan(kMax);
  plan.NoteCopy(1'000, 400, kShort, 5);
  EXPECT_TRUE(plan.CopyDue(kMuch, kShort, false, 5)) << "it came as far as 400";
  plan.NoteCopy(2'000, 400, kShort, 7);
  EXPECT_FALSE(plan.CopyDue(kMuch, kMax + 1, false, 7));
  EXPECT_FALSE(plan.CopyDue(kMuch, kMax + 1, false, 7 + kSecondNs - 1));
  EXPECT_TRUE(plan.CopyDue(kMuch, kMax + 1, false, 7 + kSecondNs));
  plan.NoteCopy(3'000, 400, kMax + 1, 7 + kSecondNs);
  EXPECT_FALSE(plan.CopyDue(kMuch, kMax + 1, false, 7 + 2 * kSecondNs - 1)) << "each time";
  EXPECT_FALSE(plan.CutDue(7 + 2 * kSecondNs)) << "not all of it is copied";
  plan.NoteCopy(3'000, 3'000, kShort, 9 * kSecondNs);
  EXPECT_TRUE(plan.CopyDue(kMuch, kShort, false, 9 * kSecondNs));
}

TEST(CheckpointPlan, CutsAFileThatIsTooLongOnceAllIsCopied) {
  CheckpointPlan plan(kMax);
  plan.NoteCopy(3'000, 3'000, kMax, 1);
  EXPECT_FALSE(plan.CutDue(1)) << "as long as it may be";
  plan.NoteCopy(3'000, 3'000, kMax + 1, 1);
  EXPECT_TRUE(plan.CutDue(1));
  EXPECT_FALSE(plan.CopyDue(0, kMax + 1, false, 1)) << "there is nothing to copy";
  plan.NoteCut(false, 1);
  EXPECT_FALSE(plan.CutDue(kSecondNs));
  EXPECT_TRUE(plan.CutDue(1 + kSecondNs));
  plan.NoteCut(true, 1 + kSecondNs);
  EXPECT_FALSE(plan.CutDue(9 * kSecondNs));
}

// A storage that keeps a megabyte of WAL, written to in units of about 24 kB.
class LongWal : public ::testing::Test {
 protected:
  LongWal() {
    SqliteOptions options;
    options.path = "hall.db";
    options.vfs = vfs.name();
    options.wal_bytes_max = kShort;
    storage = NewSqliteStorage(options);
    EXPECT_TRUE(storage->Open({}).ok());
    Write(1);
  }
  void Write(int units) {
    for (; units > 0; --units) {
      ASSERT_TRUE(ApplyTo(storage.get(), Venue(++written, std::string(20'000, 'x'))).ok());
    }
  }
  std::int64_t WalBytes() {
    return static_cast<std::int64_t>(vfs.Now().files.at("hall.db-wal").size());
  }

  CrashVfs vfs;
  std::unique_ptr<Storage> storage;
  std::uint64_t written = 0;
};

TEST_F(LongWal, ACommitBesideAReaderTriesNoCheckpointButOnceASecond) {
  const auto reader = storage->Begin(Access::kRead, Soon()).value();
  Write(100);
  ASSERT_GT(WalBytes(), 2 * kShort);
  const int before = vfs.checkpoints();
  const std::int64_t from_ns = MonotonicNs();
  Write(200);
  const std::int64_t seconds = (MonotonicNs() - from_ns) / kSecondNs;
  EXPECT_LE(vfs.checkpoints() - before, seconds + 1);
  EXPECT_LT(seconds, 10) << "each of 200 commits would wait for its reader";
}

TEST_F(LongWal, IsCutByTheCommitsThatFollowOnceNobodyReads) {
  {
    const auto reader = storage->Begin(Access::kRead, Soon()).value();
    Write(100);
    ASSERT_GT(WalBytes(), 2 * kShort);
  }
  const Deadline end = In(5'000);
  while (WalBytes() > kShort && !end.passed()) Write(1);
  EXPECT_LE(WalBytes(), kShort);
  Write(200);
  EXPECT_LE(WalBytes(), kShort);
}

TEST_F(LongWal, IsCutByMaintenanceOnceNobodyReads) {
  {
    const auto reader = storage->Begin(Access::kRead, Soon()).value();
    Write(100);
    ASSERT_TRUE(storage->Maintain(Soon()).ok());
    EXPECT_GT(WalBytes(), kShort);
  }
  ASSERT_TRUE(storage->Maintain(Soon()).ok());
  EXPECT_LE(WalBytes(), kShort);
}

// Two storages that write in turn, as two processes do: each finds the other's frames behind what
// it has copied.
TEST(SqliteWal, StaysBoundedWhileTwoWriteAndRead) {
  SqliteHome home;
  SqliteOptions options = SqliteAt(home.path());
  options.wal_bytes_max = kShort;
  auto one = NewSqliteStorage(options), two = NewSqliteStorage(options);
  ASSERT_TRUE(one->Open({}).ok() && two->Open({}).ok());
  std::uintmax_t longest = 0;
  for (std::uint64_t n = 1; n <= 400; ++n) {
    Storage* const writer = n % 2 == 0 ? one.get() : two.get();
    ASSERT_TRUE(ApplyTo(writer, Venue(n, std::string(20'000, 'x'))).ok());
    longest = std::max(longest, std::filesystem::file_size(home.path() + "-wal"));
  }
  EXPECT_LT(longest, std::uintmax_t{4} << 20);
}

}  // namespace
}  // namespace seathold::testing
