// Every field of the records of the C library, each with a value that no other field of it has: a
// field that is left out or taken for another does not get through.
#include <cstring>
#include <string>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

constexpr std::int64_t kTtlUs = 300'000'000;
constexpr std::int64_t kChildMinor = 1'200, kFullMinor = 4'500, kBackMinor = 3'100;

Id IdOf(const std::uint8_t (&bytes)[16]) {
  Id id{};
  std::memcpy(id.data(), bytes, id.size());
  return id;
}

// A date with prices that tell categories and ticket types apart, seats 0 .. 59 in the front
// category, and a limit of four seats a user.
class Fields : public ::testing::Test {
 protected:
  Fields() {
    const std::string date =
        R"({"show": )" + std::to_string(office.show) + R"(, "venue": )" +
        std::to_string(office.venue) +
        R"(, "local_date": "2037-05-17", "local_time": "20:15", "currency": "CHF",)"
        R"( "user_limit": 4, "prices": [)"
        R"({"category": "Category A", "price_minor": 4500, "name": "full"},)"
        R"({"category": "Category A", "ticket_type": 3, "price_minor": 1200, "name": "child"},)"
        R"({"category": "Category B", "price_minor": 3100}]})";
    EXPECT_EQ(seathold_performance_add(office.engine, date.data(), date.size(), &office.performance,
                                       kWait, &office.error),
              SEATHOLD_OK)
        << office.error.message;
  }

  seathold_hold_result Hold(std::uint32_t number, std::uint64_t user,
                            std::vector<seathold_seat_ticket> seats, std::int64_t ttl_ms = 0,
                            std::uint32_t flags = 0) {
    seathold_hold_request request = office.HoldRequest(number, user);
    request.seats_n = static_cast<std::uint32_t>(seats.size());
    request.ttl_ms = ttl_ms;
    request.flags = flags;
    seathold_hold_result result{};
    conflicts.assign(16, {});
    std::size_t n = 0;
    (void)seathold_hold(office.engine, &request, 1, seats.data(), seats.size(), nullptr, 0, &result,
                        conflicts.data(), conflicts.size(), &n, kWait, &office.error);
    conflicts.resize(n);
    return result;
  }
  seathold_hold_result Best(seathold_best_request request) {
    seathold_hold_result result{};
    best.assign(16, {});
    std::size_t n = 0;
    (void)seathold_hold_best(office.engine, &request, 1, nullptr, 0, &result, best.data(),
                             best.size(), &n, kWait, &office.error);
    best.resize(n);
    return result;
  }
  seathold_best_request BestRequest(std::uint32_t number, std::uint64_t user, std::uint32_t seats) {
    seathold_best_request request{};
    const Id id = MakeId(1, number);
    std::memcpy(request.id, id.data(), id.size());
    request.user = user;
    request.performance = office.performance;
    request.seats_n = seats;
    request.category = SEATHOLD_ANY_CATEGORY;
    return request;
  }
  void Block(std::uint32_t first, std::uint32_t last) {
    std::vector<std::uint64_t> seats;
    for (std::uint32_t o = first; o <= last; ++o) seats.push_back(office.Seat(o));
    std::vector<seathold_status> codes(seats.size());
    EXPECT_EQ(seathold_block(office.engine, office.performance, seats.data(), seats.size(), "x", 1,
                             codes.data(), kWait, nullptr),
              SEATHOLD_OK);
  }
  seathold_hold_view View(std::uint32_t number) {
    seathold_hold_view view{};
    const Id id = MakeId(1, number);
    EXPECT_EQ(
        seathold_hold_get(office.engine, office.performance, id.data(), 0, &view, kWait, nullptr),
        SEATHOLD_OK);
    return view;
  }
  // Charges francs.
  void Charge(std::uint32_t number, std::uint64_t user, std::int64_t minor) {
    seathold_charge_request request{};
    const Id id = MakeId(3, number);
    std::memcpy(request.id, id.data(), id.size());
    request.user = user;
    request.amount_minor = minor;
    std::memcpy(request.currency, "CHF", 4);
    request.reference_at = 2;
    request.reference_n = 4;
    ASSERT_EQ(
        seathold_charge(office.engine, &request, 1, "--card--", 8, &transfer, kWait, &office.error),
        SEATHOLD_OK)
        << office.error.message;
  }

  Office office;
  std::vector<seathold_seat_conflict> conflicts;
  std::vector<seathold_seat_ticket> best;
  seathold_transfer_result transfer{};
};

