// Engines of several processes over one PostgreSQL database.
#include <atomic>
#include <thread>

#include "seathold/adapter/parts.h"
#include "tests/postgres/postgres_hall.h"
#include "tests/postgres/postgres_test.h"
#include "tests/support/shifted_clock.h"

namespace seathold::testing {
namespace {

class PostgresEngine : public PostgresTest {
 protected:
  std::unique_ptr<Engine> OpenEngine(std::int64_t clock_off_ms = 0) {
    EngineParts parts;
    parts.clock = std::make_shared<ShiftedClock>(clock_off_ms);
    return hall_.Open(home_->uri(), std::move(parts));
  }
  Status Hold(Engine& engine, std::uint64_t user, std::uint32_t ordinal, HoldId id) const {
    return hall_.Hold(engine, UserId{user}, ordinal, id, 20'000).status;
  }

  PostgresHall hall_;
};

TEST_F(PostgresEngine, SellsASeatOnceAmongProcesses) {
  constexpr int kEngines = 3, kThreads = 3;
  constexpr std::uint32_t kSeats = 12;
  std::vector<std::unique_ptr<Engine>> engines;
  for (int i = 0; i < kEngines; ++i) engines.push_back(OpenEngine());
  ASSERT_NO_FATAL_FAILURE(hall_.Build(*engines[0], 2, kSeats / 2));
  std::atomic<int> held{0}, taken{0}, other{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kEngines * kThreads; ++i) {
    threads.emplace_back([&, i] {
      Engine& engine = *engines[static_cast<std::size_t>(i % kEngines)];
      for (std::uint32_t seat = 0; seat < kSeats; ++seat) {
        const Status status =
            Hold(engine, static_cast<std::uint64_t>(i + 1), seat, HoldId{engine.NewId()});
        ++(status.ok() ? held : status == Code::kSeatTaken ? taken : other);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(held, static_cast<int>(kSeats));
  EXPECT_EQ(taken, static_cast<int>(kSeats) * (kEngines * kThreads - 1));
  EXPECT_EQ(other, 0);
  hall_.ExpectClean(*engines[0]);
}

TEST_F(PostgresEngine, OfTwoMachinesAgreeOnADeadlineWhateverTheirClocksSay) {
  auto early = OpenEngine(-300'000), late = OpenEngine(300'000);
  ASSERT_NO_FATAL_FAILURE(hall_.Build(*early, 1, 4));
  const auto system = NewSystemClock();
  const HoldId first{early->NewId()}, second{late->NewId()};
  ASSERT_TRUE(Hold(*early, 1, 0, first).ok() && Hold(*late, 2, 1, second).ok());
  for (const HoldId hold : {first, second}) {
    const auto view = hall_.View(*early, hold);
    ASSERT_TRUE(view.ok());
    const std::int64_t left_us = view->expires_at.value - system->Now().value;
    EXPECT_NEAR(static_cast<double>(left_us) / 1e6, 300, 10);
  }
  EXPECT_NEAR(static_cast<double>(late->Now().value - early->Now().value) / 1e6, 0, 1);
  EXPECT_EQ(Hold(*late, 3, 0, HoldId{late->NewId()}), Code::kSeatTaken);
}

TEST_F(PostgresEngine, SettlesATransferBehindWhoIsCommittingIt) {
  auto engine = OpenEngine();
  ASSERT_NO_FATAL_FAILURE(hall_.Build(*engine, 1, 4));
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
    EXPECT_NE(hall_.Open(scheme + home_->uri().substr(home_->uri().find(':'))), nullptr);
  }
}

}  // namespace
}  // namespace seathold::testing
