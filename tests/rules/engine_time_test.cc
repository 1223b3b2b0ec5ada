// Engine time out of many short readings.
#include "src/commit/engine_time.h"

#include <gtest/gtest.h>

#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

// Its wall stands still; its boot time goes on by what it is told.
class StoppedWall final : public Clock {
 public:
  TimeUs Now() override { return kHallStart; }
  std::int64_t BoottimeNs() override { return boot_ns; }

  std::int64_t boot_ns = 123'456'789;
};

TEST(EngineTime, LosesNoFractionOfAMicrosecondHoweverOftenItIsRead) {
  for (const std::int64_t step_ns : {1, 333, 999, 1'001, 1'500}) {
    StoppedWall clock;
    EngineTime time(clock, 3'600'000);
    EXPECT_EQ(time.Now(), kHallStart);
    constexpr std::int64_t kReadings = 10'000;
    for (int n = 0; n < kReadings; ++n) {
      clock.boot_ns += step_ns;
      (void)time.Now();
    }
    EXPECT_EQ(time.Now().value - kHallStart.value, kReadings * step_ns / 1'000) << step_ns;
  }
}

TEST(EngineTime, GoesOnFromAMarkThatIsAhead) {
  StoppedWall clock;
  EngineTime time(clock, 3'600'000);
  (void)time.Now();
  const TimeUs mark = AddMs(kHallStart, 60'000);
  EXPECT_EQ(time.Now(mark), mark);
  clock.boot_ns += 5'000;
  EXPECT_EQ(time.Now().value, mark.value + 5) << "the mark is where time now stands";
}

TEST(EngineTime, FollowsTheDatabaseAndNoLongerTheMachine) {
  ScriptedClock ahead(AddMs(kHallStart, 300'000));
  EngineTime time(ahead, 3'600'000);
  EXPECT_EQ(time.Now({}, kHallStart), kHallStart);
  ahead.ElapseUs(5);
  EXPECT_EQ(time.Now().value, kHallStart.value + 5);
  ahead.StepWallUs(60'000'000);
  EXPECT_EQ(time.Now().value, kHallStart.value + 5);
  const TimeUs later = AddMs(kHallStart, 1'000);
  EXPECT_EQ(time.Now({}, later), later);
  EXPECT_EQ(time.Now({}, kHallStart), later) << "it never goes back";
}

TEST(EngineTime, OfAManualClockIsNotTheDatabases) {
  ManualClock manual(kHallStart);
  EngineTime time(manual, 3'600'000);
  EXPECT_EQ(time.Now({}, AddMs(kHallStart, 60'000)), kHallStart);
}

TEST(EngineTime, AGlanceIsTheLastReadingForAMillisecond) {
  ScriptedClock clock(kHallStart);
  EngineTime time(clock, 3'600'000);
  EXPECT_EQ(time.Glance(), kHallStart) << "where there is none yet, it reads";
  clock.ElapseUs(999);
  EXPECT_EQ(time.Glance(), kHallStart);
  clock.ElapseUs(1);
  EXPECT_EQ(time.Glance().value, kHallStart.value + 1'000);
  clock.ElapseUs(999);
  const TimeUs read = time.Now();
  EXPECT_EQ(time.Glance(), read) << "never before what somebody was told";
  clock.ElapseUs(999);
  EXPECT_EQ(time.Glance(), read) << "whoever read it";
}

TEST(EngineTime, AGlanceAfterARestartReadsAnew) {
  ScriptedClock clock(kHallStart);
  EngineTime time(clock, 3'600'000);
  (void)time.Glance();
  clock.StepWallUs(-60'000'000);
  EXPECT_EQ(time.Glance(), kHallStart);
  time.Restart(TimeUs{});
  EXPECT_EQ(time.Glance().value, kHallStart.value - 60'000'000);
}

TEST(EngineTime, AGlanceAtAManualClockIsExact) {
  ManualClock clock(kHallStart);
  EngineTime time(clock, 3'600'000);
  EXPECT_EQ(time.Glance(), kHallStart);
  clock.AdvanceUs(1);
  EXPECT_EQ(time.Glance().value, kHallStart.value + 1);
  time.Restart(TimeUs{});
  clock.Set(kHallStart);
  EXPECT_EQ(time.Glance(), kHallStart) << "a restart may go back";
}

}  // namespace
}  // namespace seathold::testing
