// Seats and money through C: the same promises, seen from the other side of the ABI.
#include "tests/capi/office.h"

namespace seathold_test {
namespace {

TEST(CHold, HoldsAndPaysWithOneDebit) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  const auto held = office.Hold(1, kAnn, {0, 1});
  ASSERT_EQ(held.code, SEATHOLD_OK) << office.error.message;
  EXPECT_EQ(held.state, SEATHOLD_HOLD_HELD);
  EXPECT_EQ(held.seats_n, 2u);
  EXPECT_EQ(held.total_minor, 2 * kPriceMinor);
  EXPECT_STREQ(held.currency, "EUR");
  EXPECT_EQ(held.expires_at_us, kStartUs + 300'000'000);
  const auto paid = office.Confirm(1, MakeId(1, 1), kAnn);
  EXPECT_EQ(paid.code, SEATHOLD_OK);
  EXPECT_EQ(paid.total_minor, 9'000);
  EXPECT_EQ(paid.balance_minor, 1'000);
  EXPECT_EQ(office.Balance(kAnn), 1'000);
  EXPECT_TRUE(office.Clean());
}

TEST(CHold, NamesEverySeatThatIsInTheWay) {
  Office office;
  ASSERT_EQ(office.Hold(1, kAnn, {3, 4}).code, SEATHOLD_OK);
  const std::vector<seathold_seat_ticket> seats = {
      {office.Seat(2), 0, 0}, {office.Seat(3), 0, 0}, {office.Seat(4), 0, 0}};
  seathold_hold_request request = office.HoldRequest(2, kBob);
  request.seats_n = 3;
  seathold_hold_result result{};
  seathold_seat_conflict conflicts[16];
  std::size_t conflicts_n = 0;
  EXPECT_EQ(seathold_hold(office.engine, &request, 1, seats.data(), 3, nullptr, 0, &result,
                          conflicts, 16, &conflicts_n, kWait, &office.error),
            SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(office.error.index, 0u);
  EXPECT_EQ(office.error.flags, SEATHOLD_REFUSED | SEATHOLD_RETRYABLE);
  ASSERT_EQ(conflicts_n, 2u);
  EXPECT_EQ(result.conflicts_n, 2u);
  EXPECT_EQ(conflicts[0].seat, office.Seat(3));
  EXPECT_EQ(conflicts[1].seat, office.Seat(4));
  EXPECT_EQ(conflicts[0].reason, SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(conflicts[0].free_at_us, kStartUs + 300'000'000);

  EXPECT_EQ(seathold_hold(office.engine, &request, 1, seats.data(), 3, nullptr, 0, &result,
                          conflicts, 1, &conflicts_n, kWait, nullptr),
            SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(conflicts_n, 0u) << "two do not fit into one place";
  EXPECT_EQ(result.conflicts_n, 2u);
  EXPECT_EQ(result.flags & SEATHOLD_CUT, SEATHOLD_CUT);
}

TEST(CHold, AnswersEachItemOfABatchAtItsIndex) {
  Office office;
  const std::vector<seathold_seat_ticket> seats = {
      {office.Seat(0), 0, 0}, {office.Seat(0), 0, 0}, {office.Seat(1), 0, 7}};
  std::vector<seathold_hold_request> requests;
  for (std::uint32_t i = 0; i < 5; ++i) {
    requests.push_back(office.HoldRequest(i + 1, i == 0 ? kAnn : kBob));
    requests[i].seats_at = i;
  }
  std::vector<seathold_hold_result> results(5);
  EXPECT_EQ(seathold_hold(office.engine, requests.data(), 5, seats.data(), 3, nullptr, 0,
                          results.data(), nullptr, 0, nullptr, kWait, &office.error),
            SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(office.error.index, 1u) << "the first that failed";
  EXPECT_EQ(results[0].code, SEATHOLD_OK);
  EXPECT_EQ(results[1].code, SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(results[2].code, SEATHOLD_E_INVALID_ARGUMENT) << "reserved of its seat is 7";
  EXPECT_EQ(results[3].code, SEATHOLD_E_INVALID_ARGUMENT) << "its seat lies past the side array";
  EXPECT_EQ(results[4].code, SEATHOLD_E_INVALID_ARGUMENT);
  requests[2].seats_at = UINT32_MAX;
  EXPECT_EQ(seathold_hold(office.engine, &requests[2], 1, seats.data(), 3, nullptr, 0,
                          results.data(), nullptr, 0, nullptr, kWait, &office.error),
            SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_NE(std::string(office.error.message).find("side array"), std::string::npos)
      << office.error.message;
}

TEST(CHold, GivesTheCodeOfAFailedCallToEveryItem) {
  Office office;
  std::vector<seathold_hold_request> requests(2, office.HoldRequest(1, kAnn));
  std::vector<seathold_hold_result> results(2);
  std::memset(results.data(), 0x5A, sizeof results[0] * 2);
  EXPECT_EQ(seathold_hold(office.engine, requests.data(), 2, nullptr, 3, nullptr, 0, results.data(),
                          nullptr, 0, nullptr, kWait, &office.error),
            SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(office.error.index, SEATHOLD_NO_INDEX);
  for (const auto& result : results) {
    EXPECT_EQ(result.code, SEATHOLD_E_INVALID_ARGUMENT);
    EXPECT_EQ(result.seats_n, 0u);
  }
}

TEST(CHold, EndsAtItsDeadlineAndNotBefore) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  const auto held = office.Hold(1, kAnn, {0});
  office.SetClock(held.expires_at_us - 1);
  EXPECT_EQ(office.Hold(2, kBob, {0}).code, SEATHOLD_E_SEAT_TAKEN);
  office.SetClock(held.expires_at_us);
  EXPECT_EQ(office.Confirm(1, MakeId(1, 1), kAnn).code, SEATHOLD_E_HOLD_EXPIRED);
  EXPECT_EQ(office.Hold(3, kBob, {0}).code, SEATHOLD_OK);
  EXPECT_EQ(office.Balance(kAnn), 10'000);
  EXPECT_TRUE(office.Clean());
}

TEST(CHold, IsPaidOneMicrosecondBeforeItsDeadline) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  const auto held = office.Hold(1, kAnn, {0});
  office.SetClock(held.expires_at_us - 1);
  EXPECT_EQ(office.Confirm(1, MakeId(1, 1), kAnn).code, SEATHOLD_OK) << office.error.message;
}

TEST(CHold, ReplaysItsFirstAnswer) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  const auto first = office.Hold(1, kAnn, {5});
  const auto again = office.Hold(1, kAnn, {5});
  EXPECT_EQ(again.code, SEATHOLD_OK);
  EXPECT_EQ(again.flags & SEATHOLD_REPLAYED, SEATHOLD_REPLAYED);
  EXPECT_EQ(again.expires_at_us, first.expires_at_us);
  EXPECT_EQ(office.Hold(1, kAnn, {6}).code, SEATHOLD_E_IDEMPOTENCY_MISMATCH);
  ASSERT_EQ(office.Confirm(1, MakeId(1, 1), kAnn).code, SEATHOLD_OK);
  const auto other = office.Confirm(2, MakeId(1, 1), kAnn);
  EXPECT_EQ(other.code, SEATHOLD_OK);
  EXPECT_EQ(other.flags & SEATHOLD_ALREADY, SEATHOLD_ALREADY);
  const Id paid = MakeId(2, 1);
  EXPECT_EQ(std::memcmp(other.payment, paid.data(), 16), 0) << "the transfer that stands";
  EXPECT_EQ(office.Balance(kAnn), 10'000 - kPriceMinor);
}

TEST(CHold, FindsTheBestSeats) {
  Office office;
  seathold_best_request request{};
  const Id id = MakeId(1, 1);
  std::memcpy(request.id, id.data(), 16);
  request.user = kAnn;
  request.performance = office.performance;
  request.seats_n = 3;
  request.category = SEATHOLD_ANY_CATEGORY;
  seathold_hold_result result{};
  seathold_seat_ticket seats[16];
  std::size_t seats_n = 0;
  ASSERT_EQ(seathold_hold_best(office.engine, &request, 1, nullptr, 0, &result, seats, 16, &seats_n,
                               kWait, &office.error),
            SEATHOLD_OK)
      << office.error.message;
  ASSERT_EQ(seats_n, 3u);
  EXPECT_EQ(result.seats_n, 3u);
  EXPECT_EQ(seats[1].seat, seats[0].seat + 1);
  EXPECT_EQ(seats[2].seat, seats[1].seat + 1);
  request.seats_n = UINT32_MAX;
  EXPECT_EQ(seathold_hold_best(office.engine, &request, 1, nullptr, 0, &result, seats, 16, &seats_n,
                               kWait, &office.error),
            SEATHOLD_E_TOO_MANY_SEATS);
}

TEST(CHold, SaysHowManySeatsAreFreeWhereTheyAreTooFew) {
  Office office;
  std::vector<std::uint64_t> taken;
  for (std::uint32_t o = 3; o < kSeats; ++o) taken.push_back(office.Seat(o));
  std::vector<seathold_status> codes(taken.size());
  ASSERT_EQ(seathold_block(office.engine, office.performance, taken.data(), taken.size(), "rope", 4,
                           codes.data(), kWait, &office.error),
            SEATHOLD_OK);
  seathold_best_request request{};
  const Id id = MakeId(1, 1);
  std::memcpy(request.id, id.data(), 16);
  request.user = kAnn;
  request.performance = office.performance;
  request.seats_n = 4;
  request.category = SEATHOLD_ANY_CATEGORY;
  seathold_hold_result result{};
  EXPECT_EQ(seathold_hold_best(office.engine, &request, 1, nullptr, 0, &result, nullptr, 0, nullptr,
                               kWait, &office.error),
            SEATHOLD_E_NOT_ENOUGH_SEATS);
  EXPECT_EQ(result.seats_free, 3u);
  EXPECT_EQ(result.reserved, 0u);
}

TEST(CHold, ShowsAHoldAndListsIt) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  office.Hold(1, kAnn, {7, 8});
  office.Hold(2, kAnn, {9});
  seathold_hold_view view{};
  const Id id = MakeId(1, 1);
  ASSERT_EQ(seathold_hold_get(office.engine, office.performance, id.data(), SEATHOLD_SETTLE, &view,
                              kWait, &office.error),
            SEATHOLD_OK);
  EXPECT_EQ(view.state, SEATHOLD_HOLD_HELD);
  EXPECT_EQ(view.left_ms, 300'000);
  ASSERT_EQ(view.seats_n, 2u);
  EXPECT_EQ(view.seats[0].seat, office.Seat(7));
  EXPECT_EQ(view.seats[1].price_minor, kPriceMinor);
  seathold_hold_view views[4];
  std::size_t n = 0;
  ASSERT_EQ(seathold_hold_list_user(office.engine, kAnn, 0, nullptr, views, 4, &n, kWait, nullptr),
            SEATHOLD_OK);
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(views[1].seats[0].seat, office.Seat(9));
  ASSERT_EQ(seathold_hold_list_user(office.engine, kAnn, office.performance, views[0].hold, views,
                                    4, &n, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(n, 1u);
  ASSERT_EQ(seathold_hold_list_performance(office.engine, office.performance, nullptr, views, 1, &n,
                                           kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(n, 1u);
  EXPECT_EQ(seathold_hold_get(office.engine, office.performance, MakeId(9, 9).data(), 0, &view,
                              kWait, nullptr),
            SEATHOLD_E_UNKNOWN_HOLD);
}

TEST(CHold, IsGivenBackAndRefunded) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  office.Hold(1, kAnn, {0});
  seathold_cancel_request cancel{};
  const Id hold = MakeId(1, 1);
  std::memcpy(cancel.hold, hold.data(), 16);
  cancel.performance = office.performance;
  cancel.user = kAnn;
  seathold_status code = -1;
  EXPECT_EQ(seathold_cancel(office.engine, &cancel, 1, &code, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(code, SEATHOLD_OK);
  office.Hold(2, kAnn, {0});
  office.Confirm(1, MakeId(1, 2), kAnn);
  seathold_refund_request refund{};
  const Id id = MakeId(4, 1), confirmed = MakeId(1, 2);
  std::memcpy(refund.id, id.data(), 16);
  std::memcpy(refund.hold, confirmed.data(), 16);
  refund.performance = office.performance;
  seathold_pay_result result{};
  EXPECT_EQ(seathold_refund(office.engine, &refund, 1, &result, kWait, &office.error), SEATHOLD_OK)
      << office.error.message;
  EXPECT_EQ(office.Balance(kAnn), 10'000);
  EXPECT_TRUE(office.Clean());
}

TEST(CHold, RefusesAnExpectedTotalThatIsNotFlagged) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  office.Hold(1, kAnn, {0});
  const seathold_confirm_request plain = office.ConfirmRequest(1, MakeId(1, 1), kAnn);
  seathold_confirm_request total = plain, currency = plain;
  total.expected_total_minor = kPriceMinor;
  std::memcpy(currency.currency, "EUR", 4);
  for (const seathold_confirm_request& request : {total, currency}) {
    seathold_pay_result result{};
    EXPECT_EQ(
        seathold_confirm(office.engine, &request, 1, nullptr, 0, &result, kWait, &office.error),
        SEATHOLD_E_INVALID_ARGUMENT);
    EXPECT_NE(std::string(office.error.message).find("SEATHOLD_EXPECT_TOTAL"), std::string::npos);
  }
  EXPECT_EQ(office.Balance(kAnn), 10'000);
}

TEST(CHold, RefusesAnotherTotalThanExpected) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  office.Hold(1, kAnn, {0});
  seathold_confirm_request request = office.ConfirmRequest(1, MakeId(1, 1), kAnn);
  request.flags = SEATHOLD_EXPECT_TOTAL;
  request.expected_total_minor = kPriceMinor + 1;
  std::memcpy(request.currency, "EUR", 4);
  seathold_pay_result result{};
  EXPECT_EQ(seathold_confirm(office.engine, &request, 1, nullptr, 0, &result, kWait, nullptr),
            SEATHOLD_E_PRICE_MISMATCH);
  std::memcpy(request.currency, "eur", 4);
  request.payment[0] = 77;
  EXPECT_EQ(seathold_confirm(office.engine, &request, 1, nullptr, 0, &result, kWait, nullptr),
            SEATHOLD_E_INVALID_ARGUMENT);
}

TEST(CHold, TakesAnOutsidePaymentOncePerReference) {
  Office office;
  office.Hold(1, kAnn, {0});
  office.Hold(2, kAnn, {1});
  const std::string reference = "xxprovider-17";
  seathold_confirm_request requests[2] = {office.ConfirmRequest(1, MakeId(1, 1), kAnn),
                                          office.ConfirmRequest(2, MakeId(1, 2), kAnn)};
  for (auto& request : requests) {
    request.tender = SEATHOLD_TENDER_EXTERNAL;
    request.reference_at = 2;
    request.reference_n = static_cast<std::uint32_t>(reference.size() - 2);
  }
  seathold_pay_result results[2];
  EXPECT_EQ(seathold_confirm(office.engine, requests, 2, reference.data(), reference.size(),
                             results, kWait, &office.error),
            SEATHOLD_E_REFERENCE_USED);
  EXPECT_EQ(office.error.index, 1u);
  EXPECT_EQ(results[0].code, SEATHOLD_OK);
  seathold_transfer_view view{};
  EXPECT_EQ(seathold_transfer_get(office.engine, requests[0].payment, 0, &view, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_STREQ(view.reference, "provider-17");
  EXPECT_EQ(view.tender, SEATHOLD_TENDER_EXTERNAL);
}

}  // namespace
}  // namespace seathold_test
