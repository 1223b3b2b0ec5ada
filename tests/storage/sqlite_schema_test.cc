// The database as other programs see it, the audit over rows that they broke, and the small parts
// of the SQLite storage.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "src/storage/audit_checks.h"
#include "src/storage/json_lists.h"
#include "src/storage/sqlite/core.h"
#include "src/storage/sqlite/db_connection.h"
#include "src/storage/sqlite/schema.h"
#include "src/storage/sqlite/table_sql.h"
#include "tests/storage/sqlite_tools.h"

namespace seathold::testing {
namespace {

TEST(SqliteSchema, HasTheColumnsOfEveryRecordAndNoOthers) {
  SqliteHome home;
  ASSERT_TRUE(home.Make()->Open({}).ok());
  PlainSql sql(home.path());
  ForEachRecord(AllRecords{}, [&]<class R>() {
    const std::string table = R::kTable;
    const auto names = ColumnsOf<R>();
    EXPECT_EQ(sql.Ask("SELECT name FROM pragma_table_info('" + table + "')"), names.all);
    EXPECT_EQ(
        sql.Ask("SELECT name FROM pragma_table_info('" + table + "') WHERE pk > 0 ORDER BY pk"),
        names.keys);
    EXPECT_EQ(sql.Ask("SELECT strict FROM pragma_table_list('" + table + "')"),
              std::vector<std::string>{"1"});
  });
}

// Text for text: an older release may read what it was made with, and a new database takes this
// step before it takes the others.
TEST(SqliteSchema, TheFirstStepMakesWhatRelease01Made) {
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  SqliteHome home;
  std::ofstream(home.path()) << Bytes(std::string(source == nullptr ? "." : source) +
                                      "/tests/fixtures/0.1/hall.db");
  const char* ask = "SELECT name, sql FROM sqlite_schema ORDER BY name";
  const auto theirs = PlainSql(home.path()).Ask(ask);
  ASSERT_GT(theirs.size(), 40u);

  SqliteHome fresh;
  std::ofstream(fresh.path()).flush();
  auto connection = sqlite::DbConnection::Open(fresh.path(), "", Soon());
  ASSERT_TRUE(connection.ok()) << connection.status().text();
  std::uint32_t version = 0;
  const auto first = sqlite::MigrationSteps().first(1);
  ASSERT_EQ(sqlite::Migrate(connection->get(), first, &version), SQLITE_OK);
  EXPECT_EQ(PlainSql(fresh.path()).Ask(ask), theirs);
}

// The keys come first and each finds its row: a table that was scanned for each of them would be
// right, and slow without anybody noticing.
TEST(SqliteSchema, FindsEveryRecordByItsKey) {
  SqliteHome home;
  ASSERT_TRUE(home.Make()->Open({}).ok());
  auto connection = sqlite::DbConnection::Open(home.path(), "", {});
  ASSERT_TRUE(connection.ok()) << connection.status().text();
  ForEachRecord(AllRecords{}, [&]<class R>() {
    static const std::string sql = "EXPLAIN QUERY PLAN " + sqlite::LoadSql<R>();
    int code = SQLITE_OK;
    sqlite3_stmt* statement = (*connection)->Prepared(sql, &code);
    ASSERT_NE(statement, nullptr) << sql << ": " << code;
    std::string plan;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      plan += reinterpret_cast<const char*>(sqlite3_column_text(statement, 3));
      plan += '\n';
    }
    EXPECT_NE(plan.find(std::string("SEARCH ") + R::kTable), std::string::npos) << plan;
  });
}

TEST(SqliteSchema, ViewsSayWhoHoldsWhatInWords) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), SampleSale().Changes()).ok());
  ChangeSet plan;
  for (std::uint32_t i = 0; i < 8; ++i) {
    PlanSeatRecord seat;
    seat.venue = {1};
    seat.ordinal = i;
    seat.guid = "guid-" + std::to_string(i);
    seat.number = std::to_string(i + 1);
    Insert(&plan, seat);
  }
  PlanRowRecord row;
  row.venue = {1};
  row.section = "Stalls";
  row.name = "A";
  Insert(&plan, row);
  ASSERT_TRUE(ApplyTo(storage.get(), plan).ok());

  PlainSql sql(home.path());
  using Words = std::vector<std::string>;
  const char* states = "SELECT state, count(*) FROM v_seats GROUP BY 1 ORDER BY 1";
  // The holds of this sale lapsed in 1970, and nobody has written that.
  const Words lapsed{"available", "4", "blocked", "1", "sold", "3"};
  EXPECT_EQ(sql.Ask(states), lapsed);
  EXPECT_EQ(sql.Ask("SELECT count(*) FROM v_seats WHERE state = 'available' AND (hold IS NOT NULL "
                    "OR user IS NOT NULL OR held_until IS NOT NULL)"),
            Words{"0"});
  sql.Ask("UPDATE seats SET expires_at_us = 4102444800000000 WHERE state = 1");
  EXPECT_EQ(sql.Ask(states), (Words{"available", "2", "blocked", "1", "held", "2", "sold", "3"}));
  EXPECT_EQ(sql.Ask("SELECT guid, section, \"row\", number, user, held_until FROM v_seats "
                    "WHERE ordinal = 3"),
            (Words{"guid-3", "Stalls", "A", "4", "12", "2100-01-01T00:00:00Z"}));
  sql.Ask("UPDATE control SET time_mark_us = 4102444800000000");
  EXPECT_EQ(sql.Ask(states), lapsed) << "the mark tells, too";
  EXPECT_EQ(
      sql.Ask("SELECT guid, user, price_minor, currency, tender FROM v_sales ORDER BY ordinal"),
      (Words{"guid-0", "10", "4500", "EUR", "wallet", "guid-1", "10", "4500", "EUR", "wallet",
             "guid-2", "11", "4500", "EUR", "external"}));
  EXPECT_EQ(
      sql.Ask("SELECT kind, debit_account, credit_account, amount_minor FROM v_ledger "
              "ORDER BY transfer"),
      (Words{"charge",    "external", "user:10",  "20000",     "payment", "user:10", "revenue:1",
             "9000",      "payment",  "external", "revenue:1", "4500",    "payment", "user:10",
             "revenue:1", "4500",     "refund",   "revenue:1", "user:10", "4500"}));
}

