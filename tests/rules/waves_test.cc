// Batches whose commands build on each other, whatever the number of waves they are given.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

class Waves : public ::testing::TestWithParam<int> {
 protected:
  Waves() : hall_(Spec()) {}
  void TearDown() override { EXPECT_EQ(hall_.Audit(), ""); }

  static HallSpec Spec() {
    HallSpec spec;
    spec.options = [](EngineOptions& o) { o.waves_max = GetParam(); };
    spec.performance = [](PerformanceSpec& p) { p.user_limit = 12; };
    return spec;
  }
  std::vector<HoldReply> HoldAll(const std::vector<HoldRequest>& requests) {
    std::vector<HoldReply> replies(requests.size());
    hall_.seats().Hold(requests, replies);
    return replies;
  }
  HoldRequest Request(int id, UserId user, std::span<const SeatTicket> seats) const {
    return {HoldNo(id), user, hall_.performance(), seats};
  }

  SpyHall hall_;
};
INSTANTIATE_TEST_SUITE_P(Max, Waves, ::testing::Values(1, 2, 4, 16));

TEST_P(Waves, EachBestHoldSeesWhatTheOnesBeforeItTook) {
  std::vector<BestRequest> requests;
  for (int i = 1; i <= 7; ++i) requests.push_back({HoldNo(i), kAnn, hall_.performance(), 2});
  std::vector<HoldReply> replies(requests.size());
  hall_.seats().HoldBest(requests, replies);
  std::set<SeatId> taken;
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(replies[static_cast<std::size_t>(i)].status.ok()) << i;
    for (const SeatTicket& ticket : replies[static_cast<std::size_t>(i)].seats) {
      taken.insert(ticket.seat);
    }
  }
  EXPECT_EQ(taken.size(), 12u);
  EXPECT_EQ(replies[6].status.code(), Code::kAllHeld);
}

TEST_P(Waves, ALapsedHoldEndsOnceForTheManyWhoTakeItsSeats) {
  ASSERT_TRUE(hall_.Hold(1, kAnn, {0, 1, 2}).status.ok());
  ASSERT_TRUE(hall_.Hold(2, kAnn, {4, 5}).status.ok());
  hall_.clock().AdvanceMs(kHallTtlMs);
  const SeatTicket a{hall_.Seat(0), 0}, b{hall_.Seat(1), 0}, c{hall_.Seat(5), 0};
  const SeatTicket both[] = {a, b};
  const auto replies =
      HoldAll({Request(3, kBob, {&a, 1}), Request(4, kBob, {&b, 1}), Request(5, kBob, both),
               Request(6, kBob, {&c, 1}), Request(3, kBob, {&a, 1})});
  EXPECT_EQ(replies[0].status.code(), Code::kOk);
  EXPECT_EQ(replies[1].status.code(), Code::kOk);
  EXPECT_EQ(replies[2].status.code(), Code::kSeatTaken);
  EXPECT_EQ(replies[2].conflicts.size(), 2u);
  EXPECT_EQ(replies[3].status.code(), Code::kOk);
  EXPECT_TRUE(replies[4].replayed);
  int expiries = 0;
  const auto feed = hall_.seats().Feed(hall_.performance(), 0, 100);
  for (const FeedEvent& event : *feed) expiries += event.kind == FeedKind::kExpired;
  EXPECT_EQ(expiries, 2);
  EXPECT_EQ(hall_.StateOf(2), SeatState::kAvailable);
}

TEST_P(Waves, AWalletIsSpentInOrder) {
  ASSERT_TRUE(hall_.Charge(900, kAnn, 2'500).status.ok());
  std::vector<ConfirmRequest> pays;
  for (int i = 1; i <= 4; ++i) {
    ASSERT_TRUE(hall_.Hold(i, kAnn, {static_cast<std::uint32_t>(i - 1)}).status.ok());
    pays.push_back(hall_.PayRequest(i, i, kAnn));
  }
  pays.push_back(hall_.PayRequest(9, 1, kAnn));
  std::vector<PayReply> replies(pays.size());
  hall_.seats().Confirm(pays, replies);
  const std::vector<std::int64_t> left{1'500, 500, 500, 500};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(replies[i].status.code(), i < 2 ? Code::kOk : Code::kInsufficientFunds) << i;
    EXPECT_EQ(replies[i].balance_after.minor, left[i]) << i;
  }
  EXPECT_TRUE(replies[4].already);
}

}  // namespace
}  // namespace seathold::testing
