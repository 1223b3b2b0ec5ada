#include <sqlite3.h>

#include <fstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

class CliRefusal : public CliTest {
 protected:
  // Runs SQL on the database as a stranger to the tool would.
  sqlite3* Sql(const char* sql) const {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open((directory_ / "seathold.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    return db;
  }
};

constexpr const char* kSomeId = "01890a5d-ac96-774b-bcce-b302099a8057";

TEST_F(CliRefusal, AnswersBusyWhileAnotherHoldsTheDatabase) {
  MakeSale();
  const std::string seat = FreeSeats(1)[0];
  sqlite3* db = Sql("BEGIN IMMEDIATE");
  Refused({"hold", "-p", "1", "--user", "7", seat, "--timeout-ms", "200"}, 3, "kBusy");
  sqlite3_close(db);
  Quiet({"hold", "-p", "1", "--user", "7", seat});
}

TEST_F(CliRefusal, AnswersUnknownWhenTheAnswerCannotBeWritten) {
  MakeSale();
  const Arguments hold = {"hold", "-p", "1", "--user", "7", "#0", "--id", kSomeId};
  const Ran ran = Run(hold, {.out_file = "/dev/full"});
  EXPECT_EQ(ran.code, 4) << ran.err;
  EXPECT_TRUE(ran.err.starts_with("seathold: kOutcomeUnknown: ")) << ran.err;
  EXPECT_EQ(Quiet(hold), kSomeId);
}

TEST_F(CliRefusal, VerifyFailsOnBooksThatDoNotBalance) {
  MakeSale();
  Quiet({"wallet", "charge", "--user", "7", "--amount", "10", "--currency", "EUR"});
  EXPECT_EQ(Run({"verify"}).code, 0);
  sqlite3_close(Sql("UPDATE balances SET balance_minor = balance_minor + 1"));
  const Ran ran = Run({"verify", "--json"});
  EXPECT_EQ(ran.code, 5) << ran.err;
  const Result<Json> report = Json::Parse(ran.out);
  ASSERT_TRUE(report.ok()) << ran.out;
  EXPECT_EQ(*report->Find("clean"), Json(false));
  EXPECT_FALSE(report->Find("findings")->items().empty());
  EXPECT_NE(Run({"verify"}).err.find("do not balance"), std::string::npos);
}

TEST_F(CliRefusal, NamesWhatIsMissingOrMalformed) {
  const std::vector<Arguments> calls = {
      {},
      {"nonsense"},
      {"venue"},
      {"init", "extra"},
      {"hold"},
      {"hold", "-p", "1", "--bogus", "A-1"},
      {"hold", "-p", "x", "A-1"},
      {"hold", "-p", "-1", "A-1"},
      {"hold", "-p", "18446744073709551616", "A-1"},
      {"hold", "-p", "1", "--id", "123", "A-1"},
      {"hold", "-p", "1", "-p", "2", "A-1"},
      {"hold", "-p", "1", "--ttl-s", "99999999", "A-1"},
      {"best", "-p", "1", "--seats", "0"},
      {"best", "-p", "1", "--seats", "9"},
      {"venue", "make", "--name", "x", "--rows", "0", "--seats", "5"},
      {"venue", "make", "--name", "", "--rows", "1", "--seats", "5"},
      {"venue", "import", "x.json", "--format", "xml"},
      {"performance", "add", "--show", "1", "--venue", "1", "--date", "2036-12-31", "--time",
       "19:30", "--currency", "EUR"},
      {"performance", "open"},
      {"seats", "1", "--width", "3"},
      {"block", "-p", "1"},
      {"queue", "admit", "--show", "1", "--max", "0"},
      {"confirm", "-p", "1", "--hold", "short"},
      {"confirm", "-p", "1", "--hold", kSomeId, "--tender", "cheque"},
      {"reservation", "list", "--rows-max", "10001"},
      {"wallet", "charge", "--user", "7", "--currency", "EUR"},
      {"sweep", "--holds-max", "0"},
      {"stats", "--timeout-ms", "-5"},
      {"demo", "--buyers", "0"},
  };
  for (const Arguments& call : calls) Refused(call, 2, "kInvalidArgument");
}

TEST_F(CliRefusal, NamesWhatIsMalformedInSightOfTheDatabase) {
  MakeSale();
  const Arguments performance = {"performance", "add",    "--show",     "1",      "--venue",
                                 "1",           "--date", "2036-12-31", "--time", "19:30"};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), performance.begin(), performance.end());
    return more;
  };
  const std::vector<Arguments> calls = {
      with({"--currency", "euro", "--price", "*=1"}),
      with({"--currency", "EUR", "--price", "*"}),
      with({"--currency", "EUR", "--price", "*=1.234"}),
      with({"--currency", "EUR", "--price", "*=-1"}),
      with({"--currency", "EUR", "--price", "*=1,50"}),
      with({"--currency", "EUR", "--price", "Nowhere=1"}),
      with({"--currency", "EUR", "--price", "*/1=1"}),
      with({"--currency", "EUR", "--price", "*=1", "--starts-at", "tomorrow"}),
      with({"--currency", "EUR", "--price", "*=1", "--starts-at", "2026-02-30T00:00:00Z"}),
      with({"--currency", "EUR", "--price", "*=99999999999999999999"}),
      {"wallet", "charge", "--user", "7", "--amount", "1.5.0", "--currency", "EUR"},
      {"wallet", "charge", "--user", "7", "--amount", "0", "--currency", "EUR"},
      {"wallet", "charge", "--amount", "1", "--currency", "EUR"},
      {"wallet", "charge", "--user", "7", "--token", "x", "--amount", "1", "--currency", "EUR"},
      {"wallet", "balance", "--user", "7", "--currency", "eur"},
      {"best", "-p", "1", "--user", "7", "--seats", "1", "--category", "Nowhere"},
      {"hold", "-p", "1", "#0"},
      {"seats", "1", "--svg", "no/such/directory/hall.svg"},
      {"venue", "import", "no-such-file.json"},
      {"account", "register", "--email", "ada@example.org"},
      {"queue", "status"},
      {"queue", "leave"},
  };
  for (const Arguments& call : calls) Refused(call, 2, "kInvalidArgument");
  EXPECT_EQ(Quiet({"performance", "list"}), "1");
  Refused({"hold", "-p", "1", "--user", "7", "#0", "#0"}, 2, "kDuplicateSeat");
}

