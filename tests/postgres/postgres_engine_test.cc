// Engines of several processes over one PostgreSQL database.
#include <atomic>
#include <thread>

#include "seathold/engine.h"
#include "seathold/plan.h"
#include "tests/engine/hall.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

// The machine's clock, some minutes off.
class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(std::int64_t ms) : us_(ms * kUsPerMs), system_(NewSystemClock()) {}
  TimeUs Now() override { return TimeUs{system_->Now().value + us_}; }
  std::int64_t BoottimeNs() override { return system_->BoottimeNs(); }

 private:
  const std::int64_t us_;
  const std::unique_ptr<Clock> system_;
};

class PostgresEngine : public PostgresTest {
 protected:
  std::unique_ptr<Engine> OpenEngine(std::int64_t clock_off_ms = 0) {
    EngineOptions options;
    options.storage = home_->uri();
    options.keys = folder_.File("seathold.keys");
    options.sweeper_thread = false;
    EngineParts parts;
    parts.clock = std::make_shared<ShiftedClock>(clock_off_ms);
    auto engine = Engine::Open(options, std::move(parts));
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
    spec.currency = *ParseCurrency("EUR");
    spec.prices.push_back({"Category A", 0, "full", 1'000});
    const auto added = engine.catalog().AddPerformance(spec);
    ASSERT_TRUE(added.ok()) << added.status().text();
    performance_ = *added;
  }

  HoldReply Hold(Engine& engine, std::uint64_t user, std::uint32_t ordinal, HoldId id) {
    const SeatTicket seat{MakeSeatId(venue_, ordinal), 0};
    HoldRequest request;
    request.id = id;
    request.user = UserId{user};
    request.performance = performance_;
    request.seats = {&seat, 1};
    HoldReply reply;
    engine.reservations().Hold({&request, 1}, {&reply, 1}, {20'000});
    return reply;
  }

  void ExpectClean() {
    AuditReport report;
    ASSERT_TRUE(storage_->Audit(TimeUs{1}, &report, Soon()).ok());
    for (const auto& finding : report.findings) ADD_FAILURE() << finding.check << finding.detail;
  }

  const HallFolder folder_;
  VenueId venue_;
  PerformanceId performance_;
};

TEST_F(PostgresEngine, SellsASeatOnceAmongProcesses) {
  constexpr int kEngines = 3, kThreads = 3;
  constexpr std::uint32_t kSeats = 12;
  std::vector<std::unique_ptr<Engine>> engines;
  for (int i = 0; i < kEngines; ++i) engines.push_back(OpenEngine());
  ASSERT_NO_FATAL_FAILURE(Build(*engines[0], 2, kSeats / 2));
  std::atomic<int> held{0}, taken{0}, other{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kEngines * kThreads; ++i) {
    threads.emplace_back([&, i] {
      Engine& engine = *engines[static_cast<std::size_t>(i % kEngines)];
      for (std::uint32_t seat = 0; seat < kSeats; ++seat) {
        const HoldReply reply =
            Hold(engine, static_cast<std::uint64_t>(i + 1), seat, HoldId{engine.NewId()});
        ++(reply.status.ok() ? held : reply.status == Code::kSeatTaken ? taken : other);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(held, static_cast<int>(kSeats));
  EXPECT_EQ(taken, static_cast<int>(kSeats) * (kEngines * kThreads - 1));
  EXPECT_EQ(other, 0);
  ExpectClean();
}

TEST_F(PostgresEngine, OfTwoMachinesAgreeOnADeadlineWhateverTheirClocksSay) {
  auto early = OpenEngine(-300'000), late = OpenEngine(300'000);
  ASSERT_NO_FATAL_FAILURE(Build(*early, 1, 4));
  const auto system = NewSystemClock();
  const HoldReply first = Hold(*early, 1, 0, HoldId{early->NewId()});
  const HoldReply second = Hold(*late, 2, 1, HoldId{late->NewId()});
  ASSERT_TRUE(first.status.ok() && second.status.ok());
  for (const HoldReply& reply : {first, second}) {
    const std::int64_t left_us = reply.expires_at.value - system->Now().value;
    EXPECT_NEAR(static_cast<double>(left_us) / 1e6, 300, 10);
  }
  EXPECT_NEAR(static_cast<double>(late->Now().value - early->Now().value) / 1e6, 0, 1);
  EXPECT_EQ(Hold(*late, 3, 0, HoldId{late->NewId()}).status, Code::kSeatTaken);
}

TEST_F(PostgresEngine, SettlesATransferBehindWhoIsCommittingIt) {
  auto engine = OpenEngine();
  ASSERT_NO_FATAL_FAILURE(Build(*engine, 1, 4));
  const TransferId id{engine->NewId()};
  ChangeSet changes;
  TransferRecord transfer = SampleSale().transfers[0];
  transfer.transfer = id;
  Insert(&changes, transfer);
  auto unit = Begin(storage_.get());
  ASSERT_TRUE(unit->Apply(changes, {}).ok());
  // Whose COMMIT may be under way: neither there nor not.
  EXPECT_EQ(engine->wallet().GetTransfer(id, true, {200}).status(), Code::kBusy);
  ASSERT_TRUE(unit->Commit().ok());
  EXPECT_EQ(engine->wallet().GetTransfer(id, true, {5'000}).status(), Code::kOk);
}

TEST_F(PostgresEngine, IsOpenedByEitherScheme) {
  for (const char* scheme : {"postgres", "postgresql"}) {
    EngineOptions options;
    options.storage = scheme + home_->uri().substr(home_->uri().find(':'));
    options.keys = folder_.File("seathold.keys");
    const auto engine = Engine::Open(options);
    EXPECT_TRUE(engine.ok()) << engine.status().text();
  }
}

}  // namespace
}  // namespace seathold::testing
