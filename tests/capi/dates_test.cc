// Dates, zones, currencies and the bounds of the clock through the C header.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

// The message of a refusal, which must be of an argument, behind the text of the code.
template <class Call>
std::string Told(Call&& call) {
  seathold_error error{};
  std::uint64_t made = 0;
  EXPECT_EQ(call(&made, &error), SEATHOLD_E_INVALID_ARGUMENT) << error.message;
  EXPECT_EQ(made, 0u);
  const std::string_view message = error.message;
  constexpr std::string_view kText = "an argument is out of its range: ";
  EXPECT_TRUE(message.starts_with(kText)) << message;
  return std::string(message.substr(std::min(message.size(), kText.size())));
}

class Dates : public ::testing::Test {
 protected:
  std::string Date(const std::string& members) const {
    return R"({"show": 1, "venue": 1, "prices": [{"category": "Category A", "price_minor": 1},)"
           R"({"category": "Category B", "price_minor": 1}], )" +
           members + "}";
  }
  std::string Refusal(const std::string& members) {
    const std::string json = Date(members);
    return Told([&](std::uint64_t* made, seathold_error* error) {
      return seathold_performance_add(office_.engine, json.data(), json.size(), made, kWait, error);
    });
  }
  std::uint64_t Added(const std::string& members) {
    const std::string json = Date(members);
    std::uint64_t made = 0;
    seathold_error error{};
    EXPECT_EQ(
        seathold_performance_add(office_.engine, json.data(), json.size(), &made, kWait, &error),
        SEATHOLD_OK)
        << error.message;
    return made;
  }

  Office office_;
};

TEST_F(Dates, ThatAreNoneAreRefusedAndTheMemberIsNamed) {
  const auto told = [&](const std::string& date, const std::string& time,
                        const std::string& more = "") {
    return Refusal(R"("local_date": ")" + date + R"(", "local_time": ")" + time +
                   R"(", "currency": "EUR")" + more);
  };
  EXPECT_EQ(told("2027-02-30", "19:30").find("local_date \"2027-02-30\""), 0u);
  EXPECT_EQ(told("hello", "19:30").find("local_date \"hello\""), 0u);
  EXPECT_EQ(told("2036-12-31", "24:00").find("local_time \"24:00\""), 0u);
  EXPECT_EQ(told("2036-03-30", "02:30").find("local_time \"02:30\" does not exist"), 0u);
  EXPECT_EQ(told("2036-12-31", "19:30", R"(, "starts_at_us": 2114368200000000)")
                .find("starts_at 2036-12-31T20:30:00Z"),
            0u);
  EXPECT_EQ(told("2036-12-31", "19:30", R"(, "starts_at_us": 253402300800000000)")
                .find("starts_at is before 1970 or beyond"),
            0u);
  EXPECT_EQ(
      told("2036-12-31", "19:30", R"(, "sale_ends_at_us": 2114361000000001)").find("sale_ends_at"),
      0u);
  EXPECT_EQ(Refusal(R"("local_date": "2036-12-31", "local_time": "19:30", "currency": "ZZZ")"),
            "currency \"ZZZ\" is not one of ISO 4217; a code such as EUR is wanted");
  EXPECT_EQ(Refusal(R"("local_time": "19:30", "currency": "EUR")"), "local_date: it is missing");
  EXPECT_EQ(Refusal(R"("local_date": "2036-12-31", "currency": "EUR")"),
            "local_time: it is missing");
}

TEST_F(Dates, ListsHaveTheStartAndTheOffset) {
  const std::string list = TextOf([&](char* out, std::size_t cap, std::size_t* needed) {
    return seathold_performance_list(office_.engine, 0, 0, out, cap, needed, kWait, nullptr);
  });
  EXPECT_NE(list.find(R"("starts_at_us":2114361000000000,"utc_offset_s":3600,)"), std::string::npos)
      << list;
}

TEST_F(Dates, InThePastAreAddedAndTheLogWarns) {
  const std::uint64_t past =
      Added(R"("local_date": "2020-01-01", "local_time": "20:00", "currency": "EUR")");
  char text[4'096];
  std::size_t size = 0;
  ASSERT_EQ(seathold_log_poll(office_.engine, text, sizeof text, &size, nullptr), SEATHOLD_OK);
  const std::string log = text;
  EXPECT_NE(log.find("WARNING performance " + std::to_string(past) +
                     ": nothing of it can be sold: its start is in the past"),
            std::string::npos)
      << log;
}

TEST_F(Dates, VenuesAreInZonesThatAreKnown) {
  for (const char* zone : {"Mars/Base", "CEST", "localtime"}) {
    const std::string json =
        R"({"name": "X", "rows": 1, "seats_per_row": 1, "zone": ")" + std::string(zone) + "\"}";
    EXPECT_EQ(Told([&](std::uint64_t* made, seathold_error* error) {
                return seathold_venue_make(office_.engine, json.data(), json.size(), made, kWait,
                                           error);
              }).find("zone \"" + std::string(zone) + "\""),
              0u);
  }
}

TEST_F(Dates, ShowsWithoutAQueueHaveNothingOfOne) {
  for (const char* member : {"active_max", "rate_per_s", "grace_ms", "pass_ms"}) {
    const std::string json = R"({"title": "X", ")" + std::string(member) + R"(": 5000})";
    EXPECT_EQ(Told([&](std::uint64_t* made, seathold_error* error) {
                return seathold_show_add(office_.engine, json.data(), json.size(), made, kWait,
                                         error);
              }).find(member),
              0u);
  }
}

TEST_F(Dates, TheClockEndsWithTheYear9999) {
  seathold_error error{};
  EXPECT_EQ(seathold_clock_set(office_.engine, SEATHOLD_TIME_MAX_US + 1, &error),
            SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(seathold_clock_set(office_.engine, INT64_MAX, &error), SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(office_.Now(), kStartUs);
  EXPECT_EQ(seathold_clock_set(office_.engine, SEATHOLD_TIME_MAX_US, &error), SEATHOLD_OK);
  EXPECT_EQ(office_.Now(), SEATHOLD_TIME_MAX_US);
  seathold_options options = OptionsFor("memory:");
  options.manual_clock_start_us = SEATHOLD_TIME_MAX_US + 1;
  seathold_engine other = 0;
  EXPECT_EQ(seathold_open(&options, &other, &error), SEATHOLD_E_INVALID_ARGUMENT);
}

TEST(Currencies, HaveTheDigitsOfIso4217) {
  const auto digits = [](std::string_view code) {
    std::int32_t found = -1;
    const seathold_status status =
        seathold_currency_digits(code.data(), code.size(), &found, nullptr);
    EXPECT_EQ(status == SEATHOLD_OK, found >= 0);
    EXPECT_TRUE(status == SEATHOLD_OK || status == SEATHOLD_E_INVALID_ARGUMENT);
    return found;
  };
  EXPECT_EQ(digits("EUR"), 2);
  EXPECT_EQ(digits("JPY"), 0);
  EXPECT_EQ(digits("KWD"), 3);
  EXPECT_EQ(digits("CLF"), 4);
  EXPECT_EQ(digits("XTS"), 2);
  for (const char* bad : {"ZZZ", "HRK", "XXX", "XAU", "eur", "EU", "EURO", ""}) {
    EXPECT_EQ(digits(bad), -1) << bad;
  }
  EXPECT_EQ(seathold_currency_digits("EUR", 3, nullptr, nullptr), SEATHOLD_E_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace seathold_test
