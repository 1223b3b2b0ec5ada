// Units among other processes, other sessions, and servers that go away.
#include <atomic>
#include <thread>

#include "src/storage/postgres/core.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

using PostgresUnit = PostgresTest;

TEST_F(PostgresUnit, OfAnotherPerformanceDoesNotWait) {
  AddPerformance(1);
  AddPerformance(2);
  auto other = Open(home_->uri());
  auto first = Begin(storage_.get());
  ASSERT_TRUE(Lock(*first, Performance(1)).ok());
  auto second = Begin(other.get(), In(500));
  EXPECT_TRUE(Lock(*second, Performance(2)).ok());
}

TEST_F(PostgresUnit, OfTheSamePerformanceWaitsForItsDeadlineOnly) {
  AddPerformance(1);
  auto other = Open(home_->uri());
  auto first = Begin(storage_.get());
  ASSERT_TRUE(Lock(*first, Performance(1)).ok());
  auto second = Begin(other.get(), In(150));
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(Lock(*second, Performance(1)), Code::kBusy);
  EXPECT_GE(SinceMs(from), 100);
  EXPECT_LT(SinceMs(from), 600);
}

// Locks are waited for one after the other, and the server's timeout counts for each.
TEST_F(PostgresUnit, KeepsItsDeadlineOverManyWaits) {
  KeySet keys;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    AddPerformance(id);
    keys.Add<PerformanceStateRecord>({PerformanceId{id}});
  }
  keys.Seal();
  std::vector<std::unique_ptr<postgres::Connection>> holders;
  for (std::uint64_t id = 1; id <= 5; ++id) holders.push_back(HoldPerformance(id));
  std::thread lets_go([&] {
    for (auto& holder : holders) usleep(150'000), holder.reset();
  });
  auto unit = Begin(storage_.get(), In(200));
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(Lock(*unit, keys), Code::kBusy);
  EXPECT_LT(SinceMs(from), 600);
  lets_go.join();
}

