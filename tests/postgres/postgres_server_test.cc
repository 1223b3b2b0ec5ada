// What the server and libpq do that nobody would guess, where the storage leans on it.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "src/storage/postgres/core.h"
#include "src/storage/postgres/rows.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

using postgres::Phase;

class PostgresServer : public PostgresTest {
 protected:
  static Status RunAlone(postgres::Connection* connection, const postgres::Sql& sql,
                         std::vector<postgres::ResultPtr>* results) {
    connection->Queue(sql);
    return connection->Run(Phase::kWork, Soon(), results);
  }
  static Status RunAlone(postgres::Connection* connection, const postgres::Sql& sql) {
    std::vector<postgres::ResultPtr> results;
    return RunAlone(connection, sql, &results);
  }
  void Set(const std::string& setting, const std::string& value) {
    server_->Run("ALTER SYSTEM SET " + setting + " = " + value);
    server_->Run("SELECT pg_reload_conf()::text");
    for (int i = 0; i < 500 && server_->Ask("SHOW " + setting) != value; ++i) usleep(10'000);
  }
  void Reset(const std::string& setting) {
    server_->Run("ALTER SYSTEM RESET " + setting);
    server_->Run("SELECT pg_reload_conf()::text");
  }
  std::string Sessions(const std::string& condition) const {
    return server_->Ask("SELECT count(*)::text FROM pg_stat_activity WHERE " + condition);
  }
};

// Commits
// -------------------------------------------------------------

// The WAL of a COMMIT that had no answer is lost with the server, and its transaction id is given
// to the next one: only the row that it wrote says that it never was.
TEST_F(PostgresServer, ThatLosesACommitInItsSleepIsBelievedByTheRowAndNotByTheId) {
  Set("commit_siblings", "0");
  Set("commit_delay", "100000");
  auto unit = Begin(storage_.get());
  ASSERT_TRUE(unit->Apply(OneVenue(1), {}).ok());
  Status status;
  std::thread commits([&] { status = unit->Commit(); });
  usleep(40'000);
  server_->Kill9();
  ASSERT_TRUE(server_->Start());
  for (int i = 0; i < 3; ++i) server_->Run("SELECT pg_current_xact_id()::text");  // strangers
  commits.join();
  unit.reset();
  EXPECT_EQ(Venues(), status.ok() ? "1" : "0");
  EXPECT_TRUE(status.ok() || status == Code::kAborted) << status.text();
  Reset("commit_delay");
  Reset("commit_siblings");
}

// Behind a lost connection libpq calls what was not answered "aborted": the server said no such
// thing.
TEST_F(PostgresServer, ThatLeavesInTheMiddleOfAGroupHasAbortedNothing) {
  for (const auto& [phase, code] :
       {std::pair(Phase::kWork, Code::kBusy), std::pair(Phase::kCommit, Code::kOutcomeUnknown)}) {
    auto connection = Connect(home_->uri());
    connection->Queue({"BEGIN"});
    connection->Queue({"SELECT pg_terminate_backend(pg_backend_pid())"});
    connection->Queue({"SELECT 1"});
    connection->Queue({"COMMIT"});
    EXPECT_EQ(connection->Run(phase, Soon()), code);
    EXPECT_FALSE(connection->usable());
  }
}

// Sessions
// -------------------------------------------------------------

TEST_F(PostgresServer, IsToldToRollBackAtOnceWhereAUnitMetAnError) {
  ASSERT_TRUE(Write(storage_.get(), OneVenue(1)).ok());
  auto unit = Begin(storage_.get());
  EXPECT_EQ(unit->Apply(OneVenue(1), {}), Code::kAborted);
  // The unit is not yet gone, and holds nobody up.
  EXPECT_EQ(Sessions("state LIKE 'idle in transaction%'"), "0");
}

TEST_F(PostgresServer, ThatStandsStillCutsNoCallLoose) {
  AddPerformance(1);
  auto unit = Begin(storage_.get(), In(300));
  server_->Freeze();
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(Lock(*unit, Performance(1)), Code::kBusy);
  EXPECT_LT(SinceMs(from), 1'000);
  unit.reset();
  EXPECT_EQ(storage_->Begin(Access::kWrite, In(100)).status(), Code::kBusy);
  EXPECT_EQ(storage_->ForeignCommits(In(100)).status(), Code::kBusy);
  EXPECT_LT(SinceMs(from), 2'000);
  server_->Thaw();
  EXPECT_EQ(Write(storage_.get(), OneVenue(1)), Code::kOk);
}

TEST_F(PostgresServer, ThatClosedIsWrittenToWithoutASignal) {
  struct sigaction before {};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &before), 0);
  ASSERT_EQ(before.sa_handler, SIG_DFL);
  auto connection = Connect(home_->uri());
  server_->Run(
      "SELECT count(pg_terminate_backend(pid, 5000))::text FROM pg_stat_activity "
      "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
  postgres::Params params;
  params.Add(std::string(1 << 20, 'x'));
  for (int i = 0; i < 8; ++i) connection->Queue({"SELECT length($1)"}, params);
  EXPECT_EQ(connection->Run(Phase::kWork, Soon()), Code::kBusy);
}

TEST_F(PostgresServer, IsNoneOfTheBusinessOfProgramsThatTheHostStarts) {
  int sockets = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string is = std::filesystem::read_symlink(file, gone).string();
    if (!is.starts_with("socket:")) continue;
    ++sockets;
    const int flags = fcntl(std::stoi(file.path().filename()), F_GETFD);
    EXPECT_TRUE(flags < 0 || (flags & FD_CLOEXEC) != 0) << is;
  }
  EXPECT_GE(sockets, 1);
}

TEST_F(PostgresServer, ThatForgotAStatementIsAskedOnANewConnection) {
  auto connection = Connect(home_->uri());
  ASSERT_TRUE(RunAlone(connection.get(), {"SELECT 1", "one"}).ok());
  ASSERT_TRUE(RunAlone(connection.get(), {"DEALLOCATE ALL"}).ok());
  EXPECT_EQ(RunAlone(connection.get(), {"SELECT 1", "one"}), Code::kAborted);
  EXPECT_FALSE(connection->usable());
}

// Locks and what is read behind them
// -------------------------------------------------------------

// A statement that waited for a lock sees the locked row as it is, and everything else as it was.
TEST_F(PostgresServer, IsAskedForRowsBehindTheLockThatGuardsThem) {
  ASSERT_TRUE(Write(storage_.get(), SampleSale().Changes()).ok());
  const SeatRecord seat = SampleSale().seats.at(0);
  const std::uint64_t performance = seat.performance.value;
  auto holder = HoldPerformance(performance);
  ASSERT_TRUE(RunAlone(holder.get(),
                       {"UPDATE " + home_->schema() +
                        ".seats SET version = 77 WHERE ordinal = " + std::to_string(seat.ordinal)})
                  .ok());
  auto unit = Begin(storage_.get());
  std::thread commits([&] {
    usleep(200'000);
    EXPECT_TRUE(RunAlone(holder.get(), {"COMMIT"}).ok());
  });
  KeySet keys;
  keys.Add<SeatRecord>(seat.key());
  RecordSet rows;
  ASSERT_TRUE(unit->Load(keys, &rows).ok());
  commits.join();
  ASSERT_EQ(rows.of<SeatRecord>().rows.size(), 1u);
  EXPECT_EQ(rows.of<SeatRecord>().rows[0].version, 77u);
}

// Who waits for the lowest id has none of the others yet: there is no circle to wait in.
TEST_F(PostgresServer, LocksInTheOrderOfIdsWhateverTheOrderInWhichTheyAreAskedFor) {
  for (std::uint64_t id = 1; id <= 3; ++id) AddPerformance(id);
  auto holder = HoldPerformance(1);
  auto unit = Begin(storage_.get());
  KeySet keys;
  for (const std::uint64_t id : {3, 1, 2}) {
    keys.Add<PerformanceStateRecord>({PerformanceId{id}});
  }
  std::thread locks([&] { EXPECT_EQ(Lock(*unit, keys), Code::kOk); });
  for (int i = 0; i < 500 && Sessions("wait_event_type = 'Lock'") == "0"; ++i) usleep(10'000);
  for (const char* id : {"2", "3"}) {
    auto other = Connect(server_->Uri());
    EXPECT_EQ(RunAlone(other.get(),
                       {"SELECT FROM " + home_->schema() +
                        ".performance_state WHERE performance = " + id + " FOR UPDATE NOWAIT"}),
              Code::kOk);
  }
  holder.reset();
  locks.join();
}

TEST_F(PostgresServer, IsToldHowLongALockMayTakeInMilliseconds) {
  auto connection = Connect(home_->uri());
  const auto target = postgres::ParseTarget(home_->uri());
  postgres::QueueBegin(connection.get(), *target, Access::kWrite, In(60'000), 1);
  std::vector<postgres::ResultPtr> results;
  ASSERT_TRUE(
      RunAlone(connection.get(),
               {"SELECT setting::bigint::text FROM pg_settings WHERE name = 'lock_timeout'"},
               &results)
          .ok());
  const int ms = std::stoi(postgres::Pq().getvalue(results.back().get(), 0, 0));
  EXPECT_LE(ms, 60'000);
  EXPECT_GT(ms, 30'000);
}

// A lock on a row that others refer to would hold up whoever writes such a reference.
TEST_F(PostgresServer, HasNoForeignKeyOfOurs) {
  EXPECT_EQ(server_->Ask("SELECT count(*)::text FROM pg_constraint WHERE contype = 'f' AND "
                         "connamespace = '" +
                         home_->schema() + "'::regnamespace"),
            "0");
}

// For a few rows and for a thousand, in a table that is large and of which nothing is known.
TEST_F(PostgresServer, FindsRowsByTheirIndexHoweverManyAreAskedFor) {
  const std::string seats = home_->schema() + ".seats";
  for (const char* size : {"1", "1000"}) {
    auto connection = Connect(home_->uri());
    const auto target = postgres::ParseTarget(home_->uri());
    postgres::QueueBegin(connection.get(), *target, Access::kWrite, Soon(), 1);
    ASSERT_TRUE(connection->Run(Phase::kWork, Soon()).ok());
    for (const auto& [name, text] :
         {std::pair("asked", &postgres::SqlOf<SeatRecord>().load.text),
          {"changed", &postgres::SqlOf<SeatRecord>().load_locked.text}}) {
      ASSERT_TRUE(RunAlone(connection.get(),
                           {std::string("PREPARE ") + name + "(bigint[], bigint[]) AS " + *text})
                      .ok());
      std::vector<postgres::ResultPtr> results;
      ASSERT_TRUE(
          RunAlone(connection.get(),
                   {std::string("EXPLAIN EXECUTE ") + name + "(array_fill(1::bigint, ARRAY[" +
                    size + "]), array_fill(1::bigint, " + "ARRAY[" + size + "]))"},
                   &results)
              .ok());
      std::string plan;
      for (int row = 0; row < postgres::Pq().ntuples(results[0].get()); ++row) {
        plan += std::string(postgres::Pq().getvalue(results[0].get(), row, 0)) + "\n";
      }
      EXPECT_NE(plan.find("seats_pkey"), plan.npos) << plan;
      EXPECT_EQ(plan.find("Seq Scan"), plan.npos) << plan;
    }
  }
}

// Opening
// -------------------------------------------------------------

TEST_F(PostgresServer, ThatIsEmptyIsOpenedByEightProcessesAtOnce) {
  server_->Run("DROP SCHEMA " + home_->schema() + " CASCADE");
  int gate[2];
  ASSERT_EQ(pipe(gate), 0);
  std::vector<pid_t> starters;
  for (int i = 0; i < 8; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      close(gate[1]);
      char none;
      (void)!read(gate[0], &none, 1);  // until all are there
      auto storage = home_->Make();
      const bool opened = storage->Open({.busy_ms = 30'000}).ok();
      const ChangeSet venue = OneVenue(static_cast<std::uint64_t>(i + 1));
      _exit(opened && Write(storage.get(), venue).ok() ? 0 : 1);
    }
    starters.push_back(pid);
  }
  close(gate[0]);
  close(gate[1]);
  for (const pid_t starter : starters) {
    int status = -1;
    EXPECT_EQ(waitpid(starter, &status, 0), starter);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Venues(), "8");
  EXPECT_EQ(server_->Ask("SELECT count(*)::text FROM " + home_->schema() + ".control"), "1");
}

TEST_F(PostgresServer, WhoseSchemaIsNewerIsRefusedBeforeAnythingIsWritten) {
  server_->Run("UPDATE " + home_->schema() + ".control SET schema_version = 9, oldest_writer = 9");
  const std::string before =
      server_->Ask("SELECT sum(commits)::text FROM " + home_->schema() + ".writers");
  for (const bool read_only : {false, true}) {
    EXPECT_EQ(home_->Make()->Open({.read_only = read_only}).status(), Code::kNewerSchema);
  }
  EXPECT_EQ(Write(storage_.get(), OneVenue(1)), Code::kNewerSchema);
  EXPECT_EQ(server_->Ask("SELECT sum(commits)::text FROM " + home_->schema() + ".writers"), before);
  // A newer one that older releases may write is opened.
  server_->Run("UPDATE " + home_->schema() + ".control SET oldest_writer = 1");
  EXPECT_TRUE(home_->Make()->Open({}).ok());
  EXPECT_EQ(Write(storage_.get(), OneVenue(1)), Code::kOk);
  server_->Run("UPDATE " + home_->schema() + ".control SET schema_version = 1");
}

}  // namespace
}  // namespace seathold::testing
