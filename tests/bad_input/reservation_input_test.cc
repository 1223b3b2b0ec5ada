// Holds, payments, cancellations, refunds, blocks and reads with arguments that must not be taken.
#include "tests/bad_input/bad_hall.h"

namespace seathold::testing {
namespace {

using ReservationInput = BadInput;

TEST_F(ReservationInput, HoldWithAZeroId) {
  HoldRequest request = GoodHold();
  request.id = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodHold();
  request.user = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodHold();
  request.performance = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodHold();
  seats_[0].seat = {};
  EXPECT_EQ(Try(request), Code::kUnknownSeat);
}

TEST_F(ReservationInput, HoldOfNoSeatAndOfTooMany) {
  HoldRequest request = GoodHold();
  request.seats = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  std::vector<SeatTicket> many;
  for (std::uint32_t i = 0; i < 17; ++i) many.push_back({hall_.Seat(20 + i), 0});
  request.seats = std::span(many).first(9);  // one past max_seats_per_hold
  EXPECT_EQ(Try(request), Code::kTooManySeats);
  request.seats = std::span(many).first(16);
  EXPECT_EQ(Try(request), Code::kTooManySeats);
  request.seats = many;  // one past the hard cap
  EXPECT_EQ(Try(request), Code::kTooManySeats);
}

TEST_F(ReservationInput, HoldOfOneSeatTwice) {
  seats_[1] = seats_[0];
  EXPECT_EQ(Try(GoodHold()), Code::kDuplicateSeat);
  seats_[1].ticket_type = 1;
  EXPECT_EQ(Try(GoodHold()), Code::kDuplicateSeat);
}

TEST_F(ReservationInput, HoldForLongerThanIsAllowed) {
  HoldRequest request = GoodHold();
  for (const std::int64_t ttl_ms : {std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    request.ttl_ms = ttl_ms;
    EXPECT_EQ(Try(request), Code::kInvalidArgument);
  }
  request.ttl_ms = 300'001;
  EXPECT_EQ(Try(request), Code::kHoldTooLong);
  request.staff = true;
  request.ttl_ms = 86'400'001;
  EXPECT_EQ(Try(request), Code::kHoldTooLong);
}

TEST_F(ReservationInput, HoldOfWhatIsNotThere) {
  HoldRequest request = GoodHold();
  request.performance = PerformanceId{77};
  EXPECT_EQ(Try(request), Code::kUnknownPerformance);
  request.performance = PerformanceId{UINT64_MAX};
  EXPECT_EQ(Try(request), Code::kUnknownPerformance);
  request = GoodHold();
  for (const std::uint32_t ordinal : {100u, kSeatsPerVenueMax - 1}) {
    seats_[1].seat = hall_.Seat(ordinal);
    EXPECT_EQ(Try(request), Code::kUnknownSeat);
  }
  seats_[1] = {hall_.Seat(3), 5};
  EXPECT_EQ(Try(request), Code::kUnknownTicketType);
}

TEST_F(ReservationInput, HoldOfASeatOfAnotherVenue) {
  seats_[1].seat = MakeSeatId(VenueId{hall_.venue.value + 1}, 3);
  EXPECT_EQ(Try(GoodHold()), Code::kUnknownSeat);
}

TEST_F(ReservationInput, HoldAtAClosedSale) {
  ASSERT_TRUE(hall_.engine->catalog().SetSale(hall_.performance, false).ok());
  AcceptAsIs();
  EXPECT_EQ(Try(GoodHold()), Code::kSaleNotOpen);
  EXPECT_EQ(Try(GoodBest()), Code::kSaleNotOpen);
}

TEST_F(ReservationInput, HoldBeforeTheSaleAndAfterTheStart) {
  PerformanceSpec spec = hall_.Spec();
  spec.sale_opens_at = AddMs(kHallStart, 1'000);
  spec.local_date = "2023-11-14";  // of kHallStart, at 23:13:20 in Berlin
  spec.local_time = "23:13";
  spec.starts_at = AddMs(kHallStart, 2'000);
  const auto later = hall_.engine->catalog().AddPerformance(spec);
  ASSERT_TRUE(later.ok());
  AcceptAsIs();
  HoldRequest request = GoodHold();
  request.performance = *later;
  EXPECT_EQ(Try(request), Code::kSaleNotOpen);
  hall_.clock->AdvanceMs(2'000);
  EXPECT_EQ(Try(request), Code::kSaleEnded);
}

TEST_F(ReservationInput, HoldThatNobodyMayHave) {
  seats_[0].seat = hall_.Seat(9);
  EXPECT_EQ(Try(GoodHold()), Code::kSeatBlocked);
  seats_[0].seat = hall_.Seat(0);
  EXPECT_EQ(Try(GoodHold()), Code::kSeatTaken);
}

TEST_F(ReservationInput, HoldWithTheIdOfAnother) {
  HoldRequest request = GoodHold();
  request.id = held_;
  EXPECT_EQ(Try(request), Code::kIdempotencyMismatch);
  BestRequest best = GoodBest();
  best.id = held_;
  EXPECT_EQ(Try(best), Code::kIdempotencyMismatch);
}

TEST_F(ReservationInput, ABadRequestOfABatchIsRefusedAlone) {
  HoldRequest requests[3] = {GoodHold(), GoodHold(), GoodHold()};
  requests[0].user = {};
  requests[1].performance = PerformanceId{77};
  requests[2].seats = {};
  HoldReply replies[3];
  hall_.sales().Hold(requests, replies);
  EXPECT_EQ(replies[0].status.code(), Code::kInvalidArgument);
  EXPECT_EQ(replies[1].status.code(), Code::kUnknownPerformance);
  EXPECT_EQ(replies[2].status.code(), Code::kInvalidArgument);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(replies[i].id, requests[i].id) << i;
}

TEST_F(ReservationInput, BatchesOfNothing) {
  hall_.sales().Hold(std::span<const HoldRequest>(), {});
  hall_.sales().HoldBest(std::span<const BestRequest>(), {});
  hall_.sales().Confirm(std::span<const ConfirmRequest>(), {});
  hall_.sales().Cancel(std::span<const CancelRequest>(), {});
  hall_.sales().Refund(std::span<const RefundRequest>(), {});
  hall_.sales().Block(hall_.performance, {}, "", {});
  hall_.sales().Unblock(hall_.performance, {}, {});
}

TEST_F(ReservationInput, BestWithArgumentsOutOfRange) {
  BestRequest request = GoodBest();
  for (const int seats : {0, -1, INT32_MIN}) {
    request.seats = seats;
    EXPECT_EQ(Try(request), Code::kInvalidArgument);
  }
  for (const int seats : {9, 16, 17, INT32_MAX}) {
    request.seats = seats;
    EXPECT_EQ(Try(request), Code::kTooManySeats);
  }
  request = GoodBest();
  request.category = UINT32_MAX;
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.category = 5;
  EXPECT_EQ(Try(request), Code::kUnknownTicketType);
  request = GoodBest();
  request.ticket_type = 5;
  EXPECT_EQ(Try(request), Code::kUnknownTicketType);
  request = GoodBest();
  request.ttl_ms = -1;
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodBest();
  request.id = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodBest();
  request.user = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodBest();
  request.performance = PerformanceId{77};
  EXPECT_EQ(Try(request), Code::kUnknownPerformance);
}

TEST_F(ReservationInput, ConfirmWithAZeroId) {
  ConfirmRequest request = GoodConfirm();
  request.performance = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodConfirm();
  request.hold = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodConfirm();
  request.payment = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request = GoodConfirm();
  request.user = {};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
}

TEST_F(ReservationInput, ConfirmOfWhatIsNotThereOrNotTheirs) {
  ConfirmRequest request = GoodConfirm();
  request.hold = kStrangeHold;
  EXPECT_EQ(Try(request), Code::kUnknownHold);
  request = GoodConfirm();
  request.performance = PerformanceId{77};
  EXPECT_EQ(Try(request), Code::kUnknownPerformance);
  request = GoodConfirm();
  request.user = UserId{2};
  EXPECT_EQ(Try(request), Code::kNotHoldOwner);
}

TEST_F(ReservationInput, ConfirmWithATenderThatDoesNotFit) {
  ConfirmRequest request = GoodConfirm();
  request.tender = Tender::kNone;
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.tender = static_cast<Tender>(200);
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.tender = Tender::kExternal;  // without a reference
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.tender = Tender::kWallet;
  request.reference = "of a provider";
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
}

TEST_F(ReservationInput, ConfirmWithAReferenceThatIsNoText) {
  ConfirmRequest request = GoodConfirm();
  request.tender = Tender::kExternal;
  for (const std::string_view bad : kBadTexts) {
    request.reference = bad;
    EXPECT_EQ(Try(request), Code::kInvalidText);
  }
  for (const std::string_view steers : {"a\u202Eb", "a\u0378", "a\u2028b", "가\u11A7"}) {
    request.reference = steers;
    EXPECT_EQ(Try(request), Code::kInvalidText) << steers;
  }
  const std::string too_long(201, 'r');
  request.reference = too_long;
  EXPECT_EQ(Try(request), Code::kInvalidText);
}

TEST_F(ReservationInput, ConfirmWithAnImpossibleTotal) {
  ConfirmRequest request = GoodConfirm();
  request.expected_total = Money{-1, kEuro};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.expected_total = Money{INT64_MIN, kEuro};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.expected_total = Money{2'000, Currency{}};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.expected_total = Money{2'000, Currency{{'e', 'u', 'r'}}};
  EXPECT_EQ(Try(request), Code::kInvalidArgument);
  request.expected_total = Money{2'000, *ParseCurrency("USD")};
  EXPECT_EQ(Try(request), Code::kCurrencyMismatch);
  kept_ = 1;
  request.expected_total = Money{1'999, kEuro};
  EXPECT_EQ(Try(request), Code::kPriceMismatch);
}

TEST_F(ReservationInput, ConfirmWithoutFundsKeepsTheHold) {
  const HoldId held = hall_.Held(2, {4});
  AcceptAsIs();
  ConfirmRequest request = GoodConfirm();
  request.user = UserId{2};
  request.hold = held;
  kept_ = 1;
  EXPECT_EQ(Try(request), Code::kInsufficientFunds);
  EXPECT_EQ(Try(request), Code::kInsufficientFunds);  // the same answer again, kept once
  EXPECT_EQ(hall_.StateOf(held), HoldState::kHeld);
}

TEST_F(ReservationInput, CancelOfWhatIsNotThereOrNotTheirs) {
  EXPECT_EQ(Try(CancelRequest{{}, held_, UserId{1}}), Code::kInvalidArgument);
  EXPECT_EQ(Try(CancelRequest{hall_.performance, kNoHold, UserId{1}}), Code::kInvalidArgument);
  EXPECT_EQ(Try(CancelRequest{hall_.performance, held_, {}}), Code::kInvalidArgument);
  EXPECT_EQ(Try(CancelRequest{PerformanceId{77}, held_, UserId{1}}), Code::kUnknownPerformance);
  EXPECT_EQ(Try(CancelRequest{hall_.performance, kStrangeHold, UserId{1}}), Code::kUnknownHold);
  EXPECT_EQ(Try(CancelRequest{hall_.performance, held_, UserId{2}}), Code::kNotHoldOwner);
}

TEST_F(ReservationInput, RefundOfWhatIsNotThereOrNotPaid) {
  const TransferId id = hall_.NewTransfer();
  EXPECT_EQ(Try(RefundRequest{{}, hall_.performance, held_}), Code::kInvalidArgument);
  EXPECT_EQ(Try(RefundRequest{id, {}, held_}), Code::kInvalidArgument);
  EXPECT_EQ(Try(RefundRequest{id, hall_.performance, {}}), Code::kInvalidArgument);
  EXPECT_EQ(Try(RefundRequest{id, PerformanceId{77}, held_}), Code::kUnknownPerformance);
  EXPECT_EQ(Try(RefundRequest{id, hall_.performance, kStrangeHold}), Code::kUnknownHold);
  EXPECT_EQ(Try(RefundRequest{id, hall_.performance, held_}), Code::kNotConfirmed);
}

TEST_F(ReservationInput, BlockOfWhatCannotBeBlocked) {
  const auto block = [&](PerformanceId performance, std::vector<SeatId> seats,
                         std::string_view reason) {
    std::vector<Status> replies(seats.size());
    hall_.sales().Block(performance, seats, reason, replies);
    const Code code = replies[0].code();
    hall_.sales().Unblock(performance, seats, replies);
    return std::pair(code, replies[0].code());
  };
  const SeatId free = hall_.Seat(50);
  EXPECT_EQ(block({}, {free}, "").first, Code::kInvalidArgument);
  EXPECT_EQ(block(PerformanceId{77}, {free}, "").first, Code::kUnknownPerformance);
  EXPECT_EQ(block(PerformanceId{77}, {free}, "").second, Code::kUnknownPerformance);
  EXPECT_EQ(block(hall_.performance, {hall_.Seat(100)}, "").first, Code::kUnknownSeat);
  EXPECT_EQ(block(hall_.performance, {hall_.Seat(100)}, "").second, Code::kUnknownSeat);
  EXPECT_EQ(block(hall_.performance, {MakeSeatId(VenueId{99}, 1)}, "").first, Code::kUnknownSeat);
  EXPECT_EQ(block(hall_.performance, {SeatId{}}, "").first, Code::kUnknownSeat);
  EXPECT_EQ(block(hall_.performance, {free, free}, "").first, Code::kDuplicateSeat);
  EXPECT_EQ(block(hall_.performance, {hall_.Seat(0)}, "").first, Code::kSeatTaken);
  for (const std::string_view bad : kBadTexts) {
    EXPECT_EQ(block(hall_.performance, {free}, bad).first, Code::kInvalidText);
  }
  EXPECT_EQ(block(hall_.performance, {free}, std::string(201, 'r')).first, Code::kInvalidText);
}

TEST_F(ReservationInput, ReadsOfWhatIsNotThere) {
  ReservationSystem& sales = hall_.sales();
  for (const bool settle : {false, true}) {
    EXPECT_EQ(sales.Get({}, held_, settle).status().code(), Code::kInvalidArgument);
    EXPECT_EQ(sales.Get(hall_.performance, {}, settle).status().code(), Code::kInvalidArgument);
    EXPECT_EQ(sales.Get(hall_.performance, kStrangeHold, settle).status().code(),
              Code::kUnknownHold);
    EXPECT_EQ(sales.Get(PerformanceId{77}, held_, settle).status().code(), Code::kUnknownHold);
  }
  for (const PerformanceId none : {PerformanceId{}, PerformanceId{77}, PerformanceId{UINT64_MAX}}) {
    MapVersion next;
    EXPECT_EQ(sales.Map(none).status().code(), Code::kUnknownPerformance);
    EXPECT_EQ(sales.Count(none).status().code(), Code::kUnknownPerformance);
    EXPECT_EQ(sales.Changes(none, {}, &next).status().code(), Code::kUnknownPerformance);
    EXPECT_EQ(sales.Feed(none, 0, 10).status().code(), Code::kUnknownPerformance);
  }
  EXPECT_EQ(sales.TrimFeed({}, 1).code(), Code::kInvalidArgument);
  EXPECT_EQ(sales.TrimFeed(PerformanceId{77}, 1).code(), Code::kUnknownPerformance);
}

TEST_F(ReservationInput, PagesOutOfRange) {
  ReservationSystem& sales = hall_.sales();
  for (const int rows : {0, -1, INT32_MIN, 10'001, INT32_MAX}) {
    EXPECT_EQ(sales.ListByUser(UserId{1}, {}, {}, rows).status().code(), Code::kInvalidArgument);
    EXPECT_EQ(sales.ListByPerformance(hall_.performance, {}, rows).status().code(),
              Code::kInvalidArgument);
    EXPECT_EQ(sales.Feed(hall_.performance, 0, rows).status().code(), Code::kInvalidArgument);
  }
  EXPECT_EQ(sales.ListByUser({}, {}, {}, 1).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(sales.ListByPerformance({}, {}, 1).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(sales.ListByUser(UserId{77}, {}, {}, 10'000)->size(), 0u);
  EXPECT_EQ(sales.ListByUser(UserId{UINT64_MAX}, PerformanceId{UINT64_MAX}, {}, 1)->size(), 0u);
  EXPECT_EQ(sales.Feed(hall_.performance, UINT64_MAX, 1).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(sales.Feed(hall_.performance, INT64_MAX, 1).status().code(), Code::kFeedTruncated);
}

}  // namespace
}  // namespace seathold::testing