TEST_F(PostgresUnit, ReadsTheClockBehindItsLastLock) {
  AddPerformance(1);
  auto holder = HoldPerformance(1);
  std::atomic<std::int64_t> let_go_us{0};
  std::thread lets_go([&] {
    usleep(400'000);
    const std::string now =
        server_->Ask("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text");
    let_go_us = std::stoll(now);
    holder.reset();  // it only locked: nothing of the row has changed
  });
  auto unit = Begin(storage_.get());
  ASSERT_TRUE(Lock(*unit, Performance(1)).ok());
  lets_go.join();
  ASSERT_TRUE(unit->Now().has_value());
  EXPECT_GE(unit->Now()->value, let_go_us);
}

TEST_F(PostgresUnit, SeesTheMarkOfWhoHadTheLockBefore) {
  AddPerformance(1);
  auto other = Open(home_->uri());
  auto first = Begin(storage_.get());
  ASSERT_TRUE(Lock(*first, Performance(1)).ok());
  auto second = Begin(other.get());
  std::thread commits([&] {
    usleep(100'000);
    EXPECT_TRUE(first->Apply({}, TimeUs{777}).ok());
    EXPECT_TRUE(first->Commit().ok());
  });
  ASSERT_TRUE(Lock(*second, Performance(1)).ok());
  commits.join();
  EXPECT_EQ(second->time_mark(), TimeUs{777});
}

// What the database, the role or a pooler's last client set counts for nothing.
TEST_F(PostgresUnit, IsReadCommittedWhateverTheDatabaseSays) {
  AddPerformance(1);
  for (const char* setting : {"default_transaction_isolation = 'repeatable read'",
                              "default_transaction_read_only = on"}) {
    server_->Run(std::string("ALTER ROLE postgres SET ") + setting);
  }
  auto other = Open(home_->uri());
  for (const char* setting : {"default_transaction_isolation", "default_transaction_read_only"}) {
    auto plain = Connect(server_->Uri("options=-cdefault_transaction_read_only%3Doff"));
    plain->Queue({std::string("ALTER ROLE postgres RESET ") + setting});
    EXPECT_TRUE(plain->Run(postgres::Phase::kWork, Soon()).ok());
  }
  auto holder = HoldPerformance(1);
  holder->Queue({"UPDATE " + home_->schema() + ".performance_state SET feed = 9"});
  ASSERT_TRUE(holder->Run(postgres::Phase::kWork, Soon()).ok());
  auto unit = Begin(other.get());
  std::thread commits([&] {
    usleep(200'000);
    holder->Queue({"COMMIT"});
    EXPECT_TRUE(holder->Run(postgres::Phase::kWork, Soon()).ok());
  });
  ASSERT_TRUE(Lock(*unit, Performance(1)).ok());
  commits.join();
  RecordSet rows;
  ASSERT_TRUE(unit->Load(Performance(1), &rows).ok());
  EXPECT_EQ(rows.of<PerformanceStateRecord>().rows.at(0).feed, 9u);
  ASSERT_TRUE(unit->Apply(OneVenue(1), {}).ok());
  EXPECT_EQ(unit->Commit(), Code::kOk);
}

TEST_F(PostgresUnit, IsSyncedWhateverTheSessionSays) {
  for (const auto& [said, kept] : {std::pair("off", "on"), {"remote_write", "remote_write"}}) {
    const std::string uri = home_->uri(std::string("options=-csynchronous_commit%3D") + said);
    auto connection = Connect(uri);
    postgres::QueueBegin(connection.get(), *postgres::ParseTarget(uri), Access::kWrite, Soon(), 1);
    connection->Queue({"SHOW synchronous_commit"});
    std::vector<postgres::ResultPtr> results;
    ASSERT_TRUE(connection->Run(postgres::Phase::kWork, Soon(), &results).ok());
    EXPECT_STREQ(postgres::Pq().getvalue(results.back().get(), 0, 0), kept);
  }
}

TEST_F(PostgresUnit, LocksWhatItReadsWithoutHavingSaidSo) {
  AddPerformance(1);
  auto other = Open(home_->uri());
  auto unit = Begin(storage_.get());
  KeySet seat;
  seat.Add<SeatRecord>({PerformanceId{1}, 0});
  RecordSet rows;
  ASSERT_TRUE(unit->Load(seat, &rows).ok());
  auto late = Begin(other.get(), In(100));
  EXPECT_EQ(late->Load(seat, &rows), Code::kBusy);
}

TEST_F(PostgresUnit, LosesNoUpdateAmongProcesses) {
  constexpr int kProcesses = 3, kTurns = 20;
  ChangeSet first;
  Insert(&first, SequenceRecord{SequenceName::kUser, 0});
  ASSERT_TRUE(Write(storage_.get(), first).ok());
  std::atomic<int> failures{0};
  std::vector<std::thread> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([&] {
      auto storage = Open(home_->uri());
      for (int turn = 0; turn < kTurns; ++turn) {
        auto unit = Begin(storage.get());
        KeySet key;
        key.Add<SequenceRecord>({SequenceName::kUser});
        RecordSet rows;
        ChangeSet changes;
        if (!unit->Load(key, &rows).ok()) ++failures;
        SequenceRecord row = rows.of<SequenceRecord>().rows.at(0);
        ++row.next;
        Update(&changes, row);
        if (!unit->Apply(changes, {}).ok() || !unit->Commit().ok()) ++failures;
      }
    });
  }
  for (auto& process : processes) process.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(server_->Ask("SELECT next::text FROM " + home_->schema() + ".sequences"),
            std::to_string(kProcesses * kTurns));
}

TEST_F(PostgresUnit, AnInsertThatAnotherProcessMadeMeanwhileIsAborted) {
  auto other = Open(home_->uri());
  auto first = Begin(storage_.get());
  auto second = Begin(other.get());
  ASSERT_TRUE(first->Apply(OneVenue(1), {}).ok());
  Status status;
  std::thread waits([&] { status = second->Apply(OneVenue(1), {}); });
  usleep(100'000);
  ASSERT_TRUE(first->Commit().ok());
  waits.join();
  EXPECT_EQ(status, Code::kAborted);
}

TEST_F(PostgresUnit, CommitsOfOthersAreForeign) {
  auto other = Open(home_->uri());
  ASSERT_TRUE(Write(storage_.get(), OneVenue(1)).ok());
  const auto before = storage_->ForeignCommits(Soon());
  ASSERT_TRUE(Write(other.get(), OneVenue(2)).ok());
  const auto after = storage_->ForeignCommits(Soon());
  EXPECT_NE(before.value(), after.value());
  ASSERT_TRUE(other->Close().ok());
  EXPECT_EQ(storage_->ForeignCommits(Soon()).value(), after.value());
  EXPECT_EQ(server_->Ask("SELECT count(*)::text FROM " + home_->schema() + ".writers"), "2");
}

TEST_F(PostgresUnit, AKeyTwiceIsRefusedAndNothingIsWritten) {
  ChangeSet changes = OneVenue(1);
  changes.of<VenueRecord>().changes.push_back(changes.of<VenueRecord>().changes[0]);
  EXPECT_EQ(Write(storage_.get(), changes), Code::kInternal);
  AddPerformance(1);
  ChangeSet updates;
  Update(&updates, State(1, 2), 1);
  Update(&updates, State(1, 3), 1);
  EXPECT_EQ(Write(storage_.get(), updates), Code::kInternal);
  EXPECT_EQ(Venues(), "0");
}

TEST_F(PostgresUnit, TextThatIsNotUtf8IsRefusedAndTheUnitIsOver) {
  ChangeSet changes = OneVenue(1);
  changes.of<VenueRecord>().changes[0].row.name = "\xC3\x28";
  EXPECT_EQ(Write(storage_.get(), changes), Code::kInvalidText);
  EXPECT_EQ(Write(storage_.get(), OneVenue(1)), Code::kOk);
}

// Servers and connections that go away
// -------------------------------------------------------------

TEST_F(PostgresUnit, BeginsAnewWhereAnIdleConnectionWasEnded) {
  ASSERT_TRUE(Write(storage_.get(), OneVenue(1)).ok());
  server_->Run(
      "SELECT count(pg_terminate_backend(pid, 5000))::text FROM pg_stat_activity "
      "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
  EXPECT_EQ(Write(storage_.get(), OneVenue(2)), Code::kOk);
  EXPECT_TRUE(storage_->ForeignCommits(Soon()).ok());
}

TEST_F(PostgresUnit, ThatIsEndedByTheServerHadNoEffect) {
  for (const bool applied : {false, true}) {
    auto unit = Begin(storage_.get());
    if (applied) {
      ASSERT_TRUE(unit->Apply(OneVenue(1), {}).ok());
    }
    server_->Run(
        "SELECT count(pg_terminate_backend(pid, 5000))::text FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
    if (applied) {
      EXPECT_EQ(unit->Commit(), Code::kAborted);
    } else {
      EXPECT_EQ(unit->Apply(OneVenue(1), {}), Code::kBusy);
    }
    unit.reset();
    EXPECT_EQ(Venues(), "0");
  }
}

TEST_F(PostgresUnit, IsBusyWhileTheServerIsAwayAndGoesOnBehindIt) {
  ASSERT_TRUE(Write(storage_.get(), OneVenue(1)).ok());
  server_->Kill9();
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(storage_->Begin(Access::kWrite, In(500)).status(), Code::kBusy);
  EXPECT_LT(SinceMs(from), 1'000);
  ASSERT_TRUE(server_->Start());
  EXPECT_EQ(Write(storage_.get(), OneVenue(2)), Code::kOk);
  EXPECT_EQ(Venues(), "2");
}

TEST_F(PostgresUnit, DoesNotWaitForAServerThatStandsStill) {
  auto fresh = NewPostgresStorage({.uri = home_->uri()});
  server_->Freeze();
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(fresh->Open({.busy_ms = 300}).status(), Code::kBusy);
  EXPECT_LT(SinceMs(from), 800);
  server_->Thaw();
  EXPECT_TRUE(fresh->Open({}).ok());
}

TEST_F(PostgresUnit, APreparedStatementThatIsGoneIsMadeAgain) {
  ASSERT_TRUE(Write(storage_.get(), OneVenue(1)).ok());
  // A migration beside it: the type of a column is another one.
  server_->Run("ALTER TABLE " + home_->schema() + ".venues ALTER COLUMN name TYPE varchar(99)");
  KeySet key;
  key.Add<VenueRecord>({VenueId{1}});
  Status status(Code::kAborted);
  for (int tries = 0; tries < 2 && status == Code::kAborted; ++tries) {
    RecordSet rows;
    status = Begin(storage_.get())->Load(key, &rows);
  }
  EXPECT_EQ(status, Code::kOk);
  server_->Run("ALTER TABLE " + home_->schema() + ".venues ALTER COLUMN name TYPE text");
}

TEST_F(PostgresUnit, AValueThatIsNotOursIsNamed) {
  ASSERT_TRUE(Write(storage_.get(), SampleSale().Changes()).ok());
  server_->Run("UPDATE " + home_->schema() + ".holds SET currency = 'e'");
  KeySet keys;
  for (const HoldRecord& hold : SampleSale().holds) keys.Add<HoldRecord>(hold.key());
  keys.Seal();
  RecordSet rows;
  auto unit = storage_->Begin(Access::kRead, Soon());
  const Status status = unit.value()->Load(keys, &rows);
  EXPECT_EQ(status, Code::kStorageCorrupt);
  EXPECT_NE(std::string(status.text()).find("holds, column currency"), std::string::npos)
      << status.text();
}

}  // namespace
}  // namespace seathold::testing
