// Which refusal, and which of two comes first.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

HallSpec Limited(std::uint32_t user_limit) {
  return {.performance = [=](PerformanceSpec& p) { p.user_limit = user_limit; }};
}

TEST(Limits, CountLivingHoldsAndWhatIsConfirmedAndNothingElse) {
  SpyHall hall(Limited(3));
  ASSERT_TRUE(hall.Charge(900, kAnn, 9'000).status.ok());
  ASSERT_TRUE(hall.Hold(1, kAnn, {0, 1}).status.ok());
  EXPECT_EQ(hall.Hold(2, kAnn, {2, 3}).status.code(), Code::kUserLimit);
  ASSERT_TRUE(hall.Hold(3, kAnn, {2}).status.ok());
  EXPECT_EQ(hall.Hold(4, kAnn, {3}).status.code(), Code::kUserLimit);
  EXPECT_EQ(hall.Best(4, kAnn, 1).status.code(), Code::kUserLimit);
  EXPECT_TRUE(hall.Hold(5, kBob, {3}).status.ok()) << "another user has a limit of their own";

  ASSERT_EQ(hall.Cancel(3, kAnn), Code::kOk);
  EXPECT_TRUE(hall.Hold(6, kAnn, {2}).status.ok());
  ASSERT_TRUE(hall.Pay(1, 1, kAnn).status.ok());
  hall.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall.Hold(7, kAnn, {4, 5}).status.code(), Code::kUserLimit) << "two are confirmed";
  EXPECT_TRUE(hall.Hold(8, kAnn, {4}).status.ok()) << "the lapsed one does not count";
  ASSERT_TRUE(hall.Refund(2, 1).status.ok());
  EXPECT_TRUE(hall.Hold(9, kAnn, {5, 6}).status.ok()) << "nor do refunded ones";
  EXPECT_EQ(hall.Audit(), "");
}

TEST(Staff, HasNoUserLimitAndItsOwnLongestTtlButOwnsNothingMore) {
  HallSpec spec = Limited(1);
  spec.options = [](EngineOptions& o) { o.staff_ttl_max_ms = 3'600'000; };
  SpyHall hall(std::move(spec));
  const SeatTicket seats[] = {{hall.Seat(0), 0}, {hall.Seat(1), 0}};
  HoldRequest request{HoldNo(1), kAnn, hall.performance(), seats};
  EXPECT_EQ(hall.Hold(request).status.code(), Code::kUserLimit);
  request.ttl_ms = kHallTtlMs + 1;
  EXPECT_EQ(hall.Hold(request).status.code(), Code::kHoldTooLong);
  request.staff = true;
  request.ttl_ms = 3'600'001;
  EXPECT_EQ(hall.Hold(request).status.code(), Code::kHoldTooLong);
  request.ttl_ms = 3'600'000;
  const HoldReply held = hall.Hold(request);
  EXPECT_TRUE(held.status.ok());
  EXPECT_EQ(held.expires_at, AddMs(kHallStart, 3'600'000));
  EXPECT_EQ(hall.Cancel(1, kBob), Code::kNotHoldOwner);
  EXPECT_EQ(hall.Audit(), "");
}

TEST(Prices, FollowCategoryAndTicketType) {
  SpyHall hall;
  const SeatTicket seats[] = {{hall.Seat(0), 1}, {hall.Seat(1), 0}, {hall.Seat(4), 0}};
  const HoldReply held = hall.Hold({HoldNo(1), kAnn, hall.performance(), seats});
  EXPECT_EQ(held.total, (Money{1'900, hall.eur()}));
  const SeatTicket no_child{hall.Seat(5), 1};
  EXPECT_EQ(hall.Hold({HoldNo(2), kAnn, hall.performance(), {&no_child, 1}}).status.code(),
            Code::kUnknownTicketType);
}

TEST(Prices, ExpectedTotalMustBeTheHoldsTotal) {
  SpyHall hall;
  ASSERT_TRUE(hall.Charge(900, kAnn, 9'000).status.ok());
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  ConfirmRequest request = hall.PayRequest(1, 1, kAnn);
  request.expected_total = Money{999, hall.eur()};
  const PayReply refused = hall.Pay(request);
  EXPECT_EQ(refused.status.code(), Code::kPriceMismatch);
  EXPECT_EQ(refused.total.minor, 1'000);
  EXPECT_TRUE(hall.Pay(request).replayed) << "kept under its id";
  request.payment = TransferNo(2);
  request.expected_total = Money{1'000, *ParseCurrency("USD")};
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kCurrencyMismatch);
  request.expected_total = Money{1'000, hall.eur()};
  EXPECT_TRUE(hall.Pay(request).status.ok()) << "a currency mismatch is not kept";
}

TEST(Prices, ATotalOfZeroWritesATransferOfZero) {
  SpyHall hall;
  EXPECT_TRUE(hall.Hold(1, kAnn, {8, 9}).ok());
  const PayReply paid = hall.Pay(1, 1, kAnn);
  EXPECT_TRUE(paid.status.ok());
  EXPECT_EQ(paid.total, (Money{0, hall.eur()}));
  const auto lines = hall.wallet().Statement(kAnn, hall.eur(), 0, 10).value();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].amount_minor, 0);
  EXPECT_TRUE(hall.Refund(2, 1).status.ok());
  EXPECT_EQ(hall.Audit(), "");
}

TEST(Tender, AProviderReferencePaysOnceEver) {
  SpyHall hall;
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall.Hold(2, kBob, {1}).ok());
  ConfirmRequest request = hall.PayRequest(1, 1, kAnn);
  request.tender = Tender::kExternal;
  request.reference = "pi_1";
  EXPECT_TRUE(hall.Pay(request).status.ok());
  ConfirmRequest other = hall.PayRequest(2, 2, kBob);
  other.tender = Tender::kExternal;
  other.reference = "pi_1";
  EXPECT_EQ(hall.Pay(other).status.code(), Code::kReferenceUsed);
  ASSERT_TRUE(hall.Refund(3, 1).status.ok());
  EXPECT_EQ(hall.Pay(other).status.code(), Code::kReferenceUsed);
  other.reference = "pi_2";
  EXPECT_TRUE(hall.Pay(other).status.ok()) << "the refusal was not kept under the id";
  EXPECT_EQ(hall.Balance(kAnn), 0);
  EXPECT_EQ(hall.Audit(), "");
}

TEST(Best, TellsAllHeldSoldOutAndNotSideBySideApart) {
  SpyHall hall;
  EXPECT_EQ(hall.Block({1, 3, 4, 5, 6, 7, 8, 9, 10, 11}), std::vector<Code>(10, Code::kOk));
  EXPECT_EQ(hall.Best(1, kAnn, 2, false).status.code(), Code::kNoAdjacentSeats);
  const HoldReply first = hall.Best(2, kAnn, 1);
  ASSERT_TRUE(first.status.ok());
  hall.clock().AdvanceMs(10);
  ASSERT_TRUE(hall.Best(3, kBob, 1).status.ok());
  const HoldReply held = hall.Best(4, kBob, 1);
  EXPECT_EQ(held.status.code(), Code::kAllHeld);
  EXPECT_EQ(held.next_release_at, first.expires_at);
  EXPECT_EQ(hall.Best(5, kBob, 3).status.code(), Code::kAllHeld) << "sold out is when nothing is";
  EXPECT_EQ(hall.seats().Count(hall.performance())->state, SaleState::kAllHeld);

  ASSERT_TRUE(hall.Charge(900, kAnn, 9'000).status.ok());
  ASSERT_TRUE(hall.Charge(901, kBob, 9'000).status.ok());
  ASSERT_TRUE(hall.Pay(1, 2, kAnn).status.ok());
  ASSERT_TRUE(hall.Pay(2, 3, kBob).status.ok());
  const HoldReply sold = hall.Best(6, kBob, 1);
  EXPECT_EQ(sold.status.code(), Code::kSoldOut);
  EXPECT_EQ(sold.next_release_at, TimeUs{});
  EXPECT_EQ(hall.seats().Count(hall.performance())->state, SaleState::kSoldOut);
}

TEST(Best, SaysHowManyAreFreeWhereTheyAreTooFew) {
  SpyHall hall;
  ASSERT_TRUE(hall.Hold(1, kAnn, {0, 1, 2, 3, 4, 5, 6}).status.ok());
  const HoldReply few = hall.Best(2, kBob, 6);
  EXPECT_EQ(few.status.code(), Code::kNotEnoughSeats);
  EXPECT_EQ(few.seats_free, 5u);
  EXPECT_EQ(few.next_release_at, TimeUs{});
  BestRequest back{.id = HoldNo(3), .user = kBob, .performance = hall.performance(), .seats = 2};
  back.category = 1;
  const HoldReply one = hall.Best(back);
  EXPECT_EQ(one.status.code(), Code::kNotEnoughSeats);
  EXPECT_EQ(one.seats_free, 1u) << "of the category that was asked for";
  const HoldReply had = hall.Best(4, kBob, 5);
  EXPECT_TRUE(had.status.ok());
  EXPECT_EQ(had.seats_free, 0u);
}

TEST(Best, DoesNotBidToWaitForARunThatNoRowHas) {
  SpyHall hall;
  const auto refused = [&](int id, UserId user) {
    const HoldReply reply = hall.Best(id, user, 5, false);
    EXPECT_EQ(reply.next_release_at, TimeUs{});
    EXPECT_NE(reply.status.text().find("no row has 5 seats side by side"), std::string::npos)
        << reply.status.text();
    return reply.status.code();
  };
  EXPECT_EQ(refused(1, kAnn), Code::kNoAdjacentSeats);
  ASSERT_TRUE(hall.Best(2, kAnn, 8).status.ok());
  EXPECT_EQ(refused(3, kBob), Code::kNoAdjacentSeats) << "four are free";
  ASSERT_TRUE(hall.Best(4, kAnn, 4).status.ok());
  EXPECT_EQ(refused(5, kBob), Code::kNoAdjacentSeats) << "none is free, all will come back";
  EXPECT_EQ(hall.Best(6, kBob, 4, false).status.code(), Code::kAllHeld) << "a row has four";
}

TEST(Best, AndHoldSayHowManySeatsAHoldMayHave) {
  SpyHall hall(HallSpec{.options = [](EngineOptions& o) { o.max_seats_per_hold = 3; }});
  const std::string text = "more seats than one hold may have: at most 3";
  EXPECT_EQ(hall.Hold(1, kAnn, {0, 1, 2, 3}).status.text(), text);
  EXPECT_EQ(hall.Best(1, kAnn, 4).status.text(), text);
  EXPECT_EQ(hall.Best(1, kAnn, 17).status.text(), text) << "over the hard cap, too";
  std::vector<SeatTicket> many(17, SeatTicket{hall.Seat(0), 0});
  EXPECT_EQ(hall.Hold({HoldNo(1), kAnn, hall.performance(), many}).status.text(), text);
}

TEST(Best, TakesTheSeatsOfLapsedHolds) {
  SpyHall hall(Limited(6));
  const SeatTicket all[] = {
      {hall.Seat(0), 0}, {hall.Seat(1), 0}, {hall.Seat(2), 0}, {hall.Seat(3), 0}};
  ASSERT_TRUE(hall.Hold({HoldNo(1), kAnn, hall.performance(), all}).status.ok());
  hall.clock().AdvanceMs(kHallTtlMs);
  const HoldReply best = hall.Best(2, kBob, 2);
  ASSERT_TRUE(best.status.ok());
  EXPECT_EQ(OrdinalOf(best.seats[0].seat), 1u) << "the middle of the first row";
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
  EXPECT_EQ(hall.StateOf(0), SeatState::kAvailable);
  EXPECT_EQ(hall.Audit(), "");
}

TEST(Sale, ClosingStartsNoHoldButLivingOnesMayFinish) {
  SpyHall hall;
  ASSERT_TRUE(hall.Charge(900, kAnn, 9'000).status.ok());
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall.Hold(2, kAnn, {1}).ok());
  ASSERT_EQ(hall.SetSale(false), Code::kOk);
  EXPECT_EQ(hall.Hold(3, kAnn, {2}).status.code(), Code::kSaleNotOpen);
  EXPECT_EQ(hall.Best(3, kAnn, 1).status.code(), Code::kSaleNotOpen);
  EXPECT_TRUE(hall.Pay(1, 1, kAnn).status.ok());
  EXPECT_EQ(hall.Cancel(2, kAnn), Code::kOk);
  EXPECT_TRUE(hall.Refund(2, 1).status.ok());
  ASSERT_EQ(hall.SetSale(true), Code::kOk);
  EXPECT_TRUE(hall.Hold(3, kAnn, {2}).status.ok());
}

TEST(Sale, OpensEndsAndStartsToTheMicrosecond) {
  SpyHall hall({.performance = [](PerformanceSpec& p) {
    p.sale_opens_at = AddMs(kHallStart, 1'000);
    p.starts_at = AddMs(kHallStart, 200'000);
  }});
  ASSERT_TRUE(hall.Charge(900, kAnn, 9'000).status.ok());
  hall.clock().Set(TimeUs{kHallStart.value + 999'999});
  EXPECT_EQ(hall.Hold(1, kAnn, {0}).status.code(), Code::kSaleNotOpen);
  hall.clock().AdvanceUs(1);
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).status.ok());
  hall.clock().Set(TimeUs{kHallStart.value + 199'999'999});
  EXPECT_TRUE(hall.Hold(2, kAnn, {1}).status.ok());
  hall.clock().AdvanceUs(1);
  EXPECT_EQ(hall.Hold(3, kAnn, {2}).status.code(), Code::kSaleEnded);
  EXPECT_TRUE(hall.Pay(1, 1, kAnn).status.ok()) << "the start ends no living hold";
}

TEST(Blocks, TakeFreeAndLapsedSeatsAndReportTheOthers) {
  SpyHall hall;
  ASSERT_TRUE(hall.Charge(900, kAnn, 9'000).status.ok());
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall.Hold(2, kAnn, {1}).ok());
  ASSERT_TRUE(hall.Pay(1, 2, kAnn).status.ok());
  const std::vector<Code> first{Code::kSeatTaken, Code::kSeatTaken, Code::kOk};
  EXPECT_EQ(hall.Block({0, 1, 2}), first);
  hall.clock().AdvanceMs(kHallTtlMs);
  const std::vector<Code> second{Code::kOk, Code::kSeatTaken, Code::kOk};
  EXPECT_EQ(hall.Block({0, 1, 2}), second);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
  const HoldReply refused = hall.Hold(3, kBob, {0, 1, 3});
  EXPECT_EQ(refused.status.code(), Code::kSeatBlocked);
  ASSERT_EQ(refused.conflicts.size(), 2u);
  EXPECT_EQ(refused.conflicts[0].reason, Code::kSeatBlocked);
  EXPECT_EQ(refused.conflicts[1].reason, Code::kSeatTaken);
  EXPECT_EQ(hall.Block({0, 1, 2, 3}, false), std::vector<Code>(4, Code::kOk));
  EXPECT_TRUE(hall.Hold(3, kBob, {0, 3}).status.ok());
  EXPECT_EQ(hall.Audit(), "");
}

TEST(Blocks, ASeatOfAnotherVenueIsRefusedWithoutAnyEffect) {
  SpyHall hall;
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  hall.clock().AdvanceMs(kHallTtlMs);
  const SeatId elsewhere = MakeSeatId(VenueId{77}, 0);
  Status reply;
  hall.seats().Block(hall.performance(), {&elsewhere, 1}, "camera", {&reply, 1});
  EXPECT_EQ(reply.code(), Code::kUnknownSeat);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kHeld) << "nobody has written the lapse";
}

// One hold with two faults: the earlier of the design's order is told.
struct Fault {
  Code code;
  std::function<void(HoldRequest&, std::vector<SeatTicket>&, SpyHall&)> make;
};

std::vector<Fault> HoldFaults() {
  using Seats = std::vector<SeatTicket>;
  return {
      {Code::kInvalidArgument, [](HoldRequest& r, Seats&, SpyHall&) { r.ttl_ms = -1; }},
      {Code::kDuplicateSeat, [](HoldRequest&, Seats& s, SpyHall&) { s.push_back(s[0]); }},
      {Code::kUnknownPerformance,
       [](HoldRequest& r, Seats&, SpyHall&) { r.performance = PerformanceId{99}; }},
      {Code::kSaleNotOpen, [](HoldRequest&, Seats&, SpyHall& h) { (void)h.SetSale(false); }},
      {Code::kUnknownSeat,
       [](HoldRequest&, Seats& s, SpyHall& h) {
         s.push_back({h.Seat(500), 0});
       }},
      {Code::kUnknownTicketType,
       [](HoldRequest&, Seats& s, SpyHall& h) {
         s.push_back({h.Seat(4), 1});
       }},
      {Code::kTooManySeats,
       [](HoldRequest&, Seats& s, SpyHall& h) {
         for (std::uint32_t o = 5; o < 12; ++o) s.push_back({h.Seat(o), 0});
       }},
      {Code::kHoldTooLong,
       [](HoldRequest& r, Seats&, SpyHall&) { r.ttl_ms = r.ttl_ms < 0 ? -1 : kHallTtlMs + 1; }},
      {Code::kSeatTaken,
       [](HoldRequest&, Seats& s, SpyHall& h) {
         s.push_back({h.Seat(3), 0});
         EXPECT_TRUE(h.Hold(77, kBob, {3}).ok());
       }},
      {Code::kUserLimit,
       [](HoldRequest&, Seats&, SpyHall& h) {
         EXPECT_TRUE(h.Hold(78, kAnn, {2, 1}).ok());
       }},
  };
}

TEST(ErrorOrder, OfTwoFaultsOfAHoldTheEarlierIsTold) {
  const std::vector<Fault> faults = HoldFaults();
  int pairs = 0;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    for (std::size_t j = i; j < faults.size(); ++j) {
      HallSpec spec = Limited(2);
      spec.options = [](EngineOptions& o) { o.max_seats_per_hold = 6; };
      SpyHall hall(std::move(spec));
      std::vector<SeatTicket> seats{{hall.Seat(0), 0}};
      HoldRequest request{HoldNo(1), kAnn, hall.performance(), {}};
      // What needs an open sale is prepared first.
      faults[j].make(request, seats, hall);
      if (j != i) faults[i].make(request, seats, hall);
      request.seats = seats;
      EXPECT_EQ(hall.Hold(request).status.code(), faults[i].code)
          << FindCode(faults[i].code)->name << " before " << FindCode(faults[j].code)->name;
      ++pairs;
    }
  }
  std::printf("COUNT error_pairs_of_hold %d\n", pairs);
}

TEST(ErrorOrder, AKnownIdComesBeforeTheCatalogueAndEverythingBehindIt) {
  SpyHall hall(Limited(2));
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  (void)hall.SetSale(false);
  EXPECT_EQ(hall.Hold(1, kAnn, {1}).status.code(), Code::kIdempotencyMismatch);
  const SeatTicket beyond{hall.Seat(500), 9};
  HoldRequest request{HoldNo(1), kAnn, hall.performance(), {&beyond, 1}};
  request.ttl_ms = 30LL * 86'400'000;
  EXPECT_EQ(hall.Hold(request).status.code(), Code::kIdempotencyMismatch);
}

TEST(ErrorOrder, OfConfirmIsOwnerStateExpiryCurrencyPriceReferenceFunds) {
  SpyHall hall;
  EXPECT_TRUE(hall.Hold(1, kAnn, {0}).ok());
  EXPECT_TRUE(hall.Hold(2, kBob, {1}).ok());
  ConfirmRequest used = hall.PayRequest(1, 2, kBob);
  used.tender = Tender::kExternal;
  used.reference = "pi_1";
  ASSERT_TRUE(hall.Pay(used).status.ok());

  ConfirmRequest request = hall.PayRequest(10, 9, kBob);
  request.expected_total = Money{1, *ParseCurrency("USD")};
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kUnknownHold);
  request.hold = HoldNo(1);
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kNotHoldOwner);
  request.user = kAnn;
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kCurrencyMismatch);
  request.expected_total = Money{1, hall.eur()};
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kPriceMismatch);
  request.payment = TransferNo(11);
  request.tender = Tender::kExternal;
  request.reference = "pi_1";
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kPriceMismatch);
  request.payment = TransferNo(12);
  request.expected_total = std::nullopt;
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kReferenceUsed);
  EXPECT_EQ(hall.Pay(13, 1, kAnn).status.code(), Code::kInsufficientFunds);
  hall.clock().AdvanceMs(kHallTtlMs);
  request.user = kBob;
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kNotHoldOwner);
  request.user = kAnn;
  request.expected_total = Money{1, *ParseCurrency("USD")};
  EXPECT_EQ(hall.Pay(request).status.code(), Code::kHoldExpired);
}

}  // namespace
}  // namespace seathold::testing
