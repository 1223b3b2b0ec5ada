// How long the WAL may grow, and that it is cut again.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/storage/sqlite_tools.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kWalBytesMax = 256 << 10;
constexpr std::int64_t kPatienceNs = 10'000'000'000;

std::int64_t WalBytes(const SqliteHome& home) {
  return static_cast<std::int64_t>(std::filesystem::file_size(home.path() + "-wal"));
}

// A read unit that sees the database as it is now, and goes on doing so.
std::unique_ptr<StorageUnit> Reading(Storage* storage) {
  auto reader = storage->Begin(Access::kRead, Soon()).value();
  KeySet keys;
  keys.Add<VenueRecord>({VenueId{1}});
  RecordSet rows;
  EXPECT_TRUE(reader->Load(keys, &rows).ok());
  return reader;
}

TEST(SqliteWal, IsCutOnceNobodyNeedsItAnyMore) {
  SqliteHome home;
  SqliteOptions options = SqliteAt(home.path());
  options.wal_bytes_max = kWalBytesMax;
  auto storage = NewSqliteStorage(options);
  ASSERT_TRUE(storage->Open({}).ok());
  auto reader = Reading(storage.get());
  std::uint64_t venues = 0;
  while (WalBytes(home) <= 2 * kWalBytesMax) {
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(++venues, std::string(20'000, 'x'))).ok());
  }
  reader.reset();
  const std::int64_t until_ns = MonotonicNs() + kPatienceNs;
  do {
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(++venues, "x")).ok());
  } while (WalBytes(home) > kWalBytesMax && MonotonicNs() < until_ns);
  EXPECT_LE(WalBytes(home), kWalBytesMax);
  EXPECT_EQ(CountVenues(storage.get(), venues), venues);
}

TEST(SqliteWal, StaysWithinItsBoundWhileNobodyReads) {
  SqliteHome home;
  SqliteOptions options = SqliteAt(home.path());
  options.wal_bytes_max = kWalBytesMax;
  auto storage = NewSqliteStorage(options);
  ASSERT_TRUE(storage->Open({}).ok());
  for (std::uint64_t n = 1; n <= 60; ++n) {
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(n, std::string(20'000, 'x'))).ok());
    EXPECT_LE(WalBytes(home), kWalBytesMax) << "after " << n;
  }
}

}  // namespace
}  // namespace seathold::testing