TEST_F(CliRefusal, SaysThatSomethingIsUnknown) {
  MakeSale();
  const std::string seat = FreeSeats(1)[0];
  const std::vector<std::pair<Arguments, std::string>> calls = {
      {{"performance", "add", "--show", "9", "--venue", "1", "--date", "2036-12-31", "--time",
        "19:30", "--currency", "EUR", "--price", "*=1"},
       "kUnknownShow"},
      {{"performance", "add", "--show", "1", "--venue", "9", "--date", "2036-12-31", "--time",
        "19:30", "--currency", "EUR", "--price", "*=1"},
       "kUnknownVenue"},
      {{"performance", "open", "9"}, "kUnknownPerformance"},
      {{"performance", "close", "9"}, "kUnknownPerformance"},
      {{"seats", "9"}, "kUnknownPerformance"},
      {{"hold", "-p", "9", "--user", "7", seat}, "kUnknownPerformance"},
      {{"hold", "-p", "1", "--user", "7", "nowhere"}, "kUnknownSeat"},
      {{"hold", "-p", "1", "--user", "7", "#20"}, "kUnknownSeat"},
      {{"hold", "-p", "1", "--user", "7", seat + "/3"}, "kUnknownTicketType"},
      {{"best", "-p", "9", "--user", "7", "--seats", "1"}, "kUnknownPerformance"},
      {{"block", "-p", "9", seat}, "kUnknownPerformance"},
      {{"unblock", "-p", "1", "nowhere"}, "kUnknownSeat"},
      {{"cancel", "-p", "1", "--user", "7", "--hold", kSomeId}, "kUnknownHold"},
      {{"confirm", "-p", "1", "--user", "7", "--hold", kSomeId}, "kUnknownHold"},
      {{"refund", "-p", "1", "--hold", kSomeId}, "kUnknownHold"},
      {{"reservation", "show", "-p", "1", "--hold", kSomeId}, "kUnknownHold"},
      {{"reservation", "list", "-p", "9"}, "kUnknownPerformance"},
      {{"queue", "join", "--show", "9", "--user", "7"}, "kUnknownShow"},
      {{"queue", "join", "--show", "1", "--user", "7"}, "kNoLine"},
      {{"queue", "admit", "--show", "9"}, "kUnknownShow"},
      {{"queue", "status", "--place", "forged"}, "kTokenInvalid"},
      {{"queue", "leave", "--place", "forged"}, "kTokenInvalid"},
      {{"account", "erase", "--user", "9223372036854775899"}, "kUnknownUser"},
      {{"hold", "-p", "1", "--token", "forged", seat}, "kAccessDenied"},
  };
  for (const auto& [call, code] : calls) Refused(call, 1, code);
}

