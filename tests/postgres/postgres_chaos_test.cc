// A sale through engines whose server dies, comes back, throws everybody out, or holds COMMITs
// back. The engines are opened once.
#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>

#include "tests/postgres/pg_bouncer.h"
#include "tests/postgres/pg_proxy.h"
#include "tests/postgres/postgres_hall.h"
#include "tests/postgres/postgres_test.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kCallMs = 2'000;
constexpr std::int64_t kChargedMinor = 2 * kSeatPriceMinor;

class PostgresChaos : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (server_ == nullptr) return;
    for (auto& engine : engines_) ASSERT_TRUE(engine = hall_.Open(home_->uri()));
    ASSERT_NO_FATAL_FAILURE(hall_.Build(*engines_[0], 60, 60));
  }
  void TearDown() override {
    for (auto& engine : engines_) engine.reset();
    PostgresTest::TearDown();
  }

  // A buyer of two seats who is charged for both, pays the first and gives the second back: four
  // calls and a fifth, each sent again until it is decided.
  void Buy(std::uint32_t buyer) {
    Engine& engine = *engines_[buyer % kEngines];
    const UserId user{buyer + 1};
    const TransferId charge{engine.NewId()}, payment{engine.NewId()};
    const HoldId kept{engine.NewId()}, given_back{engine.NewId()};
    const auto done = [](const Answer& answer) { EXPECT_TRUE(answer.status.ok()); };
    done(Decide([&] { return hall_.Charge(engine, user, kChargedMinor, charge, kCallMs); }));
    done(Decide([&] { return hall_.Hold(engine, user, 2 * buyer, kept, kCallMs); }));
    done(Decide([&] { return hall_.Hold(engine, user, 2 * buyer + 1, given_back, kCallMs); }));
    done(Decide([&] { return hall_.Confirm(engine, user, kept, payment, kCallMs); }));
    done(Decide([&] { return hall_.Cancel(engine, user, given_back, kCallMs); }));
  }

  // Buyers come to both engines until `trouble` is over.
  template <class Trouble>
  void SellDuring(const Trouble& trouble) {
    std::atomic<bool> over{false};
    std::atomic<std::uint32_t> next{0};
    std::vector<std::thread> sellers;
    for (std::size_t i = 0; i < 2 * kEngines; ++i) {
      sellers.emplace_back([&] {
        while (!over && next < kBuyersMax) Buy(next++), usleep(2'000);
      });
    }
    trouble();
    over = true;
    for (auto& seller : sellers) seller.join();
    buyers_ = next;
    ExpectExact();
  }

  void EndSessionsDuringASale();

  // As everybody sees it, and as plain SQL does.
  void ExpectExact() {
    hall_.ExpectClean(*engines_[0]);
    const std::string of = " FROM " + home_->schema() + ".";
    const std::string all = std::to_string(buyers_);
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "v_sales"), all);
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "holds"), std::to_string(2 * buyers_));
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "transfers"),
              std::to_string(2 * buyers_));
    EXPECT_EQ(server_->Ask("SELECT sum(balance_minor)::text" + of + "balances"),
              std::to_string(buyers_ * (kChargedMinor - kSeatPriceMinor)));
  }

  static constexpr std::size_t kEngines = 2;
  static constexpr std::uint32_t kBuyersMax = 1'800;  // two seats each
  PostgresHall hall_;
  std::unique_ptr<Engine> engines_[kEngines];
  std::uint32_t buyers_ = 0;
};

