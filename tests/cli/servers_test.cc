// The tool on a PostgreSQL database with claims and line on Redis: the same commands, by URI alone.
#include <cstdlib>
#include <fstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

std::string VariableOr(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

// Each test has a schema and a prefix of its own.
class CliServers : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    if (IsSkipped()) return;
    const std::string postgres = VariableOr("SEATHOLD_TEST_POSTGRES", "");
    const std::string redis = VariableOr("SEATHOLD_TEST_REDIS", "");
    if (postgres.empty() || redis.empty()) {
      GTEST_SKIP() << VariableOr("SEATHOLD_TEST_NO_SERVERS", "run it by with_servers.sh");
    }
    const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::string schema = "cli_";
    for (const char c : test) schema.push_back(static_cast<char>(std::tolower(c)));
    db_ = postgres + "&schema=" + schema;
    redis_ = redis + "?prefix=" + schema;
  }

  std::vector<std::string> Here(std::vector<std::string> words) const {
    const std::vector<std::string> place = {"--db",     db_,    "--keys", "hall.keys",
                                            "--claims", redis_, "--line", redis_};
    words.insert(words.end(), place.begin(), place.end());
    return words;
  }
  // As an operator has them, once for all commands.
  RunInput Environment() const {
    return {.environment = {"SEATHOLD_DB=" + db_, "SEATHOLD_KEYS=hall.keys",
                            "SEATHOLD_CLAIMS=" + redis_, "SEATHOLD_LINE=" + redis_}};
  }

  std::string db_, redis_;
};

TEST_F(CliServers, SellsASeatByUriAlone) {
  EXPECT_NE(Quiet(Here({"init"})).find("postgresql"), std::string::npos);
  Quiet(Here({"venue", "make", "--name", "Barn", "--rows", "4", "--seats", "5"}));
  Quiet(Here({"show", "add", "--title", "The rush", "--queue", "--active-max", "1"}));
  Quiet(Here({"performance", "add", "--show", "1", "--venue", "1", "--date", "2036-12-31", "--time",
              "19:30", "--currency", "EUR", "--price", "*=10.00"}));
  // Each command is a process of its own: who was first is known to Redis alone.
  const RunInput environment = Environment();
  const std::string bob = Quiet({"queue", "join", "--show", "1", "--user", "7"}, environment);
  const std::string ann = Quiet({"queue", "join", "--show", "1", "--user", "8"}, environment);
  Quiet({"queue", "leave", "--place", bob}, environment);
  Quiet({"queue", "admit", "--show", "1"}, environment);
  const std::string pass = Quiet({"queue", "status", "--place", ann}, environment);
  const std::string hold =
      Quiet({"best", "-p", "1", "--user", "8", "--seats", "2", "--pass", pass}, environment);
  Quiet({"wallet", "charge", "--user", "8", "--amount", "20.00", "--currency", "EUR"}, environment);
  Quiet({"pay", "-p", "1", "--user", "8", "--hold", hold}, environment);
  EXPECT_EQ(Quiet({"verify"}, environment), "clean");
  const Json stats = Answer({"stats"}, environment);
  EXPECT_EQ(*stats.Find("sold"), Json(2));
  EXPECT_NE(stats.Find("cache")->AsString()->find("redis"), std::string::npos);
}

TEST_F(CliServers, NamesTheKeysThatAServerHasNoPlaceFor) {
  const Ran ran = Run({"init", "--db", db_});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("--keys FILE (or SEATHOLD_KEYS)"), std::string::npos) << ran.err;
  Quiet(Here({"init"}));
  EXPECT_EQ(Quiet({"verify", "--db", db_}), "clean") << "reading needs no keys";
}

TEST_F(CliServers, SaysWhatToUseInTheStorageOfFiles) {
  Quiet(Here({"init"}));
  const Ran backup = Run(Here({"backup", "monday.db"}));
  EXPECT_EQ(backup.code, 1);
  EXPECT_NE(backup.err.find("pg_dump"), std::string::npos) << backup.err;
  EXPECT_NE(backup.err.find("seathold copy"), std::string::npos) << backup.err;
  const Ran restore = Run(Here({"restore", "monday.db"}));
  EXPECT_EQ(restore.code, 1);
  EXPECT_NE(restore.err.find("pg_restore"), std::string::npos) << restore.err;
  Quiet({"copy", db_, "hall.db"});
  EXPECT_EQ(Quiet({"verify", "--db", "hall.db"}), "clean");
}

TEST_F(CliServers, TheDemoSellsAHall) {
  const Ran ran = Run(Here({"demo", "--buyers", "200", "--kills", "1", "--json"}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("\"books_hold\": true"), std::string::npos) << ran.out;
  const Ran again = Run(Here({"demo", "--buyers", "200"}));
  EXPECT_EQ(again.code, 3);
  EXPECT_NE(again.err.find("there is something in it"), std::string::npos) << again.err;
}

// What a URI may be wrong in, each with a password that nobody may read anywhere.
TEST_F(CliTest, APasswordInAUriIsNeverRepeated) {
  const std::vector<std::vector<std::string>> calls = {
      {"stats", "--db", "postgresql://box:sesame@127.0.0.1:1/hall"},
      {"stats", "--db", "postgresql://box:p@sesame@127.0.0.1:1/hall"},
      {"stats", "--db", "postgresql://box:sesame/1@127.0.0.1/hall"},
      {"stats", "--db", "postgresql://box:sesame@127.0.0.1:1/hall?no=1"},
      {"stats", "--db", "postgresql://box:sesame@["},
      {"init", "postgresql://box:sesame@127.0.0.1:1/hall"},
      {"copy", "postgresql://box:sesame@127.0.0.1:1/hall", "x.db"},
      {"doctor", "postgresql://box:sesame@127.0.0.1:1/hall"},
      {"doctor", "redis://box:sesame@127.0.0.1:1"},
      {"init", "--db", "x.db", "--claims", "redis://box:sesame@127.0.0.1:1/nonsense"},
      {"init", "--db", "x.db", "--line", "rediss://box:sesame@127.0.0.1:1"},
      {"demo", "--db", "postgresql://box:sesame@127.0.0.1:1/hall", "--keys", "k"},
  };
  for (std::vector<std::string> call : calls) {
    call.insert(call.end(), {"--log-level", "debug"});
    const Ran ran = Run(call);
    EXPECT_NE(ran.code, 0) << call[0] << " " << call[1];
    EXPECT_EQ((ran.out + ran.err).find("sesame"), std::string::npos) << ran.out << ran.err;
  }
}

}  // namespace
}  // namespace seathold::testing
