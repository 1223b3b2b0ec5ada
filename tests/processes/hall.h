// One hall on sale in one file, and short ways to buy from it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "seathold/engine.h"
#include "tests/processes/child.h"

namespace seathold::testing {

inline constexpr std::int64_t kSeatPriceMinor = 1'000;

struct Hall {
  VenueId venue;
  ShowId show;
  PerformanceId performance;
  std::uint32_t seats = 0;

  SeatId seat(std::uint32_t ordinal) const { return MakeSeatId(venue, ordinal); }
};

inline Currency Euro() { return *ParseCurrency("EUR"); }

inline Hall BuildHall(Engine& engine, int rows, int seats_per_row, ShowSpec show = {}) {
  Hall hall;
  hall.seats = static_cast<std::uint32_t>(rows * seats_per_row);
  const auto plan = MakePlan("Hall", rows, seats_per_row, 1);
  EXPECT_TRUE(plan.ok());
  const auto venue = engine.catalog().AddVenue(*plan, "");
  EXPECT_TRUE(venue.ok()) << venue.status().text();
  if (show.title.empty()) show.title = "Gala";
  const auto added = engine.catalog().AddShow(show);
  EXPECT_TRUE(added.ok()) << added.status().text();
  if (!venue.ok() || !added.ok()) return hall;
  hall.venue = *venue;
  hall.show = *added;
  PerformanceSpec spec;
  spec.show = hall.show;
  spec.venue = hall.venue;
  spec.local_date = "2036-12-31";
  spec.local_time = "19:30";
  spec.currency = Euro();
  spec.prices.push_back({plan->categories[0].name, 0, "full", kSeatPriceMinor});
  const auto performance = engine.catalog().AddPerformance(spec);
  EXPECT_TRUE(performance.ok()) << performance.status().text();
  if (performance.ok()) hall.performance = *performance;
  return hall;
}

inline std::unique_ptr<Engine> OpenFile(const std::string& path) {
  EngineOptions options;
  options.storage = "sqlite:" + path;
  if (std::getenv("SEATHOLD_TEST_JOURNAL") != nullptr) {  // as tests/crash is run a second time
    options.storage += "?journal=on";
    options.sweeper_thread = true;
  }
  auto engine = Engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.status().text();
  return engine.ok() ? std::move(engine).value() : nullptr;
}

// A new file with a hall in it, made by a child, so that this process stays without an engine.
inline Hall BuildFile(const std::string& path, int rows, int seats_per_row, ShowSpec show = {}) {
  Pipe pipe;
  InChild([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    pipe.Send(BuildHall(*engine, rows, seats_per_row, show));
    EXPECT_TRUE(engine->Close().ok());
  });
  pipe.CloseWriter();
  return pipe.Receive<Hall>().value_or(Hall{});
}

// A buyer's calls, one at a time.
struct Buyer {
  Engine& engine;
  const Hall& hall;
  UserId user;

  HoldReply Hold(HoldId id, std::vector<std::uint32_t> ordinals, const CallOptions& options = {},
                 std::string_view pass = {}, std::int64_t ttl_ms = 0) const {
    std::vector<SeatTicket> seats;
    for (const std::uint32_t ordinal : ordinals) seats.push_back({hall.seat(ordinal), 0});
    HoldRequest request;
    request.id = id;
    request.user = user;
    request.performance = hall.performance;
    request.seats = seats;
    request.pass = pass;
    request.ttl_ms = ttl_ms;
    return engine.reservations().Hold(request, options);
  }
  // An empty reference pays from the wallet.
  PayReply Pay(HoldId hold, TransferId payment, std::string_view reference,
               const CallOptions& options = {}) const {
    ConfirmRequest request;
    request.performance = hall.performance;
    request.hold = hold;
    request.payment = payment;
    request.user = user;
    request.tender = reference.empty() ? Tender::kWallet : Tender::kExternal;
    request.reference = reference;
    return engine.reservations().Confirm(request, options);
  }
  Status Cancel(HoldId hold, const CallOptions& options = {}) const {
    const CancelRequest request{hall.performance, hold, user};
    return engine.reservations().Cancel(request, options);
  }
  PayReply Refund(HoldId hold, TransferId id, const CallOptions& options = {}) const {
    const RefundRequest request{id, hall.performance, hold};
    return engine.reservations().Refund(request, options);
  }
  TransferReply Charge(TransferId id, std::int64_t amount_minor,
                       const CallOptions& options = {}) const {
    ChargeRequest request;
    request.id = id;
    request.user = user;
    request.amount = Money{amount_minor, Euro()};
    return engine.wallet().Charge(request, options);
  }
};

// The books: every check of the audit, and the takings by a count of our own.
inline void ExpectBooks(Engine& engine, std::uint64_t sold, std::int64_t revenue_minor) {
  const auto report = engine.Verify();
  ASSERT_TRUE(report.ok()) << report.status().text();
  for (const AuditFinding& finding : report->findings) {
    ADD_FAILURE() << finding.check << ": " << finding.detail;
  }
  EXPECT_EQ(report->sold, sold);
  std::int64_t revenue = 0;
  for (const Money& money : report->revenue) revenue += money.minor;
  EXPECT_EQ(revenue, revenue_minor);
}

}  // namespace seathold::testing