TEST_F(PostgresChaos, AServerThatIsKilledAndComesBackSellsOnWithoutALoss) {
  int kills = 0;
  SellDuring([&] {
    for (; kills < Scaled(20); ++kills) {
      usleep(300'000);
      server_->Kill9();
      usleep(200'000);
      ASSERT_TRUE(server_->Start());
    }
    usleep(300'000);
  });
  EXPECT_GT(buyers_, 8u);
  std::printf("COUNT pg_kills %d buyers %u\n", kills, buyers_);
}

void PostgresChaos::EndSessionsDuringASale() {
  const int rounds = FullCounts() ? 50 : 10;
  int ended = 0;
  SellDuring([&] {
    for (int i = 0; i < rounds; ++i) {
      usleep(200'000);
      ended += std::stoi(
          server_->Ask("SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity "
                       "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"));
    }
  });
  EXPECT_GE(ended, rounds);
  EXPECT_GT(buyers_, 8u);
  std::printf("COUNT pg_ended_sessions %d buyers %u\n", ended, buyers_);
}

TEST_F(PostgresChaos, SessionsThatAreAllEndedEvery200MsSellOn) { EndSessionsDuringASale(); }

class PostgresPooledChaos : public PostgresChaos {
 protected:
  void SetUp() override {
    PostgresChaos::SetUp();
    if (server_ == nullptr) return;
    std::string why_not;
    pooler_ = PgBouncer::Start(server_->sockets(), 3, &why_not);
    if (!pooler_) GTEST_SKIP() << why_not;
    for (auto& engine : engines_) {
      ASSERT_TRUE(engine = hall_.Open(home_->uri("", pooler_->sockets())));
    }
  }
  void TearDown() override {
    PostgresChaos::TearDown();
    pooler_.reset();
  }

  std::unique_ptr<PgBouncer> pooler_;
};

TEST_F(PostgresPooledChaos, APoolerThatIsKilledAndComesBackSellsOnWithoutALoss) {
  int kills = 0;
  SellDuring([&] {
    for (; kills < Scaled(50); ++kills) {
      usleep(200'000);
      pooler_->Kill();
      usleep(100'000);
      ASSERT_TRUE(pooler_->Return());
    }
    usleep(300'000);
  });
  EXPECT_GT(buyers_, 8u);
  std::printf("COUNT pg_pooler_kills %d buyers %u\n", kills, buyers_);
}

TEST_F(PostgresPooledChaos, SessionsOfThePoolerThatAreAllEndedEvery200MsSellOn) {
  EndSessionsDuringASale();
}

// COMMITs held back
// -------------------------------------------------------------

class PostgresHeldBack : public PostgresChaos {
 protected:
  void SetUp() override {
    PostgresChaos::SetUp();
    if (server_ == nullptr) return;
    proxy_ = std::make_unique<PgProxy>(server_->folder(), server_->SocketFile());
    proxy_->hold_back_ms = FullCounts() ? 2'000 : 1'200;
    far_ = hall_.Open(home_->uri("", proxy_->sockets()));
    const TransferId charge{far_->NewId()};
    const TransferId payment{far_->NewId()};
    const HoldId held{far_->NewId()}, paid{far_->NewId()}, given_back{far_->NewId()};
    // In this order, each the next one's state.
    calls_ = {
        [=, this](std::int64_t ms) { return hall_.Charge(*far_, kUser, 2'000, charge, ms); },
        [=, this](std::int64_t ms) { return hall_.Hold(*far_, kUser, 0, held, ms); },
        [=, this](std::int64_t ms) { return hall_.Hold(*far_, kUser, 1, paid, ms); },
        [=, this](std::int64_t ms) { return hall_.Confirm(*far_, kUser, paid, payment, ms); },
        [=, this](std::int64_t ms) { return hall_.Hold(*far_, kUser, 2, given_back, ms); },
    };
    given_back_ = given_back;
  }
  void TearDown() override {
    far_.reset();
    PostgresChaos::TearDown();
    proxy_.reset();
  }

  // A storage that does not know how its last COMMIT ended writes under a new number from then on,
  // and that takes a COMMIT of its own: it is not the one that these tests are about.
  void Settled() {
    const TransferId id{far_->NewId()};
    EXPECT_TRUE(hall_.Charge(*far_, UserId{2}, 1, id, 20'000).status.ok());
  }
  Answer GiveBack(std::int64_t ms) { return hall_.Cancel(*far_, kUser, given_back_, ms); }
  void ExpectOneEffectEach() {
    hall_.ExpectClean(*engines_[0]);
    const std::string of = " FROM " + home_->schema() + ".";
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "holds"), "3");
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "transfers WHERE amount_minor > 1"), "2");
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "v_sales"), "1");
    EXPECT_EQ(server_->Ask("SELECT count(*)::text" + of + "seats WHERE state = 1"), "1");
    EXPECT_EQ(hall_.Balance(*engines_[0], kUser), 2'000 - kSeatPriceMinor);
    EXPECT_EQ(hall_.StateOf(*engines_[0], given_back_), HoldState::kCancelled);
  }

  static constexpr UserId kUser{1};
  std::unique_ptr<PgProxy> proxy_;
  std::unique_ptr<Engine> far_;
  std::vector<std::function<Answer(std::int64_t ms)>> calls_;
  HoldId given_back_;
};

TEST_F(PostgresHeldBack, ACommitThatComesLateIsWaitedFor) {
  if (!FullCounts()) proxy_->hold_back_ms = 200;
  for (const auto& call : calls_) {
    Settled();
    proxy_->Arm(AtCommit::kHoldBack);
    const Answer answer = call(20'000);
    EXPECT_TRUE(answer.status.ok()) << answer.status.text();
    EXPECT_FALSE(answer.replayed);
  }
  Settled();
  proxy_->Arm(AtCommit::kHoldBack);
  EXPECT_TRUE(GiveBack(20'000).status.ok());
  ExpectOneEffectEach();
}

TEST_F(PostgresHeldBack, ACommitThatComesBehindTheDeadlineIsUnknownAndThenReplayed) {
  for (const auto& call : calls_) {
    Settled();
    proxy_->Arm(AtCommit::kHoldBack);
    const Answer first = call(500);
    EXPECT_EQ(first.status, Code::kOutcomeUnknown) << first.status.text();
    // What stands behind its locks is told to come again, whatever it is.
    EXPECT_EQ(call(100).status.outcome(), Outcome::kBusy);
    const Answer again = call(20'000);
    EXPECT_TRUE(again.status.ok()) << again.status.text();
    EXPECT_TRUE(again.replayed);
  }
  Settled();
  proxy_->Arm(AtCommit::kHoldBack);
  EXPECT_EQ(GiveBack(500).status, Code::kOutcomeUnknown);
  EXPECT_TRUE(GiveBack(20'000).status.ok());
  ExpectOneEffectEach();
}

// Standbys
// -------------------------------------------------------------

class PostgresStandby : public PostgresHeldBack {
 protected:
  void TearDown() override {
    if (server_ != nullptr) Demand("''");
    PostgresHeldBack::TearDown();
  }
  // Every COMMIT waits for this one.
  void Demand(const std::string& standby) {
    server_->Run("ALTER SYSTEM SET synchronous_standby_names = " + standby);
    server_->Run("SELECT pg_reload_conf()::text");
    const std::string wanted = standby == "''" ? "" : standby;
    for (int i = 0; i < 500 && server_->Ask("SHOW synchronous_standby_names") != wanted; ++i) {
      usleep(10'000);
    }
  }
};

TEST_F(PostgresStandby, ThatIsNotThereLeavesEveryCallUnknownAndDoneOnce) {
  for (const auto& call : calls_) {
    Settled();
    Demand("nobody");
    EXPECT_EQ(call(300).status, Code::kOutcomeUnknown);
    EXPECT_EQ(call(100).status.outcome(), Outcome::kBusy);
    Demand("''");
    const Answer again = call(20'000);
    EXPECT_TRUE(again.status.ok() && again.replayed) << again.status.text();
  }
  Settled();
  Demand("nobody");
  EXPECT_EQ(GiveBack(300).status, Code::kOutcomeUnknown);
  Demand("''");
  EXPECT_TRUE(GiveBack(20'000).status.ok());
  ExpectOneEffectEach();
}

// The server commits what it could not replicate when its session is ended, and says neither.
TEST_F(PostgresStandby, ThatIsNotThereWhileTheSessionIsEndedIsNeverToldAsNoEffect) {
  for (const auto& call : calls_) {
    Settled();
    Demand("nobody");
    std::thread ends([&] {
      std::string waiting = "0";
      for (int i = 0; i < 500 && waiting == "0"; ++i) {
        usleep(10'000);
        waiting = server_->Ask(
            "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity "
            "WHERE wait_event = 'SyncRep'");
      }
      EXPECT_EQ(waiting, "1");
    });
    const Answer first = call(10'000);
    ends.join();
    Demand("''");
    EXPECT_EQ(first.status, Code::kOk) << first.status.text();
    const Answer again = call(20'000);
    EXPECT_TRUE(again.status.ok() && again.replayed) << again.status.text();
  }
  EXPECT_TRUE(GiveBack(20'000).status.ok());
  ExpectOneEffectEach();
}

}  // namespace
}  // namespace seathold::testing
