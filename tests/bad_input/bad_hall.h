// A hall that a bad call must leave as it is.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/engine/hall.h"

namespace seathold::testing {

using namespace std::string_view_literals;

// Texts that no call may take: a NUL, a byte that begins nothing, a sequence that is cut short, an
// overlong one, a surrogate, a code point beyond Unicode.
inline constexpr std::array<std::string_view, 6> kBadTexts = {
    "a\0b"sv, "a\xFF"sv, "a\xC3"sv, "\xC0\xAF"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv};

inline constexpr HoldId kNoHold{};
inline const HoldId kStrangeHold{Uuid{9, 9, 9}};
inline const TransferId kStrangeTransfer{Uuid{8, 8, 8}};

// 10 x 10 seats; user 1 holds seats 0 and 1 and has 5,000; seat 9 is blocked.
class BadInput : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(hall_.Build(10, 10));
    ASSERT_TRUE(hall_.Charge(1, 5 * kSeatPriceMinor).status.ok());
    held_ = hall_.Held(1, {0, 1});
    ASSERT_TRUE(hall_.Block(9).ok());
    seats_ = {SeatTicket{hall_.Seat(2), 0}, SeatTicket{hall_.Seat(3), 0}};
    map_ = hall_.Map();
    commits_ = hall_.faults->commits;
  }
  // Whatever was asked, nothing came of it. Decisions against money that are kept under their id
  // are the one thing a refusal may write: `kept` of them.
  void TearDown() override {
    if (HasFatalFailure()) return;
    EXPECT_EQ(hall_.faults->commits, commits_ + kept_);
    EXPECT_EQ(hall_.Map()->version, map_->version);
    EXPECT_EQ(hall_.Map()->bits, map_->bits);
    EXPECT_EQ(hall_.Balance(1), 5 * kSeatPriceMinor);
    EXPECT_EQ(hall_.StateOf(held_), HoldState::kHeld);
    hall_.ExpectClean();
  }
  // What was set up on purpose after SetUp counts as being there.
  void AcceptAsIs() {
    map_ = hall_.Map();
    commits_ = hall_.faults->commits;
  }

  HoldRequest GoodHold() {
    HoldRequest request;
    request.id = hall_.NewHold();
    request.user = UserId{2};
    request.performance = hall_.performance;
    request.seats = seats_;
    return request;
  }
  BestRequest GoodBest() {
    BestRequest request;
    request.id = hall_.NewHold();
    request.user = UserId{2};
    request.performance = hall_.performance;
    request.seats = 2;
    return request;
  }
  ConfirmRequest GoodConfirm() {
    ConfirmRequest request;
    request.performance = hall_.performance;
    request.hold = held_;
    request.payment = hall_.NewTransfer();
    request.user = UserId{1};
    return request;
  }
  Code Try(const HoldRequest& request) {
    HoldReply reply = hall_.sales().Hold(request);
    EXPECT_EQ(reply.id, request.id);
    EXPECT_EQ(reply.state, HoldState::kNone);
    EXPECT_TRUE(reply.seats.empty());
    return reply.status.code();
  }
  Code Try(const BestRequest& request) {
    HoldReply reply = hall_.sales().HoldBest(request);
    EXPECT_TRUE(reply.seats.empty());
    return reply.status.code();
  }
  Code Try(const ConfirmRequest& request) { return hall_.sales().Confirm(request).status.code(); }
  Code Try(const CancelRequest& request) { return hall_.sales().Cancel(request).code(); }
  Code Try(const RefundRequest& request) { return hall_.sales().Refund(request).status.code(); }

  Hall hall_;
  HoldId held_;
  std::array<SeatTicket, 2> seats_{};
  std::shared_ptr<const SeatMap> map_;
  int commits_ = 0;
  int kept_ = 0;
};

}  // namespace seathold::testing