TEST(SqliteSchema, RefusesRowsThatNoRuleShouldMake) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ChangeSet negative, late;
  Insert(&negative, BalanceRecord{{1}, *ParseCurrency("EUR"), -1, 0});
  EXPECT_EQ(ApplyTo(storage.get(), negative), Code::kInternal);
  // A second payment of one hold, by whatever mistake.
  const SampleSale sale;
  ASSERT_TRUE(ApplyTo(storage.get(), sale.Changes()).ok());
  TransferRecord twice = sale.transfers[1];
  twice.transfer.value = NumberedId(250);
  twice.line = 9;
  Insert(&late, twice);
  EXPECT_EQ(ApplyTo(storage.get(), late), Code::kAborted);
  EXPECT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
}

struct SqlBreak {
  const char* check;
  const char* sql;
};

constexpr SqlBreak kSqlBreaks[] = {
    {audit::kSeatsComplete, "DELETE FROM seats WHERE ordinal = 7"},
    {audit::kSeatsComplete, "DELETE FROM performances"},
    {audit::kOneOwnerASeat, "UPDATE seats SET state = 2, hold = randomblob(16) WHERE ordinal = 7"},
    {audit::kOneOwnerASeat, "UPDATE seats SET \"user\" = 77 WHERE ordinal = 0"},
    {audit::kOneOwnerASeat, "UPDATE seats SET expires_at_us = 1 WHERE ordinal = 3"},
    {audit::kOneOwnerASeat, "UPDATE holds SET state = 4 WHERE \"user\" = 12"},
    {audit::kOneOwnerASeat,
     "UPDATE holds SET seats = '[[0,0,4500],[7,0,4500]]' WHERE total_minor = "
     "9000 AND state = 2"},
    {audit::kHoldsOwnTheirSeats,
     "UPDATE seats SET state = 0, hold = NULL, \"user\" = 0, "
     "expires_at_us = 0 WHERE ordinal = 3"},
    {audit::kHoldsOwnTheirSeats, "UPDATE holds SET seats = '[]', total_minor = 0 WHERE state = 1"},
    {audit::kHoldsOwnTheirSeats, "UPDATE holds SET state = 1 WHERE state = 5"},
    {audit::kHoldsOwnTheirSeats,
     "UPDATE holds SET seats = '[[0,0,4500],[4,0,4500]]' WHERE state = 1"},
    {audit::kFreeSeatsUnowned, "UPDATE seats SET \"user\" = 5 WHERE ordinal = 7"},
    {audit::kFreeSeatsUnowned, "UPDATE seats SET hold = randomblob(16) WHERE ordinal = 6"},
    {audit::kHoldTotals, "UPDATE holds SET total_minor = total_minor - 1 WHERE state = 1"},
    {audit::kHoldTotals, "UPDATE holds SET seats = '[[3,0,4500' WHERE state = 1"},
    {audit::kBlocksMatchSeats, "DELETE FROM blocks"},
    {audit::kBlocksMatchSeats, "INSERT INTO blocks VALUES (1, 7, 'x', 0)"},
    {audit::kPerformanceCounters, "UPDATE performance_state SET sold = sold + 1"},
    {audit::kPerformanceCounters, "UPDATE performance_state SET blocked = 0"},
    {audit::kPerformanceCounters, "DELETE FROM performance_state"},
    {audit::kLimitsConfirmed, "UPDATE limits SET confirmed = confirmed + 1 WHERE \"user\" = 10"},
    {audit::kLimitsConfirmed, "UPDATE limits SET confirmed = 1 WHERE \"user\" = 12"},
    {audit::kLimitsConfirmed, "DELETE FROM limits WHERE \"user\" = 11"},
    {audit::kLimitsLive, "UPDATE limits SET live = '[]' WHERE \"user\" = 12"},
    {audit::kLimitsLive, "UPDATE limits SET live = '[[\"00\",1,9000]]' WHERE \"user\" = 10"},
    {audit::kLimitsLive, "UPDATE limits SET live = '[[' WHERE \"user\" = 10"},
    {audit::kLedgerSumsToZero, "UPDATE balances SET balance_minor = balance_minor + 1"},
    {audit::kLedgerSumsToZero, "UPDATE transfers SET amount_minor = 1 WHERE kind = 1"},
    {audit::kLedgerSumsToZero, "UPDATE transfers SET amount_minor = 9223372036854775807"},
    {audit::kBalancesMatchTransfers, "UPDATE balances SET balance_minor = balance_minor - 1"},
    {audit::kBalancesMatchTransfers, "DELETE FROM balances"},
    {audit::kBalanceAfterChain, "UPDATE transfers SET balance_after_minor = 1 WHERE line = 2"},
    {audit::kStatementLinesGapFree, "UPDATE transfers SET line = 7 WHERE line = 4"},
    {audit::kStatementLinesGapFree, "UPDATE balances SET transfers = 5"},
    {audit::kStatementLinesGapFree, "UPDATE transfers SET line = 0 WHERE line = 4"},
    {audit::kOneDebitAReservation, "DELETE FROM transfers WHERE kind = 3 AND tender = 1"},
    {audit::kOneDebitAReservation, "UPDATE transfers SET amount_minor = 1 WHERE kind = 3"},
    {audit::kOneDebitAReservation, "UPDATE holds SET payment = NULL WHERE state = 2"},
    {audit::kOneDebitAReservation, "UPDATE transfers SET code = 1002 WHERE kind = 3"},
    {audit::kOneDebitAReservation,
     "DROP INDEX transfers_of_hold; INSERT INTO transfers SELECT randomblob(16), kind, code, "
     "debit, credit, \"user\", currency, amount_minor, performance, hold, tender, reference, "
     "expected_minor, balance_after_minor, 0, created_at_us FROM transfers WHERE kind = 3 AND "
     "tender = 2"},
    {audit::kOneRefundAtMost, "DELETE FROM transfers WHERE kind = 4"},
    {audit::kOneRefundAtMost,
     "DROP INDEX transfers_of_hold; INSERT INTO transfers SELECT randomblob(16), kind, code, "
     "debit, credit, \"user\", currency, amount_minor, performance, hold, tender, reference, "
     "expected_minor, balance_after_minor, 9, created_at_us FROM transfers WHERE kind = 4"},
    {audit::kOneRefundAtMost, "UPDATE transfers SET amount_minor = 9999 WHERE kind = 4"},
    {audit::kOneRefundAtMost, "UPDATE holds SET state = 2 WHERE state = 5"},
    {audit::kNoPaymentWithoutReservation, "UPDATE holds SET state = 4 WHERE state = 2"},
    {audit::kNoPaymentWithoutReservation, "UPDATE holds SET state = 2 WHERE state = 5"},
    {audit::kReferencesMatchPayments, "DELETE FROM provider_references"},
    {audit::kReferencesMatchPayments,
     "INSERT INTO provider_references VALUES (randomblob(16), randomblob(16))"},
    {audit::kFeedGapFree, "DELETE FROM feed WHERE counter = 4"},
    {audit::kFeedGapFree, "DELETE FROM feed WHERE counter = 1"},
    {audit::kFeedGapFree, "UPDATE performance_state SET feed = feed + 1"},
    {audit::kSeatVersions, "UPDATE seats SET version = 3 WHERE ordinal = 7"},
    {audit::kSeatVersions, "UPDATE seats SET version = version - 1 WHERE ordinal = 0"},
    {audit::kSeatVersions, "UPDATE feed SET kind = 3 WHERE counter = 2"},
};