TEST_F(Fields, OfAHold) {
  const seathold_hold_result held =
      Hold(1, kAnn, {{office.Seat(2), 3, 0}, {office.Seat(70), 0, 0}}, 60'000);
  EXPECT_EQ(held.code, SEATHOLD_OK);
  EXPECT_EQ(held.flags, 0u);
  EXPECT_EQ(held.state, static_cast<std::uint32_t>(SEATHOLD_HOLD_HELD));
  EXPECT_STREQ(held.currency, "CHF");
  EXPECT_EQ(held.total_minor, kChildMinor + kBackMinor);
  EXPECT_EQ(held.expires_at_us, kStartUs + 60'000'000);
  EXPECT_EQ(held.next_release_at_us, 0);
  EXPECT_EQ(held.seats_n, 2u);
  EXPECT_EQ(held.conflicts_n, 0u);

  const seathold_hold_result again =
      Hold(1, kAnn, {{office.Seat(2), 3, 0}, {office.Seat(70), 0, 0}}, 60'000);
  EXPECT_EQ(again.flags, static_cast<std::uint32_t>(SEATHOLD_REPLAYED));

  const seathold_hold_result refused = Hold(2, kBob, {{office.Seat(2), 0, 0}});
  EXPECT_EQ(refused.code, SEATHOLD_E_SEAT_TAKEN);
  EXPECT_NE(refused.flags & SEATHOLD_ADVISORY, 0u) << "told from memory";
  EXPECT_EQ(refused.state, static_cast<std::uint32_t>(SEATHOLD_HOLD_NONE));
  EXPECT_EQ(refused.seats_n, 0u);
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].seat, office.Seat(2));
  EXPECT_EQ(conflicts[0].reason, SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(conflicts[0].free_at_us, kStartUs + 60'000'000);
}

TEST_F(Fields, OfAHoldForStaff) {
  const std::vector<seathold_seat_ticket> five = {{office.Seat(0), 0, 0},
                                                  {office.Seat(1), 0, 0},
                                                  {office.Seat(2), 0, 0},
                                                  {office.Seat(3), 0, 0},
                                                  {office.Seat(4), 0, 0}};
  EXPECT_EQ(Hold(1, kAnn, five).code, SEATHOLD_E_USER_LIMIT);
  EXPECT_EQ(Hold(1, kAnn, five, 3'600'000).code, SEATHOLD_E_HOLD_TOO_LONG);
  const seathold_hold_result held = Hold(1, kAnn, five, 3'600'000, SEATHOLD_STAFF);
  EXPECT_EQ(held.code, SEATHOLD_OK);
  EXPECT_EQ(held.expires_at_us, kStartUs + 3'600'000'000);
  EXPECT_EQ(View(1).flags, static_cast<std::uint32_t>(SEATHOLD_STAFF_HOLD));
}

TEST_F(Fields, OfABestHold) {
  seathold_best_request wish = BestRequest(1, kAnn, 2);
  wish.category = 0;
  wish.ticket_type = 3;
  wish.ttl_ms = 90'000;
  const seathold_hold_result held = Best(wish);
  EXPECT_EQ(held.code, SEATHOLD_OK);
  EXPECT_EQ(held.total_minor, 2 * kChildMinor);
  EXPECT_EQ(held.expires_at_us, kStartUs + 90'000'000);
  ASSERT_EQ(best.size(), 2u);
  for (const seathold_seat_ticket& seat : best) EXPECT_EQ(seat.ticket_type, 3u);
  EXPECT_EQ(best[0].seat, office.Seat(5));
  EXPECT_EQ(best[1].seat, office.Seat(6));

  wish = BestRequest(2, kBob, 1);
  wish.category = 1;
  EXPECT_EQ(Best(wish).total_minor, kBackMinor);
  ASSERT_EQ(best.size(), 1u);
  EXPECT_GE(best[0].seat, office.Seat(60));

  wish = BestRequest(3, kBob, 5);
  EXPECT_EQ(Best(wish).code, SEATHOLD_E_USER_LIMIT);
  wish.flags = SEATHOLD_STAFF;
  EXPECT_EQ(Best(wish).code, SEATHOLD_OK);
}

TEST_F(Fields, OfABestHoldThatMayNotBeSplit) {
  Block(4, 119);
  Block(1, 1);  // left are seats 0, 2 and 3
  seathold_best_request wish = BestRequest(1, kAnn, 3);
  wish.flags = SEATHOLD_NO_SPLIT;
  const seathold_hold_result split = Best(wish);
  EXPECT_EQ(split.code, SEATHOLD_E_NO_ADJACENT_SEATS);
  EXPECT_EQ(split.seats_free, 3u);
  wish.flags = 0;
  EXPECT_EQ(Best(wish).code, SEATHOLD_OK);
}

TEST_F(Fields, OfABestHoldWhereAllIsHeld) {
  Block(2, 119);
  Hold(1, kAnn, {{office.Seat(0), 0, 0}}, 50'000);
  Hold(2, kAnn, {{office.Seat(1), 0, 0}}, 40'000);
  const seathold_hold_result none = Best(BestRequest(3, kBob, 1));
  EXPECT_EQ(none.code, SEATHOLD_E_ALL_HELD);
  EXPECT_EQ(none.next_release_at_us, kStartUs + 40'000'000);
  EXPECT_EQ(none.expires_at_us, 0);
  EXPECT_EQ(none.seats_free, 0u);
}

TEST_F(Fields, OfAMapAndOfAvailability) {
  Charge(1, kAnn, 100'000);
  Hold(1, kAnn, {{office.Seat(0), 0, 0}});
  EXPECT_EQ(office.Confirm(1, MakeId(1, 1), kAnn).code, SEATHOLD_OK);
  Hold(2, kAnn, {{office.Seat(1), 0, 0}, {office.Seat(2), 0, 0}}, 30'000);
  Block(3, 5);
  std::uint8_t bits[kSeats / 4];
  std::size_t needed = 0;
  seathold_map_info info{};
  ASSERT_EQ(seathold_map_read(office.engine, office.performance, nullptr, bits, sizeof bits,
                              &needed, &info, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(info.performance, office.performance);
  EXPECT_EQ(info.seats, kSeats);
  EXPECT_EQ(info.available, kSeats - 6);
  EXPECT_EQ(info.sold, 1u);
  EXPECT_EQ(info.held, 2u);
  EXPECT_EQ(info.blocked, 3u);
  EXPECT_EQ(info.next_release_at_us, kStartUs + 30'000'000);
  EXPECT_EQ(info.version.feed, 4u);
  EXPECT_EQ(info.version.lapse_us, 0);
  seathold_availability count{};
  ASSERT_EQ(seathold_availability_read(office.engine, office.performance, &count, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(count.state, static_cast<std::uint32_t>(SEATHOLD_SALE_AVAILABLE));
  EXPECT_EQ(count.available, kSeats - 6);
  EXPECT_EQ(count.sold, 1u);
  EXPECT_EQ(count.held, 2u);
  EXPECT_EQ(count.blocked, 3u);
  Block(6, 119);
  ASSERT_EQ(seathold_availability_read(office.engine, office.performance, &count, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(count.state, static_cast<std::uint32_t>(SEATHOLD_SALE_ALL_HELD));
  EXPECT_EQ(count.next_release_at_us, kStartUs + 30'000'000);
  office.SetClock(kStartUs + 30'000'000);
  ASSERT_EQ(seathold_map_read(office.engine, office.performance, nullptr, bits, sizeof bits,
                              &needed, &info, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(info.version.lapse_us, kStartUs + 30'000'000);
  EXPECT_EQ(info.held, 0u);
}

TEST_F(Fields, OfChangesThatDoNotFitLeaveTheVersionAlone) {
  Hold(1, kAnn, {{office.Seat(0), 0, 0}, {office.Seat(1), 0, 0}});
  const seathold_map_version start{};
  seathold_map_version next{77, 88};
  seathold_seat_change change{};
  std::size_t needed = 0;
  EXPECT_EQ(seathold_map_changes(office.engine, office.performance, &start, &change, 1, &needed,
                                 &next, kWait, nullptr),
            SEATHOLD_E_BUFFER_TOO_SMALL);
  EXPECT_EQ(needed, 2u);
  EXPECT_EQ(next.feed, 77u) << "what was not told must be asked for again";
  EXPECT_EQ(next.lapse_us, 88);
}

TEST_F(Fields, OfEventsOfTheFeed) {
  Hold(1, kAnn, {{office.Seat(7), 0, 0}, {office.Seat(8), 0, 0}}, 20'000);
  office.SetClock(kStartUs + 1'000);
  Block(9, 9);
  seathold_feed_event events[4]{};
  std::size_t n = 0;
  ASSERT_EQ(
      seathold_feed_poll(office.engine, office.performance, 0, events, 4, &n, 0, kWait, nullptr),
      SEATHOLD_OK);
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(events[0].counter, 1u);
  EXPECT_EQ(IdOf(events[0].hold), MakeId(1, 1));
  EXPECT_EQ(events[0].user, kAnn);
  EXPECT_EQ(events[0].at_us, kStartUs);
  EXPECT_EQ(events[0].expires_at_us, kStartUs + 20'000'000);
  EXPECT_EQ(events[0].kind, static_cast<std::uint32_t>(SEATHOLD_FEED_HELD));
  ASSERT_EQ(events[0].seats_n, 2u);
  EXPECT_EQ(events[0].seats[0], office.Seat(7));
  EXPECT_EQ(events[1].counter, 2u);
  EXPECT_EQ(IdOf(events[1].hold), Id{});
  EXPECT_EQ(events[1].user, 0u);
  EXPECT_EQ(events[1].at_us, kStartUs + 1'000);
  EXPECT_EQ(events[1].expires_at_us, 0);
  EXPECT_EQ(events[1].kind, static_cast<std::uint32_t>(SEATHOLD_FEED_BLOCKED));
}

TEST_F(Fields, OfAPaymentAndOfTheHoldItPaid) {
  Charge(1, kAnn, 100'000);
  EXPECT_EQ(transfer.balance_minor, 100'000);
  EXPECT_STREQ(transfer.currency, "CHF");
  EXPECT_EQ(transfer.flags, 0u);
  Hold(1, kAnn, {{office.Seat(0), 3, 0}, {office.Seat(1), 0, 0}});
  office.SetClock(kStartUs + 10'000'000);
  const seathold_hold_view held = View(1);
  EXPECT_EQ(held.left_ms, 290'000);
  EXPECT_EQ(held.ended_at_us, 0);
  const seathold_pay_result paid = office.Confirm(5, MakeId(1, 1), kAnn);
  EXPECT_EQ(paid.code, SEATHOLD_OK);
  EXPECT_EQ(paid.flags, 0u);
  EXPECT_EQ(paid.total_minor, kChildMinor + kFullMinor);
  EXPECT_EQ(paid.balance_minor, 100'000 - kChildMinor - kFullMinor);
  EXPECT_STREQ(paid.currency, "CHF");
  EXPECT_EQ(office.Confirm(5, MakeId(1, 1), kAnn).flags,
            static_cast<std::uint32_t>(SEATHOLD_REPLAYED));
  EXPECT_EQ(office.Confirm(6, MakeId(1, 1), kAnn).flags,
            static_cast<std::uint32_t>(SEATHOLD_ALREADY));
  office.SetClock(kStartUs + 20'000'000);
  seathold_refund_request refund{};
  const Id refund_id = MakeId(4, 9), hold_id = MakeId(1, 1);
  std::memcpy(refund.id, refund_id.data(), refund_id.size());
  std::memcpy(refund.hold, hold_id.data(), hold_id.size());
  refund.performance = office.performance;
  seathold_pay_result back{};
  EXPECT_EQ(seathold_refund(office.engine, &refund, 1, &back, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(back.balance_minor, 100'000);

  const seathold_hold_view view = View(1);
  EXPECT_EQ(IdOf(view.hold), MakeId(1, 1));
  EXPECT_EQ(IdOf(view.payment), MakeId(2, 5));
  EXPECT_EQ(IdOf(view.refund), MakeId(4, 9));
  EXPECT_EQ(view.performance, office.performance);
  EXPECT_EQ(view.user, kAnn);
  EXPECT_EQ(view.created_at_us, kStartUs);
  EXPECT_EQ(view.expires_at_us, kStartUs + kTtlUs);
  EXPECT_EQ(view.ended_at_us, kStartUs + 20'000'000);
  EXPECT_EQ(view.left_ms, 0);
  EXPECT_EQ(view.total_minor, kChildMinor + kFullMinor);
  EXPECT_STREQ(view.currency, "CHF");
  EXPECT_EQ(view.state, static_cast<std::uint32_t>(SEATHOLD_HOLD_REFUNDED));
  EXPECT_EQ(view.flags, 0u);
  ASSERT_EQ(view.seats_n, 2u);
  EXPECT_EQ(view.seats[0].seat, office.Seat(0));
  EXPECT_EQ(view.seats[0].price_minor, kChildMinor);
  EXPECT_EQ(view.seats[0].ticket_type, 3u);
  EXPECT_EQ(view.seats[1].price_minor, kFullMinor);
}

TEST_F(Fields, OfAStatementAndOfATransfer) {
  Charge(1, kAnn, 50'000);
  office.SetClock(kStartUs + 1'000'000);
  Hold(1, kAnn, {{office.Seat(0), 0, 0}});
  EXPECT_EQ(office.Confirm(5, MakeId(1, 1), kAnn).code, SEATHOLD_OK);
  seathold_statement_line lines[4]{};
  std::size_t n = 0;
  ASSERT_EQ(seathold_statement_read(office.engine, kAnn, "CHF", 0, lines, 4, &n, kWait, nullptr),
            SEATHOLD_OK);
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(lines[0].line, 1u);
  EXPECT_EQ(IdOf(lines[0].id), MakeId(3, 1));
  EXPECT_EQ(lines[0].amount_minor, 50'000);
  EXPECT_EQ(lines[0].balance_after_minor, 50'000);
  EXPECT_EQ(lines[0].performance, 0u);
  EXPECT_EQ(lines[0].created_at_us, kStartUs);
  EXPECT_EQ(lines[0].kind, static_cast<std::uint32_t>(SEATHOLD_TRANSFER_CHARGE));
  EXPECT_STREQ(lines[0].reference, "card");
  EXPECT_EQ(lines[0].reference_n, 4u);
  EXPECT_EQ(lines[1].line, 2u);
  EXPECT_EQ(lines[1].amount_minor, -kFullMinor);
  EXPECT_EQ(lines[1].balance_after_minor, 50'000 - kFullMinor);
  EXPECT_EQ(lines[1].performance, office.performance);
  EXPECT_EQ(lines[1].kind, static_cast<std::uint32_t>(SEATHOLD_TRANSFER_PAYMENT));

  seathold_transfer_view view{};
  const Id payment = MakeId(2, 5);
  ASSERT_EQ(seathold_transfer_get(office.engine, payment.data(), 0, &view, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(IdOf(view.id), payment);
  EXPECT_EQ(IdOf(view.hold), MakeId(1, 1));
  EXPECT_EQ(view.user, kAnn);
  EXPECT_EQ(view.performance, office.performance);
  EXPECT_EQ(view.amount_minor, kFullMinor);
  EXPECT_EQ(view.created_at_us, kStartUs + 1'000'000);
  EXPECT_STREQ(view.currency, "CHF");
  EXPECT_EQ(view.code, SEATHOLD_OK);
  EXPECT_EQ(view.kind, static_cast<std::uint32_t>(SEATHOLD_TRANSFER_PAYMENT));
  EXPECT_EQ(view.tender, static_cast<std::uint32_t>(SEATHOLD_TENDER_WALLET));
  EXPECT_EQ(view.reference_n, 0u);
}

TEST(CFields, OfAPlaceAndOfALine) {
  Office office("memory:", true);
  const seathold_join_request joins[] = {
      {office.show, kAnn}, {office.show, kBob}, {office.show, 9}};
  seathold_place places[3]{};
  ASSERT_EQ(seathold_queue_join(office.engine, joins, 3, places, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(places[0].state, static_cast<std::uint32_t>(SEATHOLD_PLACE_ADMITTED));
  EXPECT_GT(places[0].admitted_until_us, kStartUs);
  EXPECT_NE(places[0].pass.text[0], '\0');
  EXPECT_EQ(places[2].state, static_cast<std::uint32_t>(SEATHOLD_PLACE_WAITING));
  EXPECT_EQ(places[2].ahead, 1u);
  EXPECT_EQ(places[2].admitted_until_us, 0);
  EXPECT_EQ(places[2].pass.text[0], '\0');
  EXPECT_NE(places[2].token.text[0], '\0');
  EXPECT_EQ(places[2].sequence, places[1].sequence + 1);
  seathold_line_stats stats{};
  ASSERT_EQ(seathold_queue_stats(office.engine, office.show, &stats, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(stats.epoch, 1u);
  EXPECT_EQ(stats.waiting, 2u);
  EXPECT_EQ(stats.active, 1u);
  EXPECT_EQ(stats.missing, 0u);
  EXPECT_EQ(stats.joined_total, 3u);
  EXPECT_EQ(stats.admitted_total, 1u);
  EXPECT_EQ(stats.dropped_total, 0u);
  EXPECT_EQ(stats.left_total, 0u);
}

}  // namespace
}  // namespace seathold_test
