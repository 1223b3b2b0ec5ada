// Engines over a hall in a schema of the server's, and calls in one line that say whether they were
// done before.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "seathold/plan.h"
#include "tests/contract/storage_home.h"
#include "tests/engine/hall.h"

namespace seathold::testing {

struct Answer {
  Status status;
  bool replayed = false;
};

class PostgresHall {
 public:
  Result<std::unique_ptr<Engine>> TryOpen(const std::string& uri, EngineParts parts = {}) const {
    EngineOptions options;
    options.storage = uri;
    options.keys = folder_.File("seathold.keys");
    options.refusal_max_age_ms = 0;
    return Engine::Open(options, std::move(parts));
  }
  std::unique_ptr<Engine> Open(const std::string& uri, EngineParts parts = {}) const {
    auto engine = TryOpen(uri, std::move(parts));
    EXPECT_TRUE(engine.ok()) << engine.status().text();
    return engine.ok() ? std::move(engine).value() : nullptr;
  }

  void Build(Engine& engine, int rows, int seats_per_row) {
    const auto plan = MakePlan("Hall", rows, seats_per_row, 1);
    const auto venue = engine.catalog().AddVenue(*plan, "UTC");
    ASSERT_TRUE(venue.ok()) << venue.status().text();
    ShowSpec show;
    show.title = "Gala";
    const auto shown = engine.catalog().AddShow(show);
    ASSERT_TRUE(shown.ok()) << shown.status().text();
    PerformanceSpec spec;
    spec.show = *shown;
    spec.venue = venue_ = *venue;
    spec.local_date = "2036-12-31";
    spec.local_time = "19:30";
    spec.currency = kEuro;
    spec.prices.push_back({"Category A", 0, "full", kSeatPriceMinor});
    const auto added = engine.catalog().AddPerformance(spec);
    ASSERT_TRUE(added.ok()) << added.status().text();
    performance_ = *added;
  }

  Answer Hold(Engine& engine, UserId user, std::uint32_t ordinal, HoldId id,
              std::int64_t timeout_ms) const {
    const SeatTicket seat{MakeSeatId(venue_, ordinal), 0};
    HoldRequest request;
    request.id = id;
    request.user = user;
    request.performance = performance_;
    request.seats = {&seat, 1};
    HoldReply reply = engine.reservations().Hold(request, {timeout_ms});
    return {reply.status, reply.replayed};
  }
  Answer Confirm(Engine& engine, UserId user, HoldId hold, TransferId payment,
                 std::int64_t timeout_ms) const {
    ConfirmRequest request;
    request.performance = performance_;
    request.hold = hold;
    request.payment = payment;
    request.user = user;
    PayReply reply = engine.reservations().Confirm(request, {timeout_ms});
    return {reply.status, reply.replayed};
  }
  Answer Cancel(Engine& engine, UserId user, HoldId hold, std::int64_t timeout_ms) const {
    const CancelRequest request{performance_, hold, user};
    Status reply = engine.reservations().Cancel(request, {timeout_ms});
    return {reply, false};  // whether it was done before is not told: see StateOf
  }
  Answer Charge(Engine& engine, UserId user, std::int64_t minor, TransferId id,
                std::int64_t timeout_ms) const {
    const ChargeRequest request{id, user, Money{minor, kEuro}, "card"};
    TransferReply reply = engine.wallet().Charge(request, {timeout_ms});
    return {reply.status, reply.replayed};
  }
  // Behind whoever may be committing it.
  Result<HoldView> View(Engine& engine, HoldId hold) const {
    return engine.reservations().Get(performance_, hold, true, {20'000});
  }
  HoldState StateOf(Engine& engine, HoldId hold) const {
    const auto view = View(engine, hold);
    return view.ok() ? view->state : HoldState::kNone;
  }
  std::int64_t Balance(Engine& engine, UserId user) const {
    const auto balance = engine.wallet().Balance(user, kEuro, {20'000});
    EXPECT_TRUE(balance.ok()) << balance.status().text();
    return balance.ok() ? balance->minor : -1;
  }
  void ExpectClean(Engine& engine) const {
    const auto report = engine.Verify({60'000});
    ASSERT_TRUE(report.ok()) << report.status().text();
    EXPECT_GE(report->checks.size(), 5u);
    for (const AuditFinding& finding : report->findings) {
      ADD_FAILURE() << finding.check << ": " << finding.detail;
    }
  }

 private:
  const HallFolder folder_;
  VenueId venue_;
  PerformanceId performance_;
};

// Sends `call` again under the same id until it is decided. No answer that says "no effect" is
// followed by one that finds the effect there, unless one in between left it open.
template <class Call>
Answer Decide(const Call& call) {
  const Deadline deadline = In(60'000);
  bool may_be_there = false;
  Answer answer;
  while (!deadline.passed()) {
    answer = call();
    const Outcome outcome = answer.status.outcome();
    EXPECT_TRUE(may_be_there || !answer.replayed) << "it was said to have had no effect";
    if (outcome == Outcome::kDone || outcome == Outcome::kRefused) return answer;
    EXPECT_TRUE(outcome == Outcome::kUnknown || answer.status == Code::kBusy)
        << answer.status.text();
    may_be_there = may_be_there || outcome == Outcome::kUnknown;
    usleep(5'000);
  }
  ADD_FAILURE() << "never decided: " << answer.status.text();
  return answer;
}

}  // namespace seathold::testing
