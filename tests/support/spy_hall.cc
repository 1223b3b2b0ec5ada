#include "tests/support/spy_hall.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "seathold/adapter/parts.h"
#include "tests/support/local_start.h"

namespace seathold::testing {
namespace {

Uuid Numbered(std::uint8_t kind, int n) {
  Uuid id{};
  id[0] = kind;
  id[14] = static_cast<std::uint8_t>(n >> 8);
  id[15] = static_cast<std::uint8_t>(n);
  return id;
}

Plan HallPlan() {
  Plan plan;
  plan.name = "SpyHall";
  plan.categories = {{"Front", ""}, {"Back", ""}, {"Free", ""}};
  plan.rows = {{"Stalls", "A", 0, 0}, {"Stalls", "B", 1, 0}, {"Gallery", "G", 0, 1}};
  for (std::uint32_t row = 0; row < 3; ++row) {
    for (std::uint32_t place = 0; place < 4; ++place) {
      PlanSeat seat;
      seat.guid = plan.rows[row].name + std::to_string(place + 1);
      seat.number = std::to_string(place + 1);
      seat.category = seat.row = row;
      seat.place = place;
      plan.seats.push_back(seat);
    }
  }
  return plan;
}

std::filesystem::path NewFolder() {
  static std::atomic<int> count{0};
  const auto folder =
      std::filesystem::temp_directory_path() /
      ("seathold-hall-" + std::to_string(MonotonicNs()) + "-" + std::to_string(count.fetch_add(1)));
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace

HoldId HoldNo(int n) { return HoldId{Numbered(1, n)}; }
TransferId TransferNo(int n) { return TransferId{Numbered(2, n)}; }

SpyHall::SpyHall(HallSpec spec) {
  Open(&spec);
  AddPerformance(spec);
}

SpyHall::~SpyHall() {
  engine_.reset();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void SpyHall::Open(HallSpec* spec) {
  EngineOptions options;
  options.storage = "memory:";
  if (spec->sqlite || spec->line == "sqlite" || spec->parts) folder_ = NewFolder();
  if (spec->sqlite) options.storage = "sqlite:" + (folder_ / "hall.db").string();
  options.claims = spec->claims;
  options.line = spec->line == "sqlite" ? "sqlite:" + (folder_ / "line.db").string() : spec->line;
  options.hold_ttl_ms = kHallTtlMs;
  options.cache_timeout_ms = 10'000;  // a slow machine is no reason to lose a claim
  spec->options(options);
  if (!spec->clock) {
    clock_ = std::make_shared<ManualClock>(kHallStart);
    spec->clock = clock_;
  }
  EngineParts parts;
  parts.clock = spec->clock;
  parts.entropy = NewSeededEntropy(7);
  if (spec->parts) spec->parts(folder_, parts);
  auto engine = Engine::Open(options, std::move(parts));
  if (!engine.ok()) throw std::runtime_error(engine.status().text());
  engine_ = std::move(engine).value();
}

void SpyHall::AddPerformance(const HallSpec& spec) {
  Catalog& catalog = engine_->catalog();
  venue_ = catalog.AddVenue(HallPlan(), "").value();
  ShowSpec show{.title = "A play"};
  spec.show(show);
  show_ = catalog.AddShow(show).value();
  PerformanceSpec performance;
  performance.show = show_;
  performance.venue = venue_;
  performance.currency = eur();
  performance.prices = {{"Front", 0, "full", 1'000},
                        {"Front", 1, "child", 400},
                        {"Back", 0, "full", 500},
                        {"Free", 0, "free", 0}};
  spec.performance(performance);
  SetStart(&performance, performance.starts_at);
  performance_ = catalog.AddPerformance(performance).value();
}

HoldReply SpyHall::Hold(int id, UserId user, std::initializer_list<std::uint32_t> ordinals) {
  std::vector<SeatTicket> seats;
  for (const std::uint32_t o : ordinals) seats.push_back({Seat(o), 0});
  return Hold(HoldRequest{HoldNo(id), user, performance_, seats});
}

HoldReply SpyHall::Hold(const HoldRequest& request) { return seats().Hold(request); }

HoldReply SpyHall::Best(const BestRequest& request) { return seats().HoldBest(request); }

HoldReply SpyHall::Best(int id, UserId user, int count, bool allow_split) {
  BestRequest request{HoldNo(id), user, performance_, count};
  request.allow_split = allow_split;
  return Best(request);
}

ConfirmRequest SpyHall::PayRequest(int payment, int hold, UserId user) const {
  return {performance_, HoldNo(hold), TransferNo(payment), user};
}

PayReply SpyHall::Pay(int payment, int hold, UserId user) {
  return Pay(PayRequest(payment, hold, user));
}

PayReply SpyHall::Pay(const ConfirmRequest& request) { return seats().Confirm(request); }

Code SpyHall::Cancel(int hold, UserId user) {
  const CancelRequest request{performance_, HoldNo(hold), user};
  return seats().Cancel(request).code();
}

PayReply SpyHall::Refund(int id, int hold) {
  const RefundRequest request{TransferNo(id), performance_, HoldNo(hold)};
  return seats().Refund(request);
}

TransferReply SpyHall::Charge(int id, UserId user, std::int64_t minor) {
  const ChargeRequest request{TransferNo(id), user, Money{minor, eur()}, ""};
  return wallet().Charge(request);
}

std::int64_t SpyHall::Balance(UserId user) { return wallet().Balance(user, eur()).value().minor; }

SeatState SpyHall::StateOf(std::uint32_t ordinal) {
  return seats().Map(performance_).value()->at(ordinal);
}

HoldState SpyHall::StateOfHold(int hold) {
  const auto view = seats().Get(performance_, HoldNo(hold));
  if (!view.ok()) return HoldState::kNone;
  if (view->state != HoldState::kExpired) return view->state;
  const auto events = seats().Feed(performance_, 0, 10'000);
  const auto written = [&](const FeedEvent& event) {
    return event.hold == HoldNo(hold) && event.kind == FeedKind::kExpired;
  };
  return std::ranges::any_of(*events, written) ? HoldState::kExpired : HoldState::kHeld;
}

std::vector<Code> SpyHall::Block(std::initializer_list<std::uint32_t> ordinals, bool block) {
  std::vector<SeatId> ids;
  for (const std::uint32_t o : ordinals) ids.push_back(Seat(o));
  std::vector<Status> replies(ids.size());
  if (block) {
    seats().Block(performance_, ids, "camera", replies);
  } else {
    seats().Unblock(performance_, ids, replies);
  }
  std::vector<Code> codes;
  for (const Status& reply : replies) codes.push_back(reply.code());
  return codes;
}

Code SpyHall::SetSale(bool on_sale) {
  return engine_->catalog().SetSale(performance_, on_sale).code();
}

int SpyHall::Sweep() { return engine_->Sweep(1'000).value(); }

std::string SpyHall::Audit() {
  const auto report = engine_->Verify();
  if (!report.ok()) return report.status().text();
  if (report->checks.empty()) return "nothing was checked";
  std::string text;
  for (const auto& finding : report->findings) text += finding.check + ": " + finding.detail;
  return text;
}

}  // namespace seathold::testing
