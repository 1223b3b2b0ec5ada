#include "src/rules/throttle.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>

namespace seathold::testing {
namespace {

constexpr TimeUs kStart{1'700'000'000 * kUsPerSecond};
constexpr TimeUs After(TimeUs t, std::int64_t s) { return TimeUs{t.value + s * kUsPerSecond}; }

// Fails `n` times, each at the first moment that is allowed.
ThrottleState FailTimes(int n, TimeUs* now) {
  ThrottleState state;
  for (int i = 0; i < n; ++i) {
    const ThrottleAnswer answer = CheckThrottle(state, *now);
    if (!answer.allowed) *now = answer.wait_until;
    state = AfterFailure(state, *now);
  }
  return state;
}

TEST(Throttle, FourFailuresCostNothing) {
  TimeUs now = kStart;
  const ThrottleState state = FailTimes(4, &now);
  EXPECT_EQ(now, kStart);
  EXPECT_TRUE(CheckThrottle(state, now).allowed);
  EXPECT_EQ(state.locked_until, TimeUs{});
}

TEST(Throttle, LocksDoubleUpToTheirCap) {
  TimeUs now = kStart;
  ThrottleState state = FailTimes(4, &now);
  for (const std::int64_t seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900}) {
    state = AfterFailure(state, now);
    const ThrottleAnswer answer = CheckThrottle(state, now);
    EXPECT_FALSE(answer.allowed) << seconds;
    EXPECT_EQ(answer.wait_until, After(now, seconds));
    now = answer.wait_until;
  }
}

TEST(Throttle, LockEndsAtItsMomentAndNotBefore) {
  TimeUs now = kStart;
  const ThrottleState state = FailTimes(8, &now);
  const TimeUs until = state.locked_until;
  EXPECT_FALSE(CheckThrottle(state, TimeUs{until.value - 1}).allowed);
  EXPECT_TRUE(CheckThrottle(state, until).allowed);
}

TEST(Throttle, TriesWhileLockedAreNotCounted) {
  TimeUs now = kStart;
  const ThrottleState state = FailTimes(9, &now);
  const ThrottleAnswer first = CheckThrottle(state, now);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(CheckThrottle(state, now).wait_until, first.wait_until);
}

TEST(Throttle, QuietHoursForgetOneFailureEach) {
  TimeUs now = kStart;
  const ThrottleState state = FailTimes(10, &now);
  EXPECT_EQ(AfterFailure(state, After(now, kForgetOneS - 1)).failures, 11u);
  EXPECT_EQ(AfterFailure(state, After(now, kForgetOneS)).failures, 10u);
  EXPECT_EQ(AfterFailure(state, After(now, 9 * kForgetOneS)).failures, 2u);
  EXPECT_EQ(AfterFailure(state, After(now, 10 * kForgetOneS)).failures, 1u);
  EXPECT_EQ(AfterFailure(state, After(now, 1'000 * kForgetOneS)).failures, 1u);
}

TEST(Throttle, CountStopsWhereTheLockIsLongest) {
  TimeUs now = kStart;
  const ThrottleState state = FailTimes(200, &now);
  EXPECT_EQ(state.failures, kFailuresMax);
  EXPECT_EQ(state.locked_until, After(state.last_failure, kLockMaxS));
}

TEST(Throttle, GuesserWhoNeverRestsGetsAboutAHundredTriesADay) {
  TimeUs now = kStart;
  ThrottleState state;
  int tries = 0;
  while (now < After(kStart, 86'400)) {
    state = AfterFailure(state, now);
    ++tries;
    const ThrottleAnswer answer = CheckThrottle(state, now);
    if (!answer.allowed) now = answer.wait_until;
  }
  std::printf("FIGURE throttle_tries_a_day %d\n", tries);
  EXPECT_GT(tries, 96);
  EXPECT_LT(tries, 120);
}

TEST(Throttle, NobodyIsEverLockedOutForGood) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / 4;
  const ThrottleState states[] = {
      {.failures = 4'000'000'000u, .last_failure = kStart, .locked_until = {most}},
      {.failures = 1, .last_failure = kStart, .locked_until = {most}},
      {.failures = 15, .last_failure = {most}, .locked_until = {most}},
      {.failures = 15, .last_failure = {0}, .locked_until = {most}}};
  for (const ThrottleState& state : states) {
    const ThrottleAnswer answer = CheckThrottle(state, kStart);
    EXPECT_TRUE(answer.allowed || answer.wait_until <= After(kStart, kLockMaxS));
    EXPECT_TRUE(CheckThrottle(state, After(kStart, kLockMaxS)).allowed);
    EXPECT_LE(AfterFailure(state, kStart).failures, kFailuresMax);
  }
}

}  // namespace
}  // namespace seathold::testing
