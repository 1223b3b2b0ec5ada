// The same id sent again is the same attempt: its first answer, and nothing happens twice.
#include <gtest/gtest.h>

#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

class Replays : public ::testing::TestWithParam<bool> {
 protected:
  Replays()
      : hall_(HallSpec{.sqlite = GetParam(), .performance = [](PerformanceSpec& p) {
                         p.starts_at = AddMs(kHallStart, 3'600'000);
                       }}) {}
  void Fund() { ASSERT_TRUE(hall_.Charge(900, kAnn, 5'000).status.ok()); }
  HoldRequest Request(int id, UserId user, std::span<const SeatTicket> seats) const {
    return {HoldNo(id), user, hall_.performance(), seats};
  }
  void TearDown() override { EXPECT_EQ(hall_.Audit(), ""); }

  SpyHall hall_;
};
INSTANTIATE_TEST_SUITE_P(Storages, Replays, ::testing::Values(false, true), StorageName);

TEST_P(Replays, TwiceInOneBatchTheSecondIsAReplay) {
  Fund();
  const SeatTicket seat{hall_.Seat(0), 0};
  const HoldRequest holds[] = {Request(1, kAnn, {&seat, 1}), Request(1, kAnn, {&seat, 1})};
  HoldReply held[2];
  hall_.seats().Hold(holds, held);
  EXPECT_TRUE(held[0].status.ok() && !held[0].replayed);
  EXPECT_TRUE(held[1].status.ok() && held[1].replayed);
  EXPECT_EQ(held[0].expires_at, held[1].expires_at);
  EXPECT_EQ(held[0].id, HoldNo(1));
  EXPECT_EQ(held[1].id, HoldNo(1));

  const ConfirmRequest pays[] = {hall_.PayRequest(1, 1, kAnn), hall_.PayRequest(1, 1, kAnn),
                                 hall_.PayRequest(2, 1, kAnn)};
  PayReply paid[3];
  hall_.seats().Confirm(pays, paid);
  EXPECT_TRUE(paid[0].status.ok() && !paid[0].replayed && !paid[0].already);
  EXPECT_TRUE(paid[1].status.ok() && paid[1].replayed && !paid[1].already);
  EXPECT_TRUE(paid[2].status.ok() && !paid[2].replayed && paid[2].already);
  for (const PayReply& p : paid) {
    EXPECT_EQ(p.balance_after.minor, 4'000);
    EXPECT_EQ(p.payment, TransferNo(1)) << "the transfer that stands";
  }

  const RefundRequest refund{TransferNo(3), hall_.performance(), HoldNo(1)};
  const RefundRequest refunds[] = {refund, refund};
  PayReply back[2];
  hall_.seats().Refund(refunds, back);
  EXPECT_TRUE(back[0].status.ok() && !back[0].replayed);
  EXPECT_TRUE(back[1].status.ok() && back[1].replayed);
  EXPECT_EQ(back[0].payment, TransferNo(3));
  EXPECT_EQ(back[1].payment, TransferNo(3));
  EXPECT_EQ(hall_.Balance(kAnn), 5'000);

  const ChargeRequest charge{TransferNo(4), kAnn, Money{70, hall_.eur()}, ""};
  const ChargeRequest charges[] = {charge, charge};
  TransferReply charged[2];
  hall_.wallet().Charge(charges, charged);
  EXPECT_TRUE(charged[1].replayed);
  EXPECT_EQ(hall_.Balance(kAnn), 5'070);
}

TEST_P(Replays, AfterTheDeadlineAHoldHearsThatItIsOver) {
  const HoldReply first = hall_.Hold(1, kAnn, {0});
  hall_.clock().Set(first.expires_at);
  const HoldReply again = hall_.Hold(1, kAnn, {0});
  EXPECT_TRUE(again.status.ok() && again.replayed);
  EXPECT_EQ(again.state, HoldState::kExpired);
  EXPECT_EQ(again.expires_at, first.expires_at);
  EXPECT_EQ(again.total, first.total);
  EXPECT_EQ(again.seats, first.seats);
  EXPECT_EQ(hall_.StateOfHold(1), HoldState::kExpired) << "what was told was written";
}

TEST_P(Replays, AfterTheDeadlineAPaymentIsStillPaid) {
  Fund();
  const HoldReply held = hall_.Hold(1, kAnn, {0});
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  hall_.clock().Set(AddMs(held.expires_at, 1));
  const PayReply again = hall_.Pay(1, 1, kAnn);
  EXPECT_TRUE(again.status.ok() && again.replayed);
  EXPECT_TRUE(hall_.Pay(2, 1, kAnn).already);
  EXPECT_EQ(hall_.Balance(kAnn), 4'000);
}

TEST_P(Replays, AfterClosingAndAfterTheStart) {
  Fund();
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  ASSERT_EQ(hall_.SetSale(false), Code::kOk);
  EXPECT_EQ(hall_.Hold(2, kAnn, {1}).status.code(), Code::kSaleNotOpen);
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).replayed);
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  hall_.clock().Set(AddMs(kHallStart, 3'600'000));
  const HoldReply again = hall_.Hold(1, kAnn, {0});
  EXPECT_TRUE(again.status.ok() && again.replayed);
  EXPECT_EQ(again.state, HoldState::kConfirmed);
  EXPECT_TRUE(hall_.Pay(1, 1, kAnn).replayed);
}

TEST_P(Replays, AfterARefundTheFirstAnswersStand) {
  Fund();
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  ASSERT_TRUE(hall_.Refund(2, 1).status.ok());
  const PayReply paid = hall_.Pay(1, 1, kAnn);
  EXPECT_TRUE(paid.status.ok() && paid.replayed);
  EXPECT_EQ(paid.balance_after.minor, 4'000);
  EXPECT_TRUE(hall_.Refund(2, 1).replayed);
  EXPECT_EQ(hall_.Refund(3, 1).status.code(), Code::kHoldRefunded);
  EXPECT_EQ(hall_.Pay(4, 1, kAnn).status.code(), Code::kHoldRefunded);
  EXPECT_EQ(hall_.Hold(1, kAnn, {0}).state, HoldState::kRefunded);
  EXPECT_EQ(hall_.Balance(kAnn), 5'000);
  EXPECT_EQ(hall_.StateOf(0), SeatState::kAvailable);
}

TEST_P(Replays, ARefusedPaymentIsKeptUnderItsIdAndANewIdPays) {
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  EXPECT_EQ(hall_.Pay(1, 1, kAnn).status.code(), Code::kInsufficientFunds);
  Fund();
  const PayReply again = hall_.Pay(1, 1, kAnn);
  EXPECT_EQ(again.status.code(), Code::kInsufficientFunds);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.payment, TransferId{}) << "nothing stands";
  EXPECT_EQ(again.balance_after.minor, 0);
  EXPECT_EQ(hall_.StateOfHold(1), HoldState::kHeld);
  EXPECT_TRUE(hall_.Pay(2, 1, kAnn).status.ok());
}

TEST_P(Replays, ARefusedHoldLeavesItsIdFree) {
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  EXPECT_EQ(hall_.Hold(2, kBob, {0, 1}).status.code(), Code::kSeatTaken);
  EXPECT_EQ(hall_.StateOf(1), SeatState::kAvailable) << "all or nothing";
  const HoldReply other = hall_.Hold(2, kBob, {1});
  EXPECT_TRUE(other.status.ok() && !other.replayed);
}

TEST_P(Replays, AHoldWithAnyArgumentChangedIsRefused) {
  const SeatTicket seats[] = {{hall_.Seat(0), 0}, {hall_.Seat(1), 0}};
  const SeatTicket turned[] = {seats[1], seats[0]};
  const SeatTicket child[] = {{hall_.Seat(0), 1}, {hall_.Seat(1), 0}};
  const SeatTicket more[] = {seats[0], seats[1], {hall_.Seat(2), 0}};
  const SeatTicket other[] = {seats[0], {hall_.Seat(2), 0}};
  HoldRequest request = Request(1, kAnn, seats);
  ASSERT_TRUE(hall_.Hold(request).status.ok());
  request.seats = turned;
  EXPECT_TRUE(hall_.Hold(request).replayed) << "order is no argument";

  std::vector<HoldRequest> changed(6, Request(1, kAnn, seats));
  changed[0].seats = child;
  changed[1].seats = more;
  changed[2].seats = other;
  changed[3].seats = {seats, 1};
  changed[4].ttl_ms = kHallTtlMs;
  changed[5].staff = true;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const HoldReply reply = hall_.Hold(changed[i]);
    EXPECT_EQ(reply.status.code(), Code::kIdempotencyMismatch) << i;
    EXPECT_EQ(reply.status.detail(), "") << i;
    EXPECT_EQ(reply.state, HoldState::kNone) << i;
  }
  BestRequest best{HoldNo(1), kAnn, hall_.performance(), 2};
  EXPECT_EQ(hall_.Best(best).status.code(), Code::kIdempotencyMismatch);
}

TEST_P(Replays, ABestHoldWithAnyArgumentChangedIsRefused) {
  const BestRequest request{HoldNo(1), kAnn, hall_.performance(), 2};
  ASSERT_TRUE(hall_.Best(request).status.ok());
  EXPECT_TRUE(hall_.Best(request).replayed);
  std::vector<BestRequest> changed(7, request);
  changed[0].user = kBob;
  changed[1].seats = 3;
  changed[2].category = 0;
  changed[3].ticket_type = 1;
  changed[4].allow_split = false;
  changed[5].ttl_ms = 1'000;
  changed[6].staff = true;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    EXPECT_EQ(hall_.Best(changed[i]).status.code(), Code::kIdempotencyMismatch) << i;
  }
}

TEST_P(Replays, APaymentWithAnyArgumentChangedIsRefused) {
  Fund();
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall_.Hold(2, kAnn, {1}).ok());
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  std::vector<ConfirmRequest> changed(6, hall_.PayRequest(1, 1, kAnn));
  changed[0].user = kBob;
  changed[1].hold = HoldNo(2);
  changed[2].performance = PerformanceId{99};
  changed[3].tender = Tender::kExternal;
  changed[3].reference = "other";
  changed[4].expected_total = Money{1'000, hall_.eur()};
  changed[5].expected_total = Money{1, *ParseCurrency("USD")};
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const PayReply reply = hall_.Pay(changed[i]);
    EXPECT_EQ(reply.status.code(), Code::kIdempotencyMismatch) << i;
    EXPECT_EQ(reply.total.minor, 0) << i;
  }
  EXPECT_EQ(hall_.Refund(1, 1).status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Charge(1, kAnn, 1'000).status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Balance(kAnn), 4'000);
  EXPECT_EQ(hall_.StateOfHold(2), HoldState::kHeld);
}

TEST_P(Replays, ARefundOrAChargeWithAnyArgumentChangedIsRefused) {
  Fund();
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall_.Hold(2, kAnn, {1}).ok());
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  ASSERT_TRUE(hall_.Pay(2, 2, kAnn).status.ok());
  ASSERT_TRUE(hall_.Refund(3, 1).status.ok());
  EXPECT_EQ(hall_.Refund(3, 2).status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Charge(900, kAnn, 5'001).status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Charge(900, kBob, 5'000).status.code(), Code::kIdempotencyMismatch);
  const ChargeRequest named{TransferNo(900), kAnn, Money{5'000, hall_.eur()}, "name"};
  const ChargeRequest plain{TransferNo(900), kAnn, Money{5'000, hall_.eur()}, ""};
  TransferReply reply = hall_.wallet().Charge(named);
  EXPECT_EQ(reply.status.code(), Code::kIdempotencyMismatch);
  reply = hall_.wallet().Withdraw(plain);
  EXPECT_EQ(reply.status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Balance(kAnn), 4'000);
}

TEST_P(Replays, AStrangersIdTellsNothingAndDoesNothing) {
  Fund();
  EXPECT_TRUE(hall_.Hold(1, kAnn, {0}).ok());
  // Memory may say first that the seat is not this user's; storage says that the id is not.
  const Code taken = hall_.Hold(1, kBob, {0}).status.code();
  EXPECT_TRUE(taken == Code::kSeatTaken || taken == Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Hold(1, kBob, {5}).status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Cancel(1, kBob), Code::kNotHoldOwner);
  EXPECT_EQ(hall_.Pay(1, 1, kBob).status.code(), Code::kNotHoldOwner);
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  EXPECT_EQ(hall_.Pay(1, 1, kBob).status.code(), Code::kIdempotencyMismatch);
  EXPECT_EQ(hall_.Pay(2, 1, kBob).status.code(), Code::kNotHoldOwner);
  EXPECT_EQ(hall_.Cancel(1, kBob), Code::kNotHoldOwner);
  EXPECT_EQ(hall_.StateOf(5), SeatState::kAvailable);
}

}  // namespace
}  // namespace seathold::testing