TEST_F(CliRefusal, KeepsStrangersFromAHold) {
  MakeSale();
  const std::string hold = Quiet({"hold", "-p", "1", "--user", "7", "#0"});
  Refused({"cancel", "-p", "1", "--user", "8", "--hold", hold}, 1, "kNotHoldOwner");
  Refused({"confirm", "-p", "1", "--user", "8", "--hold", hold}, 1, "kNotHoldOwner");
  Refused({"reservation", "show", "-p", "1", "--user", "8", "--hold", hold}, 1, "kNotHoldOwner");
  EXPECT_EQ(Quiet({"reservation", "show", "-p", "1", "--hold", hold}), "held");
}

TEST_F(CliRefusal, RefusesMoneyThatIsNotThere) {
  MakeSale();
  Refused({"wallet", "withdraw", "--user", "7", "--amount", "1", "--currency", "EUR"}, 1,
          "kInsufficientFunds");
}

TEST_F(CliRefusal, RefusesTextThatIsNoText) {
  Quiet({"init"});
  Refused({"show", "add", "--title", "bad \xFF byte"}, 2, "kInvalidText");
  Refused({"show", "add", "--title", "escape \x1B[31m"}, 2, "kInvalidText");
  Refused({"venue", "make", "--name", "\xC0\x80", "--rows", "1", "--seats", "1"}, 2,
          "kInvalidText");
  std::ofstream(directory_ / "nul.csv", std::ios::binary)
      << std::string("section,row,seat,x,y,category,attributes\nS,A\0,1,,,C,\n", 52);
  Refused({"venue", "import", "nul.csv", "--name", "x"}, 1, "kInvalidPlan");
  EXPECT_EQ(Quiet({"venue", "list"}), "");
}

TEST_F(CliRefusal, NeverRepeatsASecret) {
  Quiet({"init"});
  const std::string secret = "hunter2-hunter2";
  const Ran weak = Run({"account", "register", "--email", "not an address", "--password", secret});
  EXPECT_NE(weak.code, 0);
  const Ran login =
      Run({"account", "login", "--email", "ada@example.org", "--password-stdin"}, {.text = secret});
  EXPECT_EQ(login.code, 1);
  for (const Ran& ran : {weak, login}) {
    EXPECT_EQ((ran.out + ran.err).find(secret), std::string::npos);
  }
}

TEST_F(CliRefusal, WantsADatabaseThatIsThere) {
  for (const Arguments& call :
       std::vector<Arguments>{{"venue", "list"}, {"verify"}, {"stats"}, {"sweep"}}) {
    Refused(call, 1, "kCannotOpen");
  }
  EXPECT_FALSE(std::filesystem::exists(directory_ / "seathold.db"));
  Refused({"init", "--db", "no/such/directory/x.db"}, 1, "kCannotOpen");
}

TEST_F(CliRefusal, MakesNoDatabaseWhereNothingCanBeWritten) {
  const Ran ran = Run({"init", "--db", "/proc/seathold.db"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_TRUE(ran.err.starts_with("seathold: k")) << ran.err;
}

TEST_F(CliRefusal, MakesNoDatabaseInAReadOnlyDirectory) {
  using std::filesystem::perms;
  const std::filesystem::path closed = directory_ / "closed";
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(closed, perms::owner_read | perms::owner_exec | perms::group_read |
                                           perms::group_exec | perms::others_read |
                                           perms::others_exec);
  const Ran ran = Run({"init", "--db", "closed/x.db"}, {.unprivileged = true});
  std::filesystem::permissions(closed, perms::owner_all);
  if (ran.code == 127) GTEST_SKIP() << "nobody but root may run the tool where it was built";
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_TRUE(ran.err.starts_with("seathold: k")) << ran.err;
  EXPECT_TRUE(std::filesystem::is_empty(closed));
}

TEST_F(CliRefusal, SurvivesADatabaseThatIsNone) {
  std::ofstream(directory_ / "noise.db") << std::string(8'192, 'x');
  std::filesystem::create_directory(directory_ / "directory.db");
  for (const char* db : {"noise.db", "directory.db"}) {
    const Ran ran = Run({"venue", "list", "--db", db});
    EXPECT_TRUE(ran.code == 1 || ran.code == 3) << db << ": " << ran.code << " " << ran.err;
    EXPECT_TRUE(ran.err.starts_with("seathold: k")) << ran.err;
  }
}

}  // namespace
}  // namespace seathold::testing
