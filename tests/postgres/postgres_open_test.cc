// Opening, the schema, and what stands between us and libpq.
#include <thread>

#include "src/storage/postgres/params.h"
#include "src/storage/postgres/schema.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

using PostgresOpen = PostgresTest;

TEST(Libpq, ThatIsNotThereIsSaidSo) {
  postgres::Libpq functions;
  const Status none = postgres::LoadLibpqFrom("libpq-not-there.so.5", &functions);
  EXPECT_EQ(none, Code::kUnsupported);
  EXPECT_NE(std::string(none.text()).find("libpq-not-there.so.5"), std::string::npos);
  EXPECT_EQ(postgres::LoadLibpqFrom("libm.so.6", &functions), Code::kUnsupported);
}

TEST_F(PostgresOpen, ByManyAtOnceMakesTheSchemaOnce) {
  constexpr int kStarters = 8;
  server_->Run("DROP SCHEMA " + home_->schema() + " CASCADE");
  std::vector<std::unique_ptr<Storage>> storages(kStarters);
  std::vector<Status> statuses(kStarters);
  std::vector<std::thread> starters;
  for (std::size_t i = 0; i < kStarters; ++i) {
    starters.emplace_back([&, i] {
      storages[i] = home_->Make();
      statuses[i] = storages[i]->Open({.busy_ms = 20'000}).status();
    });
  }
  for (auto& starter : starters) starter.join();
  for (const Status& status : statuses) EXPECT_EQ(status, Code::kOk) << status.text();
  EXPECT_EQ(server_->Ask("SELECT count(*)::text FROM " + home_->schema() + ".control"), "1");
}

TEST_F(PostgresOpen, CreatesNothingWhereItMayNot) {
  const std::string uri = server_->Uri("schema=nothing_here");
  EXPECT_EQ(NewPostgresStorage({.uri = uri})->Open({.create = false}).status(), Code::kCannotOpen);
  EXPECT_EQ(NewPostgresStorage({.uri = uri})->Open({.read_only = true}).status(),
            Code::kCannotOpen);
  EXPECT_EQ(server_->Ask("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'nothing_here'"),
            "0");
}

TEST_F(PostgresOpen, OfANewerSchemaIsRefused) {
  server_->Run("UPDATE " + home_->schema() + ".control SET oldest_writer = 2");
  EXPECT_EQ(home_->Make()->Open({}).status(), Code::kNewerSchema);
  EXPECT_EQ(storage_->Begin(Access::kWrite, Soon()).status(), Code::kNewerSchema);
  server_->Run("UPDATE " + home_->schema() + ".control SET oldest_writer = 1");
}

TEST_F(PostgresOpen, ToReadNeverWrites) {
  auto reader = home_->Make();
  ASSERT_TRUE(reader->Open({.read_only = true}).ok());
  EXPECT_EQ(reader->Begin(Access::kWrite, Soon()).status(), Code::kReadOnly);
  EXPECT_TRUE(reader->Begin(Access::kRead, Soon()).ok());
}

TEST_F(PostgresOpen, SaysWhatItLeansOn) {
  auto storage = home_->Make();
  const auto info = storage->Open({});
  ASSERT_TRUE(info.ok());
  EXPECT_TRUE(info->shared);
  EXPECT_TRUE(info->durable);
  EXPECT_TRUE(info->fresh);
  EXPECT_EQ(info->pair.size(), 32u);
  EXPECT_TRUE(info->description.starts_with("postgresql 1")) << info->description;
  ASSERT_TRUE(Write(storage.get(), OneVenue(1)).ok());
  EXPECT_GT(storage->bytes_on_disk(), 0u);
  ASSERT_TRUE(storage->Close().ok());
  EXPECT_FALSE(storage->Open({}).value().fresh);
}

TEST_F(PostgresOpen, RefusesWhatItCannotReadWithoutRepeatingIt) {
  for (const char* uri : {"postgresql://secret@[", "postgresql:///x?secret=1",
                          "postgresql:///x?schema=a-secret", "postgresql:///x?prepare=secret",
                          "postgresql:///x?schema=pg_secret", "postgresql:///x?schema="}) {
    const Status status = NewPostgresStorage({.uri = uri})->Open({}).status();
    EXPECT_EQ(status, Code::kInvalidArgument) << uri;
    EXPECT_EQ(std::string(status.text()).find("secret"), std::string::npos) << status.text();
  }
}

TEST_F(PostgresOpen, OfNoServerCannot) {
  const Status status =
      NewPostgresStorage({.uri = server_->Uri("", "/nowhere")})->Open({}).status();
  EXPECT_EQ(status, Code::kCannotOpen);
}

TEST_F(PostgresOpen, ViewsShowASale) {
  ASSERT_TRUE(Write(storage_.get(), SampleSale().Changes()).ok());
  const std::string schema = home_->schema() + ".";
  EXPECT_EQ(server_->Run("SELECT state || ':' || count(*) FROM " + schema +
                         "v_seats GROUP BY state ORDER BY state"),
            (std::vector<std::string>{"available:4", "blocked:1", "sold:3"}));
  EXPECT_EQ(server_->Ask("SELECT sum(price_minor)::text FROM " + schema + "v_sales"), "13500");
  EXPECT_EQ(server_->Run("SELECT kind || ' ' || debit_account || ' ' || credit_account || ' ' || "
                         "sum(amount_minor) FROM " +
                         schema +
                         "v_ledger GROUP BY kind, debit_account, credit_account "
                         "ORDER BY 1 LIMIT 1"),
            (std::vector<std::string>{"charge external user:10 20000"}));
}

TEST_F(PostgresOpen, UsersOfTheEnginesOwnAreShownWithoutASign) {
  SampleSale sale;
  for (TransferRecord& transfer : sale.transfers) transfer.user = {kEngineUserBit | 7};
  ASSERT_TRUE(Write(storage_.get(), sale.Changes()).ok());
  EXPECT_EQ(server_->Ask("SELECT DISTINCT credit_account FROM " + home_->schema() +
                         ".v_ledger WHERE kind = 'charge'"),
            "user:9223372036854775815");
}

// Parameters
// ---------------------------------------------------------------------------------------

TEST_F(PostgresOpen, AnEmptyArrayIsOne) {
  postgres::Params params;
  params.Add(postgres::Array(postgres::Type::kInt8));
  auto connection = Connect(home_->uri());
  connection->Queue({"SELECT coalesce(array_length($1, 1), 0)::text"}, params);
  std::vector<postgres::ResultPtr> results;
  const Status status = connection->Run(postgres::Phase::kWork, Soon(), &results);
  ASSERT_TRUE(status.ok()) << status.text();
  EXPECT_STREQ(postgres::Pq().getvalue(results[0].get(), 0, 0), "0");
}

TEST(PostgresText, ComesBackWithItsNuls) {
  using namespace std::string_literals;
  for (const std::string& text : {""s, "a"s, "\0"s, "a\0\0b"s, "\x1A"s, "\x1A\x30\0\x1A\x1A"s}) {
    std::string kept, back;
    postgres::EscapeNul(text, &kept);
    EXPECT_EQ(kept.find('\0'), kept.npos);
    EXPECT_TRUE(postgres::UnescapeNul(kept, &back));
    EXPECT_EQ(back, text);
  }
  std::string back;
  EXPECT_FALSE(postgres::UnescapeNul("\x1A", &back));
  EXPECT_FALSE(
      postgres::UnescapeNul("\x1A"
                            "1",
                            &back));
}

// Connection
// ---------------------------------------------------------------------------------------

// A failure of the implicit commit belongs to no statement.
TEST_F(PostgresOpen, AnErrorBehindTheLastStatementIsSeen) {
  const std::string table = home_->schema() + ".deferred";
  server_->Run("CREATE TABLE " + table + " (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  auto connection = Connect(home_->uri());
  connection->Queue({"INSERT INTO " + table + " VALUES (1), (1)"});
  EXPECT_EQ(connection->Run(postgres::Phase::kWork, Soon()), Code::kAborted);
  EXPECT_TRUE(connection->usable());
  EXPECT_EQ(server_->Ask("SELECT count(*)::text FROM " + table), "0");
  server_->Run("DROP TABLE " + table);
}

TEST_F(PostgresOpen, AGroupStopsAtItsFirstError) {
  auto connection = Connect(home_->uri());
  connection->Queue({"SELECT 1"});
  connection->Queue({"SELECT 1/0"});
  connection->Queue({"SELECT 2"});
  EXPECT_EQ(connection->Run(postgres::Phase::kWork, Soon()), Code::kInternal);
  connection->Queue({"SELECT '3'"});
  std::vector<postgres::ResultPtr> results;
  ASSERT_TRUE(connection->Run(postgres::Phase::kWork, Soon(), &results).ok());
  ASSERT_EQ(results.size(), 1u);
  EXPECT_STREQ(postgres::Pq().getvalue(results[0].get(), 0, 0), "3");
}

TEST_F(PostgresOpen, AnAnswerThatComesTooLateEndsTheConnection) {
  auto connection = Connect(home_->uri());
  connection->Queue({"SELECT pg_sleep(2)"});
  const std::int64_t from = MonotonicNs();
  EXPECT_EQ(connection->Run(postgres::Phase::kWork, In(100)), Code::kBusy);
  EXPECT_LT(SinceMs(from), 500);
  EXPECT_FALSE(connection->usable());
  EXPECT_EQ(connection->Run(postgres::Phase::kWork, Soon()), Code::kBusy);
}

TEST(PostgresErrors, SayWhatTheyMean) {
  using postgres::MapCode;
  using postgres::Phase;
  struct Row {
    const char* state;
    Code open, work, commit;
  };
  for (const Row& row : {
           Row{"", Code::kBusy, Code::kBusy, Code::kOutcomeUnknown},
           Row{"57P01", Code::kBusy, Code::kBusy, Code::kOutcomeUnknown},
           Row{"08006", Code::kBusy, Code::kBusy, Code::kOutcomeUnknown},
           Row{"40001", Code::kBusy, Code::kAborted, Code::kAborted},
           Row{"40P01", Code::kBusy, Code::kAborted, Code::kAborted},
           Row{"23505", Code::kBusy, Code::kAborted, Code::kAborted},
           Row{"23514", Code::kCannotOpen, Code::kInternal, Code::kInternal},
           Row{"55P03", Code::kBusy, Code::kBusy, Code::kBusy},
           Row{"57014", Code::kBusy, Code::kBusy, Code::kBusy},
           Row{"53100", Code::kStorageFull, Code::kStorageFull, Code::kStorageFull},
           Row{"53300", Code::kBusy, Code::kBusy, Code::kBusy},
           Row{"25006", Code::kReadOnly, Code::kReadOnly, Code::kReadOnly},
           Row{"22021", Code::kCannotOpen, Code::kInvalidText, Code::kInvalidText},
           Row{"42P01", Code::kCannotOpen, Code::kStorageCorrupt, Code::kStorageCorrupt},
           Row{"0A000", Code::kCannotOpen, Code::kAborted, Code::kAborted},
           Row{"26000", Code::kCannotOpen, Code::kAborted, Code::kAborted},
           Row{"XX000", Code::kCannotOpen, Code::kInternal, Code::kInternal},
       }) {
    EXPECT_EQ(MapCode({row.state}, Phase::kOpen), row.open) << row.state;
    EXPECT_EQ(MapCode({row.state}, Phase::kWork), row.work) << row.state;
    EXPECT_EQ(MapCode({row.state}, Phase::kCommit), row.commit) << row.state;
    EXPECT_EQ(MapCode({row.state, true}, Phase::kCommit), Code::kOutcomeUnknown) << row.state;
  }
}

}  // namespace
}  // namespace seathold::testing
