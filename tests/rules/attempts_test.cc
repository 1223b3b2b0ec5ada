// Where failed logins are counted: bounded, and never to the profit of who fails on purpose.
#include "src/rules/attempts.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "src/rules/accounts.h"

namespace seathold::testing {
namespace {

constexpr TimeUs kNoon{1'700'000'000 * kUsPerSecond};

// Addresses of one set, told apart by a number.
Uuid Neighbour(std::uint32_t number) {
  Uuid address{};
  address[1] = 7;
  for (std::size_t i = 0; i < 4; ++i) {
    address[12 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return address;
}

// The table, with a transaction a call.
struct Attempts {
  std::map<std::uint32_t, AttemptRecord> rows;
  TimeUs now = kNoon;

  template <class Fn>
  void In(const Uuid& address, Fn fn) {
    WorkingSet ws;
    ws.BeginBatch();
    ws.set_now(now);
    KeySet keys;
    AttemptKeys(address, &keys);
    RecordSet found;
    for (const auto& [place, row] : rows) found.of<AttemptRecord>().rows.push_back(row);
    ws.Fill(keys, found);
    ws.BeginCommand();
    fn(ws);
    ASSERT_FALSE(ws.missed());
    ws.KeepCommand();
    ChangeSet changes;
    ws.Collect(&changes);
    for (const auto& change : changes.of<AttemptRecord>().changes) {
      if (change.kind == ChangeKind::kRemove) {
        rows.erase(change.row.place);
      } else {
        rows[change.row.place] = change.row;
      }
    }
  }
  bool Allows(const Uuid& address) {
    bool allowed = false;
    In(address, [&](WorkingSet& ws) { allowed = CheckAttempt(address, ws, now).allowed; });
    return allowed;
  }
  bool Fail(const Uuid& address) {
    if (!Allows(address)) return false;
    In(address, [&](WorkingSet& ws) { CountFailure(address, ws, now); });
    return true;
  }
  bool Succeed(const Uuid& address) {
    if (!Allows(address)) return false;
    In(address, [&](WorkingSet& ws) { TakeBackFailures(address, ws, now); });
    return true;
  }
  const AttemptRecord* Find(const Uuid& address) const {
    for (const auto& [place, row] : rows) {
      if (row.address == address) return &row;
    }
    return nullptr;
  }
  std::uint32_t FailuresOf(const Uuid& address) const {
    const AttemptRecord* row = Find(address);
    return row == nullptr ? 0 : row->failures;
  }
};

TEST(Attempts, NeighboursCountApartWhileThereIsRoom) {
  Attempts table;
  for (std::uint32_t n = 0; n < kAttemptWays; ++n) {
    for (std::uint32_t i = 0; i <= n % 4; ++i) ASSERT_TRUE(table.Fail(Neighbour(n))) << n;
  }
  for (std::uint32_t n = 0; n < kAttemptWays; ++n) {
    EXPECT_EQ(table.FailuresOf(Neighbour(n)), n % 4 + 1);
    EXPECT_EQ(table.Find(Neighbour(n))->inherited, 0u);
  }
}

TEST(Attempts, ASetNeverTakesMoreThanItsPlaces) {
  Attempts table;
  for (std::uint32_t n = 0; n < 1'000; ++n) (void)table.Fail(Neighbour(n));
  EXPECT_EQ(table.rows.size(), kAttemptWays);
  EXPECT_LT(AttemptPlace(Uuid{0xFF, 0xFF}, kAttemptWays - 1), kAttemptSets * kAttemptWays);
  EXPECT_NE(AttemptPlace(Uuid{0, 1}, 0), AttemptPlace(Uuid{0, 2}, 0));
}

TEST(Attempts, WhoTakesTheWeakestPlaceTakesItsFailuresToo) {
  Attempts table;
  for (std::uint32_t n = 0; n < kAttemptWays; ++n) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(table.Fail(Neighbour(n)));
  }
  ASSERT_TRUE(table.Fail(Neighbour(0)));  // the others are weaker
  ASSERT_TRUE(table.Fail(Neighbour(99)));
  EXPECT_EQ(table.FailuresOf(Neighbour(99)), 4u);
  EXPECT_EQ(table.Find(Neighbour(99))->inherited, 3u);
  EXPECT_EQ(table.FailuresOf(Neighbour(0)), 4u);
}

TEST(Attempts, ASuccessTakesBackWhatItsOwnAddressAddedAndNoMore) {
  Attempts table;
  for (std::uint32_t n = 0; n < kAttemptWays; ++n) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(table.Fail(Neighbour(n)));
  }
  ASSERT_TRUE(table.Fail(Neighbour(99)));
  ASSERT_TRUE(table.Succeed(Neighbour(99)));
  EXPECT_EQ(table.FailuresOf(Neighbour(99)), 3u);  // those it found
  ASSERT_TRUE(table.Succeed(Neighbour(5)));
  EXPECT_EQ(table.Find(Neighbour(5)), nullptr);
}

TEST(Attempts, APlaceIsFreeOnceItsFailuresAreForgotten) {
  Attempts table;
  for (std::uint32_t n = 0; n < kAttemptWays; ++n) ASSERT_TRUE(table.Fail(Neighbour(n)));
  table.now = AddMs(table.now, kForgetOneS * 1'000);
  ASSERT_TRUE(table.Fail(Neighbour(99)));
  EXPECT_EQ(table.FailuresOf(Neighbour(99)), 1u);
  EXPECT_EQ(table.Find(Neighbour(99))->inherited, 0u);
}

TEST(Attempts, ALockStandsUntilItsTimeWhoeverComesMeanwhile) {
  Attempts table;
  const Uuid victim = Neighbour(1'000'000);
  for (std::uint32_t i = 0; i < kFreeFailures; ++i) ASSERT_TRUE(table.Fail(victim));
  ASSERT_FALSE(table.Allows(victim));
  for (std::uint32_t n = 0; n < 500; ++n) (void)table.Fail(Neighbour(n));
  EXPECT_FALSE(table.Allows(victim));
}

// Whatever others do with a set, who comes back to it has at least as many failures as before.
TEST(Attempts, NobodyElseLowersAnAddressesCount) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    Attempts table;
    const Uuid victim = Neighbour(1'000'000);
    const std::uint32_t failures = 1 + seed % (kFreeFailures - 1);
    for (std::uint32_t i = 0; i < failures; ++i) ASSERT_TRUE(table.Fail(victim));
    for (int step = 0; step < 120; ++step) {
      const Uuid other = Neighbour(static_cast<std::uint32_t>(random() % 40));
      random() % 4 == 0 ? (void)table.Succeed(other) : (void)table.Fail(other);
      if (random() % 8 == 0) table.now = AddMs(table.now, 1'000);
    }
    while (!table.Fail(victim)) table.now = AddMs(table.now, 1'000);
    EXPECT_GT(table.FailuresOf(victim), failures) << "seed " << seed;
  }
}

TEST(Attempts, TheThrottledHearForHowLong) {
  const Status status = ThrottledStatus({false, TimeUs{kNoon.value + 1'500'001}}, kNoon);
  EXPECT_EQ(status.code(), Code::kThrottled);
  EXPECT_EQ(status.retry_after_ms(), 1'501);
  EXPECT_EQ(status.text(), "too many attempts; wait: try again in 2 s");
  EXPECT_TRUE(status.retryable());
}

}  // namespace
}  // namespace seathold::testing
