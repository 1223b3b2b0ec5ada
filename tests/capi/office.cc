#include "tests/capi/office.h"

namespace seathold_test {

seathold_options OptionsFor(std::string_view storage) {
  seathold_options options;
  EXPECT_EQ(seathold_options_init(&options, sizeof options, nullptr), SEATHOLD_OK);
  options.storage = Str(storage);
  options.flags |= SEATHOLD_OPEN_MANUAL_CLOCK | SEATHOLD_OPEN_TEST_CHEAP_HASH;
  options.manual_clock_start_us = kStartUs;
  return options;
}

Office::Office(const std::string& storage, bool queue, const Beside& beside) {
  seathold_options options = OptionsFor(storage);
  if (!beside.cache.empty()) options.claims = options.line = Str(beside.cache);
  if (!beside.keys.empty()) options.keys = Str(beside.keys);
  EXPECT_EQ(seathold_open(&options, &engine, &error), SEATHOLD_OK) << error.message;
  const std::string hall = R"({"name": "Hall", "rows": 10, "seats_per_row": 12, "categories": 2,)"
                           R"( "zone": "Europe/Vienna"})";
  EXPECT_EQ(seathold_venue_make(engine, hall.data(), hall.size(), &venue, kWait, &error),
            SEATHOLD_OK)
      << error.message;
  const std::string title = queue ? R"({"title": "Show", "requires_pass": true, "active_max": 1})"
                                  : R"({"title": "Show"})";
  EXPECT_EQ(seathold_show_add(engine, title.data(), title.size(), &show, kWait, &error),
            SEATHOLD_OK)
      << error.message;
  performance = AddPerformance();
}

std::uint64_t Office::AddPerformance() {
  const std::string date =
      R"({"show": )" + std::to_string(show) + R"(, "venue": )" + std::to_string(venue) +
      R"(, "local_date": "2036-12-31", "local_time": "19:30", "currency": "EUR", "prices": [)" +
      R"({"category": "Category A", "price_minor": 4500, "name": "full"},)" +
      R"({"category": "Category B", "price_minor": 4500}]})";
  std::uint64_t made = 0;
  EXPECT_EQ(seathold_performance_add(engine, date.data(), date.size(), &made, kWait, &error),
            SEATHOLD_OK)
      << error.message;
  return made;
}

seathold_hold_request Office::HoldRequest(std::uint32_t number, std::uint64_t user) const {
  seathold_hold_request request{};
  const Id id = MakeId(1, number);
  std::memcpy(request.id, id.data(), id.size());
  request.user = user;
  request.performance = performance;
  request.seats_n = 1;
  return request;
}

seathold_confirm_request Office::ConfirmRequest(std::uint32_t number, const Id& hold,
                                                std::uint64_t user) const {
  seathold_confirm_request request{};
  const Id id = MakeId(2, number);
  std::memcpy(request.payment, id.data(), id.size());
  std::memcpy(request.hold, hold.data(), hold.size());
  request.performance = performance;
  request.user = user;
  request.tender = SEATHOLD_TENDER_WALLET;
  return request;
}

seathold_hold_result Office::Hold(std::uint32_t number, std::uint64_t user,
                                  std::vector<std::uint32_t> ordinals) {
  std::vector<seathold_seat_ticket> seats;
  for (const std::uint32_t ordinal : ordinals) seats.push_back({Seat(ordinal), 0, 0});
  seathold_hold_request request = HoldRequest(number, user);
  request.seats_n = static_cast<std::uint32_t>(seats.size());
  seathold_hold_result result{};
  const seathold_status code =
      seathold_hold(engine, &request, 1, seats.data(), seats.size(), nullptr, 0, &result, nullptr,
                    0, nullptr, kWait, &error);
  EXPECT_EQ(code, result.code);
  return result;
}

seathold_pay_result Office::Confirm(std::uint32_t number, const Id& hold, std::uint64_t user) {
  const seathold_confirm_request request = ConfirmRequest(number, hold, user);
  seathold_pay_result result{};
  const seathold_status code =
      seathold_confirm(engine, &request, 1, nullptr, 0, &result, kWait, &error);
  EXPECT_EQ(code, result.code);
  return result;
}

void Office::Charge(std::uint32_t number, std::uint64_t user, std::int64_t minor) {
  seathold_charge_request request{};
  const Id id = MakeId(3, number);
  std::memcpy(request.id, id.data(), id.size());
  request.user = user;
  request.amount_minor = minor;
  std::memcpy(request.currency, "EUR", 4);
  seathold_transfer_result result{};
  EXPECT_EQ(seathold_charge(engine, &request, 1, nullptr, 0, &result, kWait, &error), SEATHOLD_OK)
      << error.message;
}

std::int64_t Office::Balance(std::uint64_t user) {
  std::int64_t minor = -1;
  EXPECT_EQ(seathold_balance_read(engine, user, "EUR", &minor, kWait, &error), SEATHOLD_OK);
  return minor;
}

std::int64_t Office::Now() {
  std::int64_t now = 0;
  EXPECT_EQ(seathold_clock_read(engine, &now, &error), SEATHOLD_OK);
  return now;
}

void Office::SetClock(std::int64_t now_us) {
  EXPECT_EQ(seathold_clock_set(engine, now_us, &error), SEATHOLD_OK) << error.message;
}

std::string Office::VerifyReport() {
  std::int32_t clean = 0;
  return TextOf([&](char* out, std::size_t cap, std::size_t* needed) {
    return seathold_verify(engine, &clean, out, cap, needed, kWait, &error);
  });
}

bool Office::Clean() {
  std::int32_t clean = 0;
  seathold_verify(engine, &clean, nullptr, 0, nullptr, kWait, &error);
  return clean == 1;
}

std::string Office::Digest() {
  std::string digest = VerifyReport();
  std::vector<std::uint8_t> bits(kSeats / 4);
  seathold_map_info info{};
  EXPECT_EQ(seathold_map_read(engine, performance, nullptr, bits.data(), bits.size(), nullptr,
                              &info, kWait, &error),
            SEATHOLD_OK)
      << error.message;
  digest.append(reinterpret_cast<const char*>(bits.data()), bits.size());
  return digest + std::to_string(info.version.feed);
}

}  // namespace seathold_test
