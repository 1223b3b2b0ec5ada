// What the storage says on the wire, message by message.
#include <algorithm>
#include <map>
#include <string_view>

#include "tests/postgres/pg_wire.h"
#include "tests/postgres/postgres_hall.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

// The parts of a Parse: the statement's name, and what it says.
struct Parsed {
  std::string name, sql;
};
Parsed ReadParse(const std::string& text) {
  const std::size_t end = text.find('\0');
  return {text.substr(0, end), text.c_str() + end + 1};
}
// What a Bind names: behind the portal's name.
std::string BoundStatement(const std::string& text) { return text.c_str() + text.find('\0') + 1; }
bool Writes(std::string_view sql) {
  return sql.find("INSERT INTO") != sql.npos || sql.find("UPDATE ") == 0 ||
         sql.find("DELETE FROM") != sql.npos;
}

// An engine sells through a wire; its sessions are replayed statement by statement.
class PostgresOnTheWire : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (server_ != nullptr) {
      wire_ = std::make_unique<PgWire>(server_->folder(), server_->SocketFile());
    }
  }
  void TearDown() override {
    PostgresTest::TearDown();
    wire_.reset();
  }

  struct Said {
    int connection = 0;
    bool first = false;  // of what goes out together
    std::string sql;
  };

  void Sell(const std::string& parameters) {
    PostgresHall hall;
    auto engine = hall.Open(home_->uri(parameters, wire_->sockets()));
    ASSERT_TRUE(engine);
    ASSERT_NO_FATAL_FAILURE(hall.Build(*engine, 2, 4));
    const HoldId hold{engine->NewId()}, other{engine->NewId()};
    const TransferId charge{engine->NewId()}, payment{engine->NewId()};
    EXPECT_TRUE(hall.Charge(*engine, UserId{1}, 5'000, charge, 20'000).status.ok());
    EXPECT_TRUE(hall.Hold(*engine, UserId{1}, 0, hold, 20'000).status.ok());
    EXPECT_TRUE(hall.Hold(*engine, UserId{1}, 1, other, 20'000).status.ok());
    EXPECT_TRUE(hall.Confirm(*engine, UserId{1}, hold, payment, 20'000).status.ok());
    EXPECT_TRUE(hall.Cancel(*engine, UserId{1}, other, 20'000).status.ok());
    EXPECT_EQ(hall.Hold(*engine, UserId{2}, 0, HoldId{engine->NewId()}, 20'000).status,
              Code::kSeatTaken);
    hall.ExpectClean(*engine);
    ASSERT_TRUE(engine->Close().ok());
    messages_ = wire_->TakeMessages();
  }

  // Statements as they are run, in order.
  std::vector<Said> Statements() const {
    std::vector<Said> said;
    std::map<std::pair<int, std::string>, std::string> known;
    std::map<int, bool> first;
    for (const WireMessage& message : messages_) {
      if (message.type == 'P') {
        const Parsed parsed = ReadParse(message.text);
        known[{message.connection, parsed.name}] = parsed.sql;
      } else if (message.type == 'B') {
        const auto [at, fresh] = first.try_emplace(message.connection, true);
        said.push_back({message.connection, at->second,
                        known[{message.connection, BoundStatement(message.text)}]});
        at->second = false;
      } else if (message.type == 'S') {
        first[message.connection] = true;
      }
    }
    return said;
  }

  std::unique_ptr<PgWire> wire_;
  std::vector<WireMessage> messages_;
};

TEST_F(PostgresOnTheWire, WritesBetweenABeginAndACommitOnly) {
  ASSERT_NO_FATAL_FAILURE(Sell(""));
  std::map<int, bool> begun;
  int writes = 0;
  for (const Said& said : Statements()) {
    if (said.sql.starts_with("BEGIN")) begun[said.connection] = true;
    if (said.sql == "COMMIT" || said.sql == "ROLLBACK") begun[said.connection] = false;
    if (!Writes(said.sql)) continue;
    ++writes;
    EXPECT_TRUE(begun[said.connection]) << said.sql;
  }
  EXPECT_GT(writes, 20);
}

// What stands in front of BEGIN in a group is part of its transaction.
TEST_F(PostgresOnTheWire, SaysBeginFirstOfAGroupAndWhichIsolationItMeans) {
  ASSERT_NO_FATAL_FAILURE(Sell(""));
  int begins = 0;
  for (const Said& said : Statements()) {
    if (!said.sql.starts_with("BEGIN")) continue;
    ++begins;
    EXPECT_TRUE(said.first);
    EXPECT_TRUE(said.sql == "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" ||
                said.sql == "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        << said.sql;
  }
  EXPECT_GT(begins, 6);
}

// Its own answer is the transaction's, and the locks are had when it leaves.
TEST_F(PostgresOnTheWire, SendsCommitAlone) {
  ASSERT_NO_FATAL_FAILURE(Sell(""));
  const std::vector<Said> statements = Statements();
  int commits = 0;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (statements[i].sql != "COMMIT") continue;
    ++commits;
    EXPECT_TRUE(statements[i].first);
    const auto next =
        std::find_if(statements.begin() + static_cast<std::ptrdiff_t>(i) + 1, statements.end(),
                     [&](const Said& said) { return said.connection == statements[i].connection; });
    EXPECT_TRUE(next == statements.end() || next->first);
  }
  EXPECT_GT(commits, 6);
}

// Simple queries are refused in a pipeline, and a COPY there never ends. Settings are for one
// transaction: a session may be another client's next.
TEST_F(PostgresOnTheWire, SendsNoSimpleQueryNoCopyAndNoSet) {
  ASSERT_NO_FATAL_FAILURE(Sell(""));
  for (const WireMessage& message : messages_) {
    EXPECT_NE(std::string_view("PBDESHXCp").find(message.type), std::string_view::npos)
        << message.type;
  }
  for (const Said& said : Statements()) {
    EXPECT_FALSE(said.sql.starts_with("SET ") || said.sql.starts_with("COPY ")) << said.sql;
  }
}

TEST_F(PostgresOnTheWire, NamesNoStatementWhereItIsToldNotTo) {
  ASSERT_NO_FATAL_FAILURE(Sell("prepare=off"));
  int parsed = 0;
  for (const WireMessage& message : messages_) {
    if (message.type != 'P') continue;
    ++parsed;
    EXPECT_EQ(ReadParse(message.text).name, "") << ReadParse(message.text).sql;
  }
  EXPECT_GT(parsed, 100);
}

TEST_F(PostgresOnTheWire, NamesAStatementByWhatItSaysElsewhere) {
  ASSERT_NO_FATAL_FAILURE(Sell(""));
  std::map<std::string, std::string> said;
  for (const WireMessage& message : messages_) {
    if (message.type != 'P') continue;
    const Parsed parsed = ReadParse(message.text);
    if (parsed.name.empty()) continue;
    EXPECT_GT(parsed.name.size(), 17u);
    EXPECT_EQ(said.try_emplace(parsed.name, parsed.sql).first->second, parsed.sql);
  }
  EXPECT_GT(said.size(), 10u);
}

}  // namespace
}  // namespace seathold::testing
