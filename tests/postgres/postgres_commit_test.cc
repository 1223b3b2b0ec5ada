// COMMIT, and the ways in which its answer does not come.
#include <thread>

#include "tests/postgres/pg_proxy.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

class PostgresCommit : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (server_ == nullptr) return;
    proxy_ = std::make_unique<PgProxy>(server_->folder(), server_->SocketFile());
    storage_ = Open(home_->uri("", proxy_->sockets()));
    ASSERT_TRUE(Write(storage_.get(), OneVenue(1)).ok());
  }
  void TearDown() override {
    PostgresTest::TearDown();
    proxy_.reset();
  }

  Status CommitVenue(std::uint64_t id, AtCommit what, Deadline deadline = Soon()) {
    auto unit = Begin(storage_.get(), deadline);
    if (!unit) return Status(Code::kInternal);
    EXPECT_TRUE(unit->Apply(OneVenue(id), {}).ok());
    proxy_->Arm(what);
    return unit->Commit();
  }

  std::unique_ptr<PgProxy> proxy_;
};

TEST_F(PostgresCommit, WhoseAnswerIsLostIsDoneAndSaysSo) {
  EXPECT_EQ(CommitVenue(2, AtCommit::kLoseReply), Code::kOk);
  EXPECT_EQ(Venues(), "2");
  EXPECT_EQ(CommitVenue(3, AtCommit::kPass), Code::kOk);
}

TEST_F(PostgresCommit, ThatNeverArrivedIsSaidToBeNone) {
  EXPECT_EQ(CommitVenue(2, AtCommit::kLoseIt), Code::kAborted);
  EXPECT_EQ(Venues(), "1");
  EXPECT_EQ(CommitVenue(2, AtCommit::kPass), Code::kOk);
}

TEST_F(PostgresCommit, ThatArrivesLaterIsWaitedFor) {
  EXPECT_EQ(CommitVenue(2, AtCommit::kHoldBack), Code::kOk);
  EXPECT_EQ(Venues(), "2");
}

TEST_F(PostgresCommit, ThatArrivesTooLateIsUnknownAndShowsAsForeign) {
  const auto before = storage_->ForeignCommits(Soon());
  proxy_->hold_back_ms = 600;
  EXPECT_EQ(CommitVenue(2, AtCommit::kHoldBack, In(200)), Code::kOutcomeUnknown);
  EXPECT_EQ(Venues(), "1");
  EXPECT_TRUE(VenuesBecome("2"));
  // The storage goes on, and those who keep what they read hear of it.
  EXPECT_EQ(CommitVenue(3, AtCommit::kPass), Code::kOk);
  const auto after = storage_->ForeignCommits(Soon());
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_NE(before.value(), after.value());
}

TEST_F(PostgresCommit, WithoutAnAnswerIsUnknownAtTheDeadline) {
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(CommitVenue(2, AtCommit::kSwallow, In(300)), Code::kOutcomeUnknown);
  EXPECT_GE(SinceMs(from), 300);
  EXPECT_LT(SinceMs(from), 700);
  EXPECT_EQ(Venues(), "2");
}

TEST_F(PostgresCommit, IsNotSentBehindTheDeadline) {
  auto unit = Begin(storage_.get(), In(100));
  ASSERT_TRUE(unit->Apply(OneVenue(2), {}).ok());
  usleep(110'000);
  EXPECT_EQ(unit->Commit(), Code::kBusy);
  unit.reset();
  EXPECT_EQ(Venues(), "1");
}

TEST_F(PostgresCommit, ThatWaitsForAStandbyIsUnknownAndNeverCancelled) {
  server_->Run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  server_->Run("SELECT pg_reload_conf()::text");
  while (server_->Ask("SHOW synchronous_standby_names") != "nobody") usleep(10'000);
  EXPECT_EQ(CommitVenue(2, AtCommit::kPass, In(300)), Code::kOutcomeUnknown);
  server_->Run("ALTER SYSTEM RESET synchronous_standby_names");
  server_->Run("SELECT pg_reload_conf()::text");
  EXPECT_TRUE(VenuesBecome("2"));
  EXPECT_EQ(CommitVenue(3, AtCommit::kPass), Code::kOk);
}

TEST_F(PostgresCommit, IsSettledAcrossACrashOfTheServer) {
  auto unit = Begin(storage_.get());
  ASSERT_TRUE(unit->Apply(OneVenue(2), {}).ok());
  server_->Kill9();
  std::thread commits([&] { EXPECT_EQ(unit->Commit(), Code::kAborted); });
  usleep(100'000);
  EXPECT_TRUE(server_->Start());  // here: it ends with the thread that starts it
  commits.join();
  unit.reset();
  EXPECT_EQ(Venues(), "1");
  EXPECT_EQ(CommitVenue(2, AtCommit::kLoseReply), Code::kOk);
}

TEST_F(PostgresCommit, OfAFailedTransactionIsNoSuccess) {
  const auto connection = Connect(home_->uri());
  connection->Queue({"BEGIN"});
  ASSERT_TRUE(connection->Run(postgres::Phase::kWork, Soon()).ok());
  connection->Queue({"SELECT 1/0"});
  EXPECT_FALSE(connection->Run(postgres::Phase::kWork, Soon()).ok());
  connection->Queue({"COMMIT"});
  std::vector<postgres::ResultPtr> results;
  ASSERT_TRUE(connection->Run(postgres::Phase::kCommit, Soon(), &results).ok());
  EXPECT_STREQ(postgres::Pq().cmdStatus(results.at(0).get()), "ROLLBACK");
}

}  // namespace
}  // namespace seathold::testing
