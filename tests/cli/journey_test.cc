#include <fstream>
#include <regex>
#include <sstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

class CliJourney : public CliTest {
 protected:
  std::string Password(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = arguments;
    all.push_back("--password-stdin");
    return Quiet(all, {.text = "correct horse battery\n"});
  }
  std::string Text(const Json& json, std::string_view key) const {
    const Json* value = json.Find(key);
    const std::string* text = value != nullptr ? value->AsString() : nullptr;
    EXPECT_NE(text, nullptr) << key << " in " << json.Dump();
    return text != nullptr ? *text : "";
  }
  std::string Money(const Json& json, std::string_view key) const {
    const Json* money = json.Find(key);
    return money != nullptr ? Text(*money, "text") : "";
  }
};

TEST_F(CliJourney, LeadsABuyerFromTheQueueToPaidSeatsOverSeparateProcesses) {
  MakeSale({"--queue", "--active-max", "1"});
  const std::string user = Password({"account", "register", "--email", "ada@example.org"});
  const std::string token = Password({"account", "login", "--email", "ada@example.org"});
  const RunInput ada{.environment = {"SEATHOLD_TOKEN=" + token}};

  const std::string first = Quiet({"queue", "join", "--show", "1", "--user", "7"});
  const std::string place = Quiet({"queue", "join", "--show", "1"}, ada);
  EXPECT_EQ(Text(Answer({"queue", "status", "--place", place}), "state"), "waiting");
  EXPECT_EQ(Quiet({"queue", "status", "--place", place}), "");
  EXPECT_EQ(Quiet({"queue", "leave", "--place", first}), "");
  EXPECT_EQ(Quiet({"queue", "admit", "--show", "1"}), "1");
  const std::string pass = Quiet({"queue", "status", "--place", place});
  ASSERT_NE(pass, "");

  const std::vector<std::string> seats = FreeSeats(2);
  Refused({"hold", "-p", "1", "--token", token, seats[0]}, 1, "kNotAdmitted");
  const Json held = Answer({"hold", "-p", "1", "--pass", pass, seats[0], seats[1] + "/1"}, ada);
  const std::string hold = Text(held, "hold");
  EXPECT_EQ(Text(held, "user"), user);
  EXPECT_EQ(Money(held, "total"), "17.50 EUR");
  EXPECT_TRUE(std::regex_match(Text(held, "expires_at"),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z)")));
  const std::int64_t left_ms = held.Find("left_ms")->AsInt64().value_or(0);
  EXPECT_GT(left_ms, 200'000);
  EXPECT_LE(left_ms, 300'000);

  Refused({"pay", "-p", "1", "--hold", hold, "--token", token}, 1, "kInsufficientFunds");
  EXPECT_EQ(Quiet({"reservation", "show", "-p", "1", "--hold", hold}, ada), "held");
  Quiet({"wallet", "charge", "--amount", "20.00", "--currency", "EUR"}, ada);
  Refused({"pay", "-p", "1", "--hold", hold, "--token", token, "--expect", "17.00"}, 1,
          "kPriceMismatch");
  const Json paid = Answer({"pay", "-p", "1", "--hold", hold, "--expect", "17.50"}, ada);
  EXPECT_EQ(Money(paid, "balance_after"), "2.50 EUR");
  EXPECT_EQ(Quiet({"reservation", "show", "-p", "1", "--hold", hold}, ada), "confirmed");
  Refused({"cancel", "-p", "1", "--hold", hold, "--token", token}, 1, "kHoldConfirmed");

  EXPECT_EQ(Quiet({"wallet", "balance", "--currency", "EUR"}, ada), "2.50 EUR");
  EXPECT_EQ(Quiet({"refund", "-p", "1", "--hold", hold}).size(), 36u);
  EXPECT_EQ(Quiet({"wallet", "balance", "--currency", "EUR"}, ada), "20.00 EUR");
  EXPECT_EQ(Answer({"wallet", "statement", "--currency", "EUR"}, ada).Find("lines")->items().size(),
            3u);
  EXPECT_EQ(Quiet({"reservation", "list"}, ada), hold);
  EXPECT_EQ(Quiet({"verify"}), "clean");
}

TEST_F(CliJourney, SaysWhoStandsInTheWay) {
  MakeSale();
  const std::vector<std::string> seats = FreeSeats(3);
  Quiet({"hold", "-p", "1", "--user", "7", seats[0]});
  Quiet({"block", "-p", "1", seats[1], "--reason", "camera"});
  const Ran ran = Run({"hold", "-p", "1", "--user", "8", seats[0], seats[1], seats[2]});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.err.find(seats[0] + " is held until 20"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find(seats[1] + " is blocked"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find(seats[2]), std::string::npos) << ran.err;
}

TEST_F(CliJourney, NamesSeatsByOrdinalToo) {
  MakeSale();
  Quiet({"hold", "-p", "1", "--user", "7", "#0"});
  Refused({"hold", "-p", "1", "--user", "8", FreeSeats(1)[0], "#0"}, 1, "kSeatTaken");
}

TEST_F(CliJourney, GivesTheBestSeatsUntilNoneIsLeft) {
  MakeSale();
  EXPECT_EQ(
      Answer({"best", "-p", "1", "--user", "7", "--seats", "4"}).Find("seats")->items().size(), 4u);
  for (const char* count : {"8", "8"}) {
    Quiet({"best", "-p", "1", "--user", "7", "--seats", count});
  }
  Refused({"best", "-p", "1", "--user", "7", "--seats", "1"}, 1, "kAllHeld");
}

TEST_F(CliJourney, RepeatsAnIdWithoutASecondEffect) {
  MakeSale();
  const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const std::string payment = "01890a5d-ac96-774b-bcce-b302099a8058";
  const std::vector<std::string> seats = FreeSeats(2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Quiet({"hold", "-p", "1", "--user", "7", seats[0], "--id", id}), id);
  }
  Refused({"hold", "-p", "1", "--user", "7", seats[1], "--id", id}, 1, "kIdempotencyMismatch");
  Refused({"hold", "-p", "1", "--user", "8", seats[1], "--id", id}, 1, "kIdempotencyMismatch");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Quiet({"wallet", "charge", "--user", "7", "--amount", "10", "--currency", "EUR",
                     "--id", id}),
              id);
    EXPECT_EQ(Quiet({"confirm", "-p", "1", "--user", "7", "--hold", id, "--payment", payment}),
              payment);
  }
  EXPECT_EQ(Quiet({"wallet", "balance", "--user", "7", "--currency", "EUR"}), "0.00 EUR");
}

TEST_F(CliJourney, NamesTheTransferThatPaidAHoldPaidBefore) {
  MakeSale();
  Quiet({"wallet", "charge", "--user", "7", "--amount", "100", "--currency", "EUR"});
  const std::string hold = Quiet({"hold", "-p", "1", "--user", "7", FreeSeats(1)[0]});
  const std::string paid = Quiet({"pay", "-p", "1", "--user", "7", "--hold", hold});
  EXPECT_EQ(Quiet({"pay", "-p", "1", "--user", "7", "--hold", hold}), paid);
  const Json again = Answer({"pay", "-p", "1", "--user", "7", "--hold", hold});
  EXPECT_EQ(*again.Find("transfer")->AsString(), paid);
  EXPECT_EQ(again.Find("already")->AsBool(), true);
}

TEST_F(CliJourney, ARepeatedHoldThatIsOverFailsAndNamesNoId) {
  MakeSale();
  const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const std::vector<std::string> hold = {"hold", "-p",   "1", "--user",
                                         "7",    "--id", id,  FreeSeats(1)[0]};
  EXPECT_EQ(Quiet(hold), id);
  Quiet({"cancel", "-p", "1", "--user", "7", "--hold", id});
  Refused(hold, 1, "kHoldCancelled");
  std::vector<std::string> quiet = {"-q"};
  quiet.insert(quiet.end(), hold.begin(), hold.end());
  const Ran ran = Run(quiet);
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
}

TEST_F(CliJourney, SaysHowManySeatsAreFree) {
  MakeSale();
  for (int i = 0; i < 2; ++i) Quiet({"best", "-p", "1", "--user", "7", "--seats", "8"});
  const Ran ran = Run({"best", "-p", "1", "--user", "7", "--seats", "5"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.err.find("fewer seats are free than were asked for: 4 free"), std::string::npos)
      << ran.err;
}

TEST_F(CliJourney, TakesMoneyFromOutsideOnce) {
  MakeSale();
  const std::vector<std::string> seats = FreeSeats(2);
  const std::string one = Quiet({"hold", "-p", "1", "--user", "7", seats[0]});
  const std::string two = Quiet({"hold", "-p", "1", "--user", "7", seats[1]});
  Quiet({"pay", "-p", "1", "--user", "7", "--hold", one, "--tender", "external", "--reference",
         "pi_1"});
  Refused({"pay", "-p", "1", "--user", "7", "--hold", two, "--tender", "external", "--reference",
           "pi_1"},
          1, "kReferenceUsed");
}

TEST_F(CliJourney, SweepsWhatIsOver) {
  MakeSale();
  EXPECT_EQ(Quiet({"sweep"}), "0");
  Quiet({"hold", "-p", "1", "--user", "7", "--ttl-s", "1", FreeSeats(1)[0]});
  std::string ended = "0";
  for (int i = 0; i < 600 && ended == "0"; ++i) ended = Quiet({"sweep"});
  EXPECT_EQ(ended, "1");
}

TEST_F(CliJourney, ClosesAndOpensTheSale) {
  MakeSale();
  const std::string seat = FreeSeats(1)[0];
  Quiet({"performance", "close", "1"});
  Refused({"hold", "-p", "1", "--user", "7", seat}, 1, "kSaleNotOpen");
  EXPECT_EQ(Quiet({"performance", "list", "--on-sale"}), "");
  Quiet({"performance", "open", "1"});
  Quiet({"hold", "-p", "1", "--user", "7", seat});
}

TEST_F(CliJourney, DrawsTheHall) {
  MakeSale();
  Quiet({"hold", "-p", "1", "--user", "7", "#0"});
  const Ran drawn = Run({"seats", "1", "--svg", "hall.svg"});
  EXPECT_EQ(drawn.code, 0) << drawn.err;
  EXPECT_NE(drawn.out.find("◐ ○ ○ ○ ○"), std::string::npos) << drawn.out;
  EXPECT_NE(drawn.out.find("○ available 19"), std::string::npos) << drawn.out;
  EXPECT_NE(drawn.out.find("STAGE"), std::string::npos) << drawn.out;
  EXPECT_EQ(drawn.out.find('\033'), std::string::npos);
  std::ifstream svg(directory_ / "hall.svg");
  std::string start;
  std::getline(svg, start);
  EXPECT_NE(start.find("<svg"), std::string::npos) << start;
}

TEST_F(CliJourney, DrawsABigHallWithinTheWidth) {
  Quiet({"init"});
  Quiet({"venue", "make", "--name", "Arena", "--rows", "100", "--seats", "200"});
  Quiet({"show", "add", "--title", "The rush"});
  Quiet({"performance", "add", "--show", "1", "--venue", "1", "--date", "2036-12-31", "--time",
         "19:30", "--currency", "EUR", "--price", "*=10.00"});
  const Ran drawn =
      Run({"seats", "1", "--width", "40", "--lines", "10"}, {.environment = {"LC_ALL=C"}});
  EXPECT_EQ(drawn.code, 0) << drawn.err;
  std::istringstream lines(drawn.out);
  std::string title, blank, row;
  std::getline(lines, title);
  std::getline(lines, blank);
  int rows = 0, with_seats = 0;
  while (std::getline(lines, row) && row.find("available") == row.npos) {
    EXPECT_LE(row.size(), 40u) << row;
    with_seats += row.find('.') != row.npos;
    ++rows;
  }
  EXPECT_LE(rows, 10 + 1) << "and a blank line";
  EXPECT_EQ(with_seats, 6) << "the stage takes some";
  EXPECT_NE(drawn.out.find("available 20,000"), std::string::npos);
}

TEST_F(CliJourney, BacksUpAndTellsWhatItIs) {
  MakeSale();
  Quiet({"keys", "rotate"});
  EXPECT_EQ(Quiet({"backup", "copy.db"}), "copy.db");
  EXPECT_EQ(Quiet({"verify", "--db", "copy.db"}), "clean");
  const Ran again = Run({"backup", "copy.db"});
  EXPECT_NE(again.code, 0);
  const Json stats = Answer({"stats"});
  EXPECT_EQ(stats.Find("seats")->AsInt64(), 20);
  EXPECT_NE(Text(stats, "durability"), "");
  EXPECT_GT(stats.Find("bytes_on_disk")->AsInt64().value_or(0), 0);
}

TEST_F(CliJourney, ErasesAnAccount) {
  Quiet({"init"});
  const std::string user = Password({"account", "register", "--email", "ada@example.org"});
  const std::string token = Password({"account", "login", "--email", "ada@example.org"});
  EXPECT_EQ(Quiet({"account", "erase", "--user", user}), user);
  Refused({"account", "login", "--email", "ada@example.org", "--password-stdin"}, 1,
          "kBadCredentials", {.text = "correct horse battery\n"});
  Refused({"wallet", "balance", "--currency", "EUR", "--token", token}, 1, "kAccessDenied");
}

TEST_F(CliJourney, ReadsADatabaseNamedByTheEnvironment) {
  const RunInput other{.environment = {"SEATHOLD_DB=other.db"}};
  EXPECT_EQ(Quiet({"init"}, other), "other.db");
  EXPECT_TRUE(std::filesystem::exists(directory_ / "other.db"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "seathold.db"));
}

TEST_F(CliJourney, ImportsACsvAndAPretixPlan) {
  Quiet({"init"});
  std::ofstream(directory_ / "hall.csv")
      << "section,row,seat,x,y,category,attributes\nStalls,A,1-4,,,Front,\nStalls,B,1-4,,,Back,\n";
  const Json report = Answer({"venue", "import", "hall.csv", "--name", "Small hall"});
  EXPECT_EQ(report.Find("seats")->AsInt64(), 8);
  EXPECT_EQ(report.Find("categories")->AsInt64(), 2);
  std::ofstream(directory_ / "odd.json")
      << R"({"name":"Odd","colour":"x","categories":[{"name":"A","color":"#000000"}],)"
      << R"("zones":[{"name":"Z",)"
      << R"("position":{"x":0,"y":0},"rows":[{"row_number":"1","position":{"x":0,"y":0},"seats":[)"
      << R"({"seat_number":"1","seat_guid":"one","category":"A","position":{"x":0,"y":0}}]}]}]})";
  EXPECT_EQ(Answer({"venue", "import", "odd.json"}).Find("warnings")->items().size(), 1u);
  Refused({"venue", "import", "odd.json", "--strict"}, 1, "kInvalidPlan");
  EXPECT_EQ(Quiet({"venue", "list"}), "1\n2");
}

}  // namespace
}  // namespace seathold::testing
