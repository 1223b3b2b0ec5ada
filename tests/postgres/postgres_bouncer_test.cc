// A pooler in transaction mode between storages and the server.
#include <stdlib.h>

#include <atomic>
#include <thread>

#include "tests/postgres/pg_bouncer.h"
#include "tests/postgres/pg_wire.h"
#include "tests/postgres/postgres_hall.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

class PostgresBouncer : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (server_ != nullptr) Pool(3);
  }
  void TearDown() override {
    PostgresTest::TearDown();
    pooler_.reset();
  }
  void Pool(int size) {
    std::string why_not;
    pooler_ = PgBouncer::Start(server_->sockets(), size, &why_not);
    if (!pooler_) GTEST_SKIP() << why_not;
  }
  std::string Pooled(const std::string& parameters) const {
    return home_->uri(parameters, pooler_->sockets());
  }

  // Three engines sell a hall of which every seat is asked for by all of them.
  void Sell(const std::string& parameters) {
    constexpr std::uint32_t kSeats = 24;
    PostgresHall hall;
    std::vector<std::unique_ptr<Engine>> engines;
    for (int i = 0; i < 3; ++i) engines.push_back(hall.Open(Pooled(parameters)));
    ASSERT_TRUE(engines[0] && engines[1] && engines[2]);
    ASSERT_NO_FATAL_FAILURE(hall.Build(*engines[0], 2, kSeats / 2));
    std::atomic<std::uint32_t> sold{0}, other{0};
    std::vector<std::thread> sellers;
    for (std::uint64_t i = 0; i < 3; ++i) {
      sellers.emplace_back([&, i] {
        Engine& engine = *engines[i];
        const UserId user{i + 1};
        const TransferId charge{engine.NewId()};
        if (!hall.Charge(engine, user, 100'000, charge, 20'000).status.ok()) ++other;
        for (std::uint32_t seat = 0; seat < kSeats; ++seat) {
          const HoldId hold{engine.NewId()};
          const Answer held = hall.Hold(engine, user, seat, hold, 20'000);
          if (held.status == Code::kSeatTaken) continue;
          const TransferId payment{engine.NewId()};
          const Answer paid = hall.Confirm(engine, user, hold, payment, 20'000);
          ++(held.status.ok() && paid.status.ok() ? sold : other);
          EXPECT_TRUE(held.status.ok()) << held.status.text();
          EXPECT_TRUE(paid.status.ok()) << paid.status.text();
        }
      });
    }
    for (auto& seller : sellers) seller.join();
    EXPECT_EQ(sold, kSeats);
    EXPECT_EQ(other, 0u);
    hall.ExpectClean(*engines[0]);
  }

  std::unique_ptr<PgBouncer> pooler_;
};

TEST_F(PostgresBouncer, SellsASeatOnceWithoutNamedStatements) { Sell("prepare=off"); }

TEST_F(PostgresBouncer, SellsASeatOnceAlsoWhereNobodySaidThatItIsThere) { Sell(""); }

TEST_F(PostgresBouncer, IsNoObstacleWhereAnotherClientUsesOurNames) {
  Pool(1);
  auto stranger = Connect(server_->Uri("", pooler_->sockets()));
  for (const char* name : {"settings", "control", "time", "note", "set_path", "lock_writers"}) {
    stranger->Queue({"SELECT 'not yours', $1::text, $2::text", name});
    (void)stranger->Run(postgres::Phase::kWork, Soon());
  }
  for (const char* parameters : {"prepare=off", "prepare=on"}) {
    auto storage = Open(Pooled(parameters));
    EXPECT_EQ(Write(storage.get(), OneVenue(*Venues().c_str() - '0' + 1u)), Code::kOk);
  }
  EXPECT_EQ(Venues(), "2");
}

// A pooler that came in between after opening: our next transaction is on the stranger's session.
TEST_F(PostgresBouncer, NeverRunsTheStatementOfAnotherClient) {
  Pool(2);
  const auto client = [&] { return Connect(server_->Uri("", pooler_->sockets())); };
  const auto run = [](postgres::Connection* connection, const postgres::Sql& sql) {
    connection->Queue(sql);
    return connection->Run(postgres::Phase::kWork, Soon());
  };
  auto first = client(), second = client(), stranger = client(), ours = client();
  ASSERT_TRUE(run(first.get(), {"BEGIN"}).ok());
  ASSERT_TRUE(run(ours.get(), {"SELECT 'mine'", "note"}).ok());
  ASSERT_TRUE(run(second.get(), {"BEGIN"}).ok());
  ASSERT_TRUE(run(first.get(), {"ROLLBACK"}).ok());
  ASSERT_TRUE(run(stranger.get(), {"SELECT 'not yours'", "note"}).ok());
  EXPECT_EQ(run(ours.get(), {"SELECT 'mine'", "note"}), Code::kAborted);
  EXPECT_FALSE(ours->usable());
}

TEST_F(PostgresBouncer, RefusesStartupParametersAndSaysWhich) {
  auto storage = NewPostgresStorage({.uri = Pooled("prepare=off&options=-cjit%3Doff")});
  const Status refused = storage->Open({}).status();
  EXPECT_EQ(refused, Code::kCannotOpen);
  EXPECT_NE(std::string(refused.text()).find("unsupported startup parameter"), std::string::npos)
      << refused.text();
  ASSERT_EQ(setenv("PGGEQO", "off", 1), 0);
  storage = NewPostgresStorage({.uri = Pooled("prepare=off")});
  const Status surroundings = storage->Open({}).status();
  unsetenv("PGGEQO");
  EXPECT_EQ(surroundings, Code::kCannotOpen);
  EXPECT_NE(std::string(surroundings.text()).find("geqo"), std::string::npos)
      << surroundings.text();
}

TEST_F(PostgresBouncer, LeavesNoSettingBehindForTheNextClient) {
  Pool(1);
  auto storage = Open(Pooled("prepare=off"));
  ASSERT_TRUE(Write(storage.get(), OneVenue(1)).ok());
  auto next = Connect(server_->Uri("", pooler_->sockets()));
  for (const char* setting : {"search_path", "lock_timeout", "idle_in_transaction_session_timeout",
                              "plan_cache_mode", "enable_seqscan", "jit"}) {
    next->Queue({std::string("SELECT (setting = reset_val)::text || name FROM pg_settings "
                             "WHERE name = '") +
                 setting + "'"});
    std::vector<postgres::ResultPtr> results;
    ASSERT_TRUE(next->Run(postgres::Phase::kWork, Soon(), &results).ok());
    EXPECT_EQ(postgres::Pq().getvalue(results[0].get(), 0, 0), "true" + std::string(setting));
  }
}

// A client waits for a connection of the server's before any lock_timeout can be set.
TEST_F(PostgresBouncer, WhoseOnlyConnectionIsTakenIsBusyAtTheDeadline) {
  Pool(1);
  auto storage = Open(Pooled("prepare=off"));
  auto holder = Connect(server_->Uri("", pooler_->sockets()));
  holder->Queue({"BEGIN"});
  ASSERT_TRUE(holder->Run(postgres::Phase::kWork, Soon()).ok());
  for (const Access access : {Access::kWrite, Access::kRead}) {
    const std::int64_t from = MonotonicNs();
    EXPECT_EQ(storage->Begin(access, In(200)).status(), Code::kBusy);
    EXPECT_GE(SinceMs(from), 200);
    EXPECT_LT(SinceMs(from), 1'000);
  }
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(NewPostgresStorage({.uri = Pooled("prepare=off")})->Open({.busy_ms = 200}).status(),
            Code::kBusy);
  EXPECT_LT(SinceMs(from), 1'000);
  holder->Queue({"ROLLBACK"});
  ASSERT_TRUE(holder->Run(postgres::Phase::kWork, Soon()).ok());
  EXPECT_EQ(Write(storage.get(), OneVenue(1)), Code::kOk);
}

}  // namespace
}  // namespace seathold::testing