TEST(SqliteAudit, FindsWhatSqlBroke) {
  std::vector<std::string> seen;
  for (const SqlBreak& one : kSqlBreaks) {
    SCOPED_TRACE(one.sql);
    SqliteHome home;
    auto storage = home.Make();
    ASSERT_TRUE(storage->Open({}).ok());
    ASSERT_TRUE(ApplyTo(storage.get(), SampleSale().Changes()).ok());
    PlainSql(home.path()).Run(std::string("PRAGMA ignore_check_constraints = ON;") + one.sql);
    AuditReport report;
    const Status status = storage->Audit(SampleSale::kNow, &report, Soon());
    ASSERT_TRUE(status.ok()) << status.text();
    const auto found = [&](const AuditFinding& finding) { return finding.check == one.check; };
    EXPECT_TRUE(std::ranges::any_of(report.findings, found)) << one.check << "\n"
                                                             << Findings(report);
    for (const auto& finding : report.findings) EXPECT_FALSE(finding.detail.empty());
    seen.emplace_back(one.check);
  }
  for (const char* check : audit::kAll) {
    EXPECT_EQ(std::ranges::count(seen, check) > 0, true) << check << " was never seen failing";
  }
}

TEST(SqliteAudit, TellsAtMostTwentyOfAKind) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  PlainSql(home.path())
      .Run(
          "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
          "INSERT INTO blocks SELECT 1, i, 'x', 0 FROM n");
  AuditReport report;
  ASSERT_TRUE(storage->Audit({}, &report, Soon()).ok());
  EXPECT_EQ(report.findings.size(), static_cast<std::size_t>(AuditReport::kFindingsMax));
}

