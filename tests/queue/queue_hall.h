// A show with a queue, played on an engine under a manual clock.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "seathold/plan.h"
#include "src/line/memory/memory_line.h"
#include "src/line/sqlite/sqlite_line.h"

namespace seathold::testing {

inline constexpr TimeUs kStart{1'700'000'000'000'000};

class QueueDir {
 public:
  QueueDir() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("seathold-queue-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~QueueDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  QueueDir(const QueueDir&) = delete;
  QueueDir& operator=(const QueueDir&) = delete;

  std::string File(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A line that can be lost, replaced and cut off while the engine uses it. Switch it while no call
// is under way.
class SwitchLine final : public Line {
 public:
  explicit SwitchLine(std::unique_ptr<Line> inner) : inner_(std::move(inner)) {}

  void Wipe() { inner_ = NewMemoryLine(); }
  void Cut(bool down) { down_ = down; }
  Line& inner() { return *inner_; }
  int opened() const { return opened_.load(); }
  int admits() const { return admits_.load(); }

  Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline deadline) override {
    ++opened_;
    return down_ ? Down() : inner_->OpenLine(show, config, now, deadline);
  }
  Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override {
    return down_ ? Down() : inner_->Join(show, epoch, io, now, deadline);
  }
  Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override {
    return down_ ? Down() : inner_->Poll(show, epoch, io, now, deadline);
  }
  Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now, Deadline deadline,
               std::uint32_t* admitted) override {
    ++admits_;
    return down_ ? Down() : inner_->Admit(show, epoch, max, now, deadline, admitted);
  }
  Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
              Deadline deadline) override {
    return down_ ? Down() : inner_->Keep(show, epoch, entries, deadline);
  }
  Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
               Deadline deadline) override {
    return down_ ? Down() : inner_->Leave(show, epoch, entries, deadline);
  }
  Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline deadline) override {
    return down_ ? Down() : inner_->Stats(show, now, out, deadline);
  }

 private:
  static Status Down() { return Status(Code::kBusy); }

  std::unique_ptr<Line> inner_;
  std::atomic<bool> down_{false};
  std::atomic<int> opened_{0};
  std::atomic<int> admits_{0};
};

inline ShowSpec Gated(std::uint32_t active_max) {
  ShowSpec spec;
  spec.title = "Gala";
  spec.requires_pass = true;
  spec.active_max = active_max;
  return spec;
}

// The parts a test may set before Open; Open again is a restart.
struct QueueHall {
  EngineOptions options;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(kStart);
  std::unique_ptr<Engine> engine;
  SwitchLine* line = nullptr;               // the engine's, when `Open` was given one
  std::function<void(EngineParts&)> parts;  // adds parts of the test's own
  VenueId venue;
  ShowId show;
  PerformanceId performance;

  QueueHall() { options.storage = "memory:"; }

  void Open(std::unique_ptr<Line> inner = nullptr) {
    engine.reset();
    EngineParts given;
    given.clock = clock;
    if (inner != nullptr) {
      auto wrapped = std::make_unique<SwitchLine>(std::move(inner));
      line = wrapped.get();
      given.line = std::move(wrapped);
    }
    if (parts) parts(given);
    auto opened = Engine::Open(options, std::move(given));
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    engine = std::move(opened).value();
  }

  void AddVenue(int rows = 20, int seats_per_row = 100) {
    const auto plan = MakePlan("Hall", rows, seats_per_row, 1);
    ASSERT_TRUE(plan.ok());
    const auto added = engine->catalog().AddVenue(*plan, "");
    ASSERT_TRUE(added.ok()) << added.status().text();
    venue = *added;
  }

  ShowId AddShow(const ShowSpec& spec) {
    const auto added = engine->catalog().AddShow(spec);
    EXPECT_TRUE(added.ok()) << added.status().text();
    return added.ok() ? *added : ShowId{};
  }

  PerformanceId AddPerformance(ShowId of, std::int64_t hold_ttl_ms = 0) {
    PerformanceSpec spec;
    spec.show = of;
    spec.venue = venue;
    spec.local_date = "2036-12-31";
    spec.local_time = "19:30";
    spec.currency = *ParseCurrency("EUR");
    spec.hold_ttl_ms = hold_ttl_ms;
    spec.prices.push_back({"Category A", 0, "full", 1'000});
    const auto added = engine->catalog().AddPerformance(spec);
    EXPECT_TRUE(added.ok()) << added.status().text();
    return added.ok() ? *added : PerformanceId{};
  }

  // A memory line that can be wiped, one gated show with one performance.
  void Build(const ShowSpec& spec, std::unique_ptr<Line> inner = NewMemoryLine()) {
    Open(std::move(inner));
    if (::testing::Test::HasFatalFailure()) return;
    AddVenue();
    show = AddShow(spec);
    performance = AddPerformance(show);
  }

  QueueManager& queue() { return engine->queue(); }

  Place Join(std::uint64_t user, ShowId to = {}) {
    const JoinRequest request{to ? to : show, UserId{user}};
    return queue().Join(request);
  }
  Place Poll(std::string_view token) { return queue().Poll(token); }
  int Admit(int max = 1'000'000) {
    const auto admitted = queue().Admit(show, max);
    EXPECT_TRUE(admitted.ok()) << admitted.status().text();
    return admitted.ok() ? *admitted : -1;
  }
  LineStats Stats() {
    const auto stats = queue().Stats(show);
    EXPECT_TRUE(stats.ok()) << stats.status().text();
    return stats.ok() ? *stats : LineStats{};
  }

  HoldReply Hold(std::uint64_t user, std::uint32_t ordinal, std::string_view pass, HoldId id = {},
                 PerformanceId at = {}) {
    const SeatTicket seat{MakeSeatId(venue, ordinal)};
    HoldRequest request;
    request.id = id ? id : HoldId{engine->NewId()};
    request.user = UserId{user};
    request.performance = at ? at : performance;
    request.seats = {&seat, 1};
    request.pass = pass;
    return engine->reservations().Hold(request);
  }
  Status Pay(std::uint64_t user, HoldId hold) {
    const std::string reference = ToString(engine->NewId());
    ConfirmRequest request;
    request.performance = performance;
    request.hold = hold;
    request.payment = TransferId{engine->NewId()};
    request.user = UserId{user};
    request.tender = Tender::kExternal;
    request.reference = reference;
    PayReply reply = engine->reservations().Confirm(request);
    return reply.status;
  }
};

}  // namespace seathold::testing
