#include "seathold/clock.h"

#include <gtest/gtest.h>

#include <chrono>

#include "seathold/adapter/entropy.h"

namespace seathold {
namespace {

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock(TimeUs{1'000});
  EXPECT_TRUE(clock.manual());
  EXPECT_EQ(clock.Now(), TimeUs{1'000});
  EXPECT_EQ(clock.Now(), TimeUs{1'000});
  clock.AdvanceUs(1);
  EXPECT_EQ(clock.Now(), TimeUs{1'001});
  clock.AdvanceMs(2);
  EXPECT_EQ(clock.Now(), TimeUs{3'001});
}

TEST(ManualClock, AdvancesBootTimeWithIt) {
  ManualClock clock(TimeUs{1'000});
  const std::int64_t before_ns = clock.BoottimeNs();
  clock.AdvanceUs(3);
  EXPECT_EQ(clock.BoottimeNs() - before_ns, 3'000);
}

TEST(ManualClock, IsSetWithoutElapsing) {
  ManualClock clock(TimeUs{1'000});
  const std::int64_t before_ns = clock.BoottimeNs();
  clock.Set(TimeUs{10});
  EXPECT_EQ(clock.Now(), TimeUs{10});
  EXPECT_EQ(clock.BoottimeNs(), before_ns);
}

TEST(ScriptedClock, StepsTheWallApartFromBootTime) {
  ScriptedClock clock(TimeUs{1'000});
  const std::int64_t before_ns = clock.BoottimeNs();
  EXPECT_FALSE(clock.manual());
  clock.StepWallUs(-400);
  EXPECT_EQ(clock.Now(), TimeUs{600});
  EXPECT_EQ(clock.BoottimeNs(), before_ns);
  clock.ElapseUs(5);
  EXPECT_EQ(clock.Now(), TimeUs{605});
  EXPECT_EQ(clock.BoottimeNs() - before_ns, 5'000);
}

TEST(SystemClock, ReadsTheWallInMicroseconds) {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
  const auto wall_us = [] {
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  };
  const auto clock = NewSystemClock();
  EXPECT_FALSE(clock->manual());
  const std::int64_t before_us = wall_us();
  const std::int64_t read_us = clock->Now().value;
  // Wide: the machine's clock may be stepped while this runs; a wrong unit is far outside.
  EXPECT_GT(read_us, before_us - 3'600 * kUsPerSecond);
  EXPECT_LT(read_us, before_us + 3'600 * kUsPerSecond);
}

TEST(SystemClock, BootTimeNeverGoesBack) {
  const auto clock = NewSystemClock();
  std::int64_t last_ns = clock->BoottimeNs();
  EXPECT_GT(last_ns, 0);
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t now_ns = clock->BoottimeNs();
    ASSERT_GE(now_ns, last_ns);
    last_ns = now_ns;
  }
}

TEST(Deadline, DefaultNeverPasses) {
  EXPECT_FALSE(Deadline{}.passed());
  EXPECT_EQ(Deadline{}.remaining_ns(), std::numeric_limits<std::int64_t>::max());
}

TEST(Deadline, OfNoTimeHasPassedAtOnce) {
  EXPECT_TRUE(Deadline::After({.timeout_ms = 0}).passed());
  EXPECT_EQ(Deadline{MonotonicNs() - 1}.remaining_ns(), 0);
}

TEST(Deadline, CountsMilliseconds) {
  const std::int64_t before_ns = MonotonicNs();
  const Deadline deadline = Deadline::After({.timeout_ms = 86'400'000});
  const std::int64_t after_ns = MonotonicNs();
  EXPECT_GE(deadline.monotonic_ns - before_ns, 86'400'000'000'000);
  EXPECT_LE(deadline.monotonic_ns - after_ns, 86'400'000'000'000);
  EXPECT_FALSE(deadline.passed());
  EXPECT_LE(deadline.remaining_ns(), 86'400'000'000'000);
}

TEST(AddMs, CountsInMicroseconds) {
  EXPECT_EQ(AddMs(TimeUs{5'000}, -2), TimeUs{3'000});
  EXPECT_EQ(AddMs(TimeUs{5}, 2), TimeUs{2'005});
}

TEST(AddMs, StaysWithin1970AndTheEndOf9999) {
  EXPECT_EQ(kTimeMax.value, 253'402'300'800 * kUsPerSecond - 1);
  EXPECT_EQ(AddMs(TimeUs{kTimeMax.value - 1'000}, 1), kTimeMax);
  EXPECT_EQ(AddMs(TimeUs{kTimeMax.value - 999}, 1), kTimeMax);
  for (const std::int64_t wild : {INT64_MAX, INT64_MAX - 1, kTimeMax.value + 1}) {
    EXPECT_EQ(AddMs(kTimeMax, wild), kTimeMax);
    EXPECT_EQ(AddMs(TimeUs{wild}, 0), kTimeMax);
    EXPECT_EQ(AddMs(TimeUs{wild}, INT64_MAX), kTimeMax);
    EXPECT_EQ(AddMs(TimeUs{}, wild), kTimeMax);
  }
  EXPECT_EQ(AddMs(TimeUs{5}, -1), TimeUs{});
  EXPECT_EQ(AddMs(kTimeMax, INT64_MIN), TimeUs{});
  EXPECT_EQ(AddMs(TimeUs{INT64_MIN}, INT64_MIN), TimeUs{});
}

TEST(ManualClock, IsNotSetBeyondTheEndOf9999) {
  ManualClock clock(TimeUs{1'000});
  clock.Set(TimeUs{INT64_MAX});
  EXPECT_EQ(clock.Now(), kTimeMax);
  clock.Set(TimeUs{-1});
  EXPECT_EQ(clock.Now(), TimeUs{});
}

TEST(SeededEntropy, RepeatsForTheSameSeedOnly) {
  std::array<std::uint8_t, 64> first{}, again{}, other{};
  NewSeededEntropy(7)->Fill(first);
  NewSeededEntropy(7)->Fill(again);
  NewSeededEntropy(8)->Fill(other);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

TEST(SeededEntropy, GivesTheSameStreamInPieces) {
  std::array<std::uint8_t, 32> whole{}, pieces{};
  NewSeededEntropy(7)->Fill(whole);
  const auto entropy = NewSeededEntropy(7);
  entropy->Fill(std::span(pieces).first(1));
  entropy->Fill(std::span(pieces).subspan(1, 0));
  entropy->Fill(std::span(pieces).subspan(1));
  EXPECT_EQ(whole, pieces);
}

TEST(SystemEntropy, FillsEveryTimeAnew) {
  std::array<std::uint8_t, 32> first{}, second{};
  const auto entropy = NewSystemEntropy();
  entropy->Fill(first);
  entropy->Fill(second);
  EXPECT_NE(first, second);
  entropy->Fill({});
}

}  // namespace
}  // namespace seathold