TEST(SqliteAudit, GivesUpAtItsDeadline) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  PlainSql(home.path())
      .Run(
          "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
          "INSERT INTO seats SELECT 1, i, 0, NULL, 0, 0, 0 FROM n");
  AuditReport report;
  EXPECT_EQ(storage->Audit({}, &report, In(0)), Code::kBusy);
  EXPECT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
}

// Small parts
// ---------------------------------------------------------------------------------------

TEST(SqliteErrors, AreMappedByPhase) {
  using sqlite::Phase;
  struct Case {
    int code;
    Code open, work, commit;
  };
  const Case cases[] = {
      {SQLITE_OK, Code::kOk, Code::kOk, Code::kOk},
      {SQLITE_BUSY, Code::kBusy, Code::kBusy, Code::kBusy},
      {SQLITE_BUSY_SNAPSHOT, Code::kBusy, Code::kBusy, Code::kBusy},
      {SQLITE_FULL, Code::kStorageFull, Code::kStorageFull, Code::kStorageFull},
      {SQLITE_NOMEM, Code::kOutOfMemory, Code::kOutOfMemory, Code::kOutcomeUnknown},
      {SQLITE_IOERR_NOMEM, Code::kOutOfMemory, Code::kOutOfMemory, Code::kOutcomeUnknown},
      {SQLITE_READONLY, Code::kReadOnly, Code::kReadOnly, Code::kOutcomeUnknown},
      {SQLITE_READONLY_DBMOVED, Code::kReadOnly, Code::kReadOnly, Code::kOutcomeUnknown},
      {SQLITE_IOERR_READ, Code::kCannotOpen, Code::kStorageFailed, Code::kOutcomeUnknown},
      {SQLITE_IOERR_WRITE, Code::kCannotOpen, Code::kStorageFailed, Code::kOutcomeUnknown},
      {SQLITE_IOERR_FSYNC, Code::kCannotOpen, Code::kStorageFailed, Code::kOutcomeUnknown},
      {SQLITE_IOERR_SHMSIZE, Code::kCannotOpen, Code::kStorageFailed, Code::kOutcomeUnknown},
      {SQLITE_CANTOPEN, Code::kCannotOpen, Code::kStorageFailed, Code::kOutcomeUnknown},
      {SQLITE_CORRUPT, Code::kStorageCorrupt, Code::kStorageCorrupt, Code::kOutcomeUnknown},
      {SQLITE_NOTADB, Code::kStorageCorrupt, Code::kStorageCorrupt, Code::kOutcomeUnknown},
      {SQLITE_PROTOCOL, Code::kCannotOpen, Code::kBusy, Code::kOutcomeUnknown},
      {SQLITE_INTERRUPT, Code::kBusy, Code::kBusy, Code::kOutcomeUnknown},
      {SQLITE_CONSTRAINT_PRIMARYKEY, Code::kCannotOpen, Code::kAborted, Code::kAborted},
      {SQLITE_CONSTRAINT_UNIQUE, Code::kCannotOpen, Code::kAborted, Code::kAborted},
      {SQLITE_CONSTRAINT_CHECK, Code::kCannotOpen, Code::kInternal, Code::kInternal},
      {SQLITE_ERROR, Code::kCannotOpen, Code::kStorageCorrupt, Code::kOutcomeUnknown},
      {SQLITE_MISMATCH, Code::kCannotOpen, Code::kStorageCorrupt, Code::kOutcomeUnknown},
      {SQLITE_MISUSE, Code::kCannotOpen, Code::kInternal, Code::kOutcomeUnknown},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(sqlite::MapCode(one.code, Phase::kOpen), one.open) << one.code;
    EXPECT_EQ(sqlite::MapCode(one.code, Phase::kWork), one.work) << one.code;
    EXPECT_EQ(sqlite::MapCode(one.code, Phase::kCommit), one.commit) << one.code;
  }
  EXPECT_TRUE(sqlite::PoisonsStorage(Code::kOutcomeUnknown));
  EXPECT_TRUE(sqlite::PoisonsStorage(Code::kStorageFailed));
  EXPECT_TRUE(sqlite::PoisonsStorage(Code::kStorageCorrupt));
  EXPECT_FALSE(sqlite::PoisonsStorage(Code::kStorageFull));
  EXPECT_FALSE(sqlite::PoisonsStorage(Code::kOutOfMemory));
}

