// Deadlines to the microsecond, with the sweeper off, on both storages.
#include <gtest/gtest.h>

#include "src/commit/engine_time.h"
#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

class Deadlines : public ::testing::TestWithParam<bool> {
 protected:
  HallSpec Spec() const { return {.sqlite = GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(Storages, Deadlines, ::testing::Values(false, true), StorageName);

TEST_P(Deadlines, ConfirmOneMicrosecondBeforeItSucceeds) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Charge(1, kAnn, 5'000).status.ok());
  const HoldReply held = hall.Hold(1, kAnn, {0});
  ASSERT_EQ(held.expires_at, AddMs(kHallStart, kHallTtlMs));
  hall.clock().Set(TimeUs{held.expires_at.value - 1});
  const PayReply paid = hall.Pay(2, 1, kAnn);
  EXPECT_EQ(paid.status.code(), Code::kOk);
  EXPECT_EQ(paid.balance_after.minor, 4'000);
  EXPECT_EQ(hall.StateOf(0), SeatState::kSold);
  EXPECT_EQ(hall.Audit(), "");
}

TEST_P(Deadlines, ConfirmAtItFailsAndDebitsNothing) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Charge(1, kAnn, 5'000).status.ok());
  const HoldReply held = hall.Hold(1, kAnn, {0});
  hall.clock().Set(held.expires_at);
  EXPECT_EQ(hall.Pay(2, 1, kAnn).status.code(), Code::kHoldExpired);
  EXPECT_EQ(hall.Balance(kAnn), 5'000);
  EXPECT_EQ(hall.StateOf(0), SeatState::kAvailable);
  // The answer wrote the expiry: it is no longer a matter of clocks.
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
  EXPECT_EQ(hall.wallet().GetTransfer(TransferNo(2)).code(), Code::kUnknownTransfer);
  EXPECT_EQ(hall.Audit(), "");
}

TEST_P(Deadlines, EveryReadShowsExpiredAtItThoughNobodyWroteThat) {
  SpyHall hall(Spec());
  const HoldReply held = hall.Hold(1, kAnn, {0});
  const auto views = [&] {
    std::vector<HoldView> all;
    for (const bool settle : {false, true}) {
      all.push_back(hall.seats().Get(hall.performance(), HoldNo(1), settle).value());
    }
    all.push_back(hall.seats().ListByUser(kAnn, {}, {}, 10).value().at(0));
    all.push_back(hall.seats().ListByPerformance(hall.performance(), {}, 10).value().at(0));
    return all;
  };
  hall.clock().Set(TimeUs{held.expires_at.value - 1'000});
  for (const HoldView& view : views()) {
    EXPECT_EQ(view.state, HoldState::kHeld);
    EXPECT_EQ(view.left_ms, 1);
    EXPECT_EQ(view.ended_at, TimeUs{});
  }
  hall.clock().Set(held.expires_at);
  for (const HoldView& view : views()) {
    EXPECT_EQ(view.state, HoldState::kExpired);
    EXPECT_EQ(view.left_ms, 0);
    EXPECT_EQ(view.ended_at, held.expires_at);
  }
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kHeld) << "a read writes nothing";
}

TEST_P(Deadlines, AnotherBuyerTakesTheSeatAtItAndKeepsIt) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Charge(1, kAnn, 5'000).status.ok());
  const HoldReply first = hall.Hold(1, kAnn, {0, 1});
  hall.clock().Set(TimeUs{first.expires_at.value - 1});
  EXPECT_EQ(hall.Hold(2, kBob, {0}).status.code(), Code::kSeatTaken);
  hall.clock().Set(first.expires_at);
  const HoldReply second = hall.Hold(2, kBob, {0});
  ASSERT_EQ(second.status.code(), Code::kOk);
  EXPECT_EQ(hall.StateOf(1), SeatState::kAvailable) << "the whole lapsed hold ends";

  EXPECT_EQ(hall.Pay(3, 1, kAnn).status.code(), Code::kHoldExpired);
  EXPECT_EQ(hall.Cancel(1, kAnn), Code::kOk);
  EXPECT_EQ(hall.Sweep(), 0);
  EXPECT_EQ(hall.StateOf(0), SeatState::kHeld);
  EXPECT_EQ(hall.StateOfHold(2), HoldState::kHeld);
  EXPECT_EQ(hall.Balance(kAnn), 5'000);
  ASSERT_TRUE(hall.Charge(4, kBob, 1'000).status.ok());
  EXPECT_EQ(hall.Pay(5, 2, kBob).status.code(), Code::kOk);
  EXPECT_EQ(hall.Audit(), "");
}

TEST_P(Deadlines, SweepEndsWhatIsOverAndNothingElse) {
  SpyHall hall(Spec());
  const HoldReply first = hall.Hold(1, kAnn, {0});
  hall.clock().AdvanceMs(1'000);
  EXPECT_TRUE(hall.Hold(2, kBob, {1}).ok());
  hall.clock().Set(TimeUs{first.expires_at.value - 1});
  EXPECT_EQ(hall.Sweep(), 0);
  hall.clock().Set(first.expires_at);
  EXPECT_EQ(hall.Sweep(), 1);
  EXPECT_EQ(hall.Sweep(), 0);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
  EXPECT_EQ(hall.StateOfHold(2), HoldState::kHeld);
  EXPECT_EQ(hall.Audit(), "");
}

TEST_P(Deadlines, ARefusalIsExactWhereNoneMayBeOld) {
  for (const std::int64_t age_ms : {0, 250}) {
    HallSpec spec = Spec();
    spec.options = [age_ms](EngineOptions& options) { options.refusal_max_age_ms = age_ms; };
    auto clock = std::make_shared<ScriptedClock>(kHallStart);
    spec.clock = clock;
    SpyHall hall(std::move(spec));
    EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
    clock->ElapseUs(kHallTtlMs * kUsPerMs - 1);
    EXPECT_EQ(hall.Hold(2, kBob, {0}).status.code(), Code::kSeatTaken);
    clock->ElapseUs(1);
    const HoldReply at_once = hall.Hold(3, kBob, {0});
    EXPECT_EQ(at_once.status.code(), age_ms == 0 ? Code::kOk : Code::kSeatTaken);
    EXPECT_EQ(at_once.advisory, age_ms != 0);
    clock->ElapseUs(1'000);
    EXPECT_EQ(hall.Hold(3, kBob, {0}).status.code(), Code::kOk) << "a millisecond later at most";
  }
}

TEST_P(Deadlines, WallClockAnHourBackRevivesNothingAndDelaysNothing) {
  HallSpec spec = Spec();
  auto clock = std::make_shared<ScriptedClock>(kHallStart);
  spec.clock = clock;
  SpyHall hall(std::move(spec));
  ASSERT_TRUE(hall.Charge(1, kAnn, 5'000).status.ok());
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall.Hold(2, kAnn, {1}).ok());
  clock->StepWallUs(-3'600 * kUsPerSecond);
  clock->ElapseUs(kHallTtlMs * kUsPerMs - 1);
  EXPECT_EQ(hall.Pay(2, 1, kAnn).status.code(), Code::kOk);
  clock->ElapseUs(1);
  EXPECT_EQ(hall.Pay(3, 2, kAnn).status.code(), Code::kHoldExpired);
  clock->StepWallUs(-3'600 * kUsPerSecond);
  EXPECT_EQ(hall.Pay(4, 2, kAnn).status.code(), Code::kHoldExpired);
  EXPECT_EQ(hall.Balance(kAnn), 4'000);
}

TEST_P(Deadlines, WallClockTenYearsForwardAndBackEndsNothingEarly) {
  HallSpec spec = Spec();
  auto clock = std::make_shared<ScriptedClock>(kHallStart);
  spec.clock = clock;
  SpyHall hall(std::move(spec));
  const std::int64_t ten_years_us = 3'652LL * 86'400 * kUsPerSecond;
  ASSERT_TRUE(hall.Charge(1, kAnn, 5'000).status.ok());
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall.Hold(2, kAnn, {1}).ok());
  clock->StepWallUs(ten_years_us);
  EXPECT_EQ(hall.Hold(3, kBob, {0}).status.code(), Code::kSeatTaken);
  EXPECT_EQ(hall.Sweep(), 0);
  EXPECT_EQ(hall.engine().stats().clock_jumps, 1u);
  clock->ElapseUs(kHallTtlMs * kUsPerMs - 1);
  EXPECT_EQ(hall.Pay(2, 1, kAnn).status.code(), Code::kOk);
  clock->StepWallUs(-ten_years_us);
  EXPECT_EQ(hall.StateOf(1), SeatState::kHeld);
  clock->ElapseUs(1);
  EXPECT_EQ(hall.Pay(3, 2, kAnn).status.code(), Code::kHoldExpired);
  EXPECT_EQ(hall.Hold(4, kBob, {1}).status.code(), Code::kOk);
  EXPECT_EQ(hall.Audit(), "");
}

TEST(EngineTime, NeverGoesBackNorStandsStill) {
  ScriptedClock clock(kHallStart);
  EngineTime time(clock, 3'600'000);
  EXPECT_EQ(time.Now(), kHallStart);
  clock.StepWallUs(-5 * kUsPerSecond);
  EXPECT_EQ(time.Now(), kHallStart);
  clock.ElapseUs(7);
  EXPECT_EQ(time.Now().value, kHallStart.value + 7);
}

TEST(EngineTime, TakesASmallStepForwardAndIgnoresALargeOne) {
  ScriptedClock clock(kHallStart);
  EngineTime time(clock, 3'600'000);
  (void)time.Now();
  clock.StepWallUs(3'600 * kUsPerSecond);  // exactly as much as is allowed
  EXPECT_EQ(time.Now().value, kHallStart.value + 3'600 * kUsPerSecond);
  EXPECT_EQ(time.jumps(), 0u);
  clock.StepWallUs(3'600 * kUsPerSecond + 1);
  EXPECT_EQ(time.Now().value, kHallStart.value + 3'600 * kUsPerSecond);
  clock.ElapseUs(10);
  EXPECT_EQ(time.Now().value, kHallStart.value + 3'600 * kUsPerSecond + 10);
  EXPECT_EQ(time.jumps(), 1u) << "one jump is reported once";
}

TEST(EngineTime, OfAManualClockHonoursTheMarkAndHasNoJumpGuard) {
  ManualClock manual(kHallStart);
  EngineTime by_hand(manual, 1'000);
  EXPECT_EQ(by_hand.Now(TimeUs{kHallStart.value + 50}).value, kHallStart.value + 50);
  manual.Set(TimeUs{kHallStart.value - 50});
  EXPECT_EQ(by_hand.Now().value, kHallStart.value + 50);
  manual.Set(TimeUs{kHallStart.value + 10LL * 365 * 86'400 * kUsPerSecond});
  EXPECT_EQ(by_hand.Now(), manual.Now()) << "a manual clock has no jump guard";
}

TEST(EngineTime, NeverLeavesTheClock) {
  ManualClock manual(TimeUs{INT64_MIN});
  EngineTime by_hand(manual, 1'000);
  EXPECT_EQ(by_hand.Now(), TimeUs{});
  EXPECT_EQ(by_hand.Now(TimeUs{INT64_MAX}), kTimeMax) << "a mark that nobody can have reached";
  ScriptedClock wild(TimeUs{INT64_MAX});
  EngineTime time(wild, 3'600'000);
  EXPECT_EQ(time.Now(), kTimeMax);
  wild.ElapseUs(-5);  // the wall only: boot time would not go back
  EXPECT_EQ(time.Now(), kTimeMax);
}

TEST(Hold, AtTheEndOfTheClockHasADeadlineThatIsNotBeyond) {
  auto clock = std::make_shared<ManualClock>(TimeUs{kTimeMax.value - 1'000'000});
  SpyHall hall({.clock = clock, .performance = [](PerformanceSpec& p) { p.starts_at = kTimeMax; }});
  const HoldReply reply = hall.Hold(1, kAnn, {0});
  ASSERT_TRUE(reply.status.ok()) << reply.status.text();
  EXPECT_EQ(reply.expires_at, kTimeMax);
}

}  // namespace
}  // namespace seathold::testing
