// A database that was once written under a clock far ahead: warned of, shown, and put right
// when that is asked for in so many words.
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kAheadMs = 30LL * 86'400'000;

class Lines final : public LogSink {
 public:
  void Write(LogLevel level, std::string_view text) noexcept override {
    if (level == LogLevel::kWarning) warnings += std::string(text) + "\n";
  }
  std::string warnings;
};

class ClockAccept : public ::testing::Test {
 protected:
  void SetUp() override {
    hall_.path = folder_.File("hall.db");
    ASSERT_NO_FATAL_FAILURE(hall_.Build(2, 5));
  }
  // As another process that opens it with the clock `ms` on; its own engine is closed.
  void ReopenAt(std::int64_t ms) {
    hall_.engine.reset();
    hall_.clock = std::make_shared<ManualClock>(AddMs(kHallStart, ms));
    log_ = std::make_shared<Lines>();
    hall_.log = log_;
    ASSERT_NO_FATAL_FAILURE(hall_.Open());
  }

  HallFolder folder_;
  Hall hall_;
  std::shared_ptr<Lines> log_;  // shared with the engine
};

TEST_F(ClockAccept, AMarkAheadOfTheClockIsWarnedOfAndShown) {
  ReopenAt(0);
  EXPECT_EQ(log_->warnings, "");
  EXPECT_EQ(hall_.engine->stats().clock_behind_ms, 0);
  ReopenAt(kAheadMs);
  hall_.Held(1, {0});
  ReopenAt(1'000);
  EXPECT_NE(log_->warnings.find("ahead of this machine's clock"), std::string::npos);
  const Stats stats = hall_.engine->stats();
  EXPECT_EQ(stats.time_mark, AddMs(kHallStart, kAheadMs));
  EXPECT_EQ(stats.clock_behind_ms, kAheadMs - 1'000);
  EXPECT_EQ(hall_.engine->Now(), AddMs(kHallStart, kAheadMs));
}

TEST_F(ClockAccept, AcceptingAMarkTakesTimeBackOnceAndForAll) {
  ReopenAt(kAheadMs);
  hall_.Held(1, {0});
  ReopenAt(1'000);
  const TimeUs wall = AddMs(kHallStart, 1'000);
  EXPECT_EQ(hall_.Hold(2, 1).expires_at, AddMs(kHallStart, kAheadMs + 300'000));
  ASSERT_TRUE(hall_.engine->AcceptClock(wall).ok());
  EXPECT_EQ(hall_.engine->Now(), wall);
  EXPECT_EQ(hall_.engine->stats().clock_behind_ms, 0);
  EXPECT_EQ(hall_.Hold(3, 2).expires_at, AddMs(wall, 300'000));
  EXPECT_EQ(hall_.Hold(3, 0).status.code(), Code::kSeatTaken) << "deadlines stay as written";
  hall_.clock->AdvanceMs(1'000);
  ReopenAt(5'000);
  EXPECT_EQ(log_->warnings, "");
  EXPECT_EQ(hall_.engine->Now(), AddMs(kHallStart, 5'000));
  hall_.ExpectClean();
}

TEST_F(ClockAccept, AHoldThatHadLapsedByTheWrongTimeAndWasNotSweptIsAliveAgain) {
  const HoldId held = hall_.Held(1, {0});
  ReopenAt(kAheadMs);
  EXPECT_EQ(hall_.Map()->at(0), SeatState::kAvailable);
  EXPECT_EQ(hall_.StateOf(held), HoldState::kExpired);
  hall_.clock->Set(AddMs(kHallStart, 1'000));  // the machine's clock is put right
  EXPECT_EQ(hall_.Map()->at(0), SeatState::kAvailable) << "time does not go back by itself";
  ASSERT_TRUE(hall_.engine->AcceptClock(AddMs(kHallStart, 1'000)).ok());
  EXPECT_EQ(hall_.Map()->at(0), SeatState::kHeld);
  EXPECT_EQ(hall_.StateOf(held), HoldState::kHeld);
  EXPECT_TRUE(hall_.PayOutside(1, held, "card").status.ok());
  hall_.ExpectClean();
}

TEST_F(ClockAccept, RefusesWhatIsNoMarkOrLiesAhead) {
  const TimeUs mark = hall_.engine->Now();
  for (const TimeUs bad : {TimeUs{0}, TimeUs{-1}, TimeUs{mark.value + 1}}) {
    EXPECT_EQ(hall_.engine->AcceptClock(bad).code(), Code::kInvalidArgument);
  }
  EXPECT_EQ(hall_.engine->Now(), mark);
  EXPECT_TRUE(hall_.engine->AcceptClock(mark).ok()) << "again is harmless";
}

}  // namespace
}  // namespace seathold::testing