TEST(SqliteErrors, SayWhereAndWhy) {
  const Status status = sqlite::MapError(SQLITE_CANTOPEN, sqlite::Phase::kOpen, "hall.db");
  EXPECT_NE(status.text().find("hall.db"), std::string::npos) << status.text();
  EXPECT_NE(status.text().find("unable to open"), std::string::npos) << status.text();
}

TEST(SqliteJson, ReadsExactlyWhatItWrites) {
  HoldSeats seats;
  std::string text;
  WriteJson(seats, &text);
  EXPECT_EQ(text, "[]");
  seats.push_back({12, 0, 4'500});
  seats.push_back({4'294'967'295u, 7, 0});
  text.clear();
  WriteJson(seats, &text);
  EXPECT_EQ(text, "[[12,0,4500],[4294967295,7,0]]");
  HoldSeats back;
  EXPECT_TRUE(ReadJson(text, &back));
  EXPECT_EQ(back, seats);
}

TEST(SqliteJson, RefusesEverythingElse) {
  HoldSeats seats;
  for (const char* text :
       {"", "[", "]", "[]]", "[[]]", "[[1,2]]", "[[1,2,3]", "[[1,2,3],]", "[[1, 2,3]]",
        "[[-1,2,3]]", "[[1,2,99999999999999999999]]", "[[4294967296,0,0]]", " []", "null", "{}"}) {
    EXPECT_FALSE(ReadJson(text, &seats)) << text;
  }
  Ordinals ordinals;
  std::string many = "[0";
  for (int i = 1; i < kSeatsPerHoldCap; ++i) many += ",1";
  EXPECT_TRUE(ReadJson(many + "]", &ordinals));
  EXPECT_FALSE(ReadJson(many + ",1]", &ordinals));
  std::vector<LiveHold> live;
  for (const char* text :
       {"[[\"0\",1,2]]", "[[0,1,2]]", "[[\"0123456789ABCDEF0123456789ABCDEF\",1,2]]"}) {
    EXPECT_FALSE(ReadJson(text, &live)) << text;
  }
}

TEST(SqliteRows, AValueThatWeWouldNotWriteIsDamage) {
  for (const char* sql :
       {"UPDATE seats SET state = 9 WHERE ordinal = 3",
        "UPDATE seats SET hold = x'00' WHERE ordinal = 3", "UPDATE holds SET seats = 'x'",
        "UPDATE holds SET currency = 'eur'", "UPDATE holds SET flags = -1"}) {
    SCOPED_TRACE(sql);
    SqliteHome home;
    auto storage = home.Make();
    ASSERT_TRUE(storage->Open({}).ok());
    ASSERT_TRUE(ApplyTo(storage.get(), SampleSale().Changes()).ok());
    PlainSql(home.path()).Run(std::string("PRAGMA ignore_check_constraints = ON;") + sql);
    const auto index = std::string(sql).find("seats SET") == 7
                           ? ScanSpec::Index::kSeatsOfPerformance
                           : ScanSpec::Index::kHoldsOfPerformance;
    RecordSet rows;
    bool more = false;
    const Status status = storage->Begin(Access::kRead, Soon())
                              .value()
                              ->Scan({.index = index, .key = 1, .after = -1}, &rows, &more);
    EXPECT_EQ(status, Code::kStorageCorrupt);
    EXPECT_NE(status.text().find("column"), std::string::npos) << status.text();
  }
}

}  // namespace
}  // namespace seathold::testing
