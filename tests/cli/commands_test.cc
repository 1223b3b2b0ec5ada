#include <sstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

class CliCommands : public CliTest {
 protected:
  static std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(CliCommands, BlockDoesTheOthersWhenASeatIsUnknown) {
  MakeSale();
  const std::vector<std::string> seats = FreeSeats(3);
  Quiet({"hold", "-p", "1", "--user", "7", seats[1]});
  const Ran ran = Run({"-q", "block", "-p", "1", "nowhere", seats[0], seats[1], "#99", seats[2]});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, seats[0] + "\n" + seats[2] + "\n");
  EXPECT_NE(ran.err.find("nowhere (no such seat at this venue), " + seats[1] +
                         " (a seat is taken), #99 (no such seat at this venue)"),
            std::string::npos)
      << ran.err;
  EXPECT_EQ(Answer({"stats"}).Find("blocked")->AsInt64(), 2);

  const Ran back = Run({"--json", "unblock", "-p", "1", seats[0], "nowhere", seats[2]});
  EXPECT_EQ(back.code, 1);
  const Result<Json> done = Json::Parse(back.out);
  const Result<Json> error = Json::Parse(back.err);
  ASSERT_TRUE(done.ok()) << back.out;
  ASSERT_TRUE(error.ok()) << back.err;
  for (const Json* json : {&done.value(), &error.value()}) {
    ASSERT_EQ(json->Find("seats")->items().size(), 3u);
    EXPECT_EQ(*json->Find("seats")->items()[0].Find("code"), Json("kOk"));
    EXPECT_EQ(*json->Find("seats")->items()[1].Find("code"), Json("kUnknownSeat"));
  }
  EXPECT_EQ(Answer({"stats"}).Find("blocked")->AsInt64(), 0);
  Refused({"block", "-p", "1", "nowhere", "neither"}, 1, "kUnknownSeat");
}

TEST_F(CliCommands, UnblockSaysWhatCameBackOnSaleAndWhatEachOtherSeatIs) {
  MakeSale();
  const std::vector<std::string> seats = FreeSeats(4);
  const std::string hold = Quiet({"hold", "-p", "1", "--user", "7", seats[0]});
  Quiet({"confirm", "--hold", hold, "-p", "1", "--user", "7", "--tender", "external", "--reference",
         "till"});
  Quiet({"hold", "-p", "1", "--user", "7", seats[1]});
  const Ran sold = Run({"unblock", "-p", "1", seats[0]});
  EXPECT_EQ(sold.code, 0) << sold.err;
  EXPECT_EQ(sold.out, "0 seats are on sale again\nnot blocked: " + seats[0] + " is sold\n");

  const std::vector<std::string> unblock = {"unblock", "-p",     "1",     seats[0],
                                            seats[1],  seats[2], seats[3]};
  Quiet({"block", "-p", "1", seats[2]});
  EXPECT_EQ(Run(unblock).out, "1 seat is on sale again\nnot blocked: " + seats[0] + " is sold, " +
                                  seats[1] + " is held, " + seats[3] + " is available\n");
  Quiet({"block", "-p", "1", seats[2]});
  EXPECT_EQ(Quiet(unblock), seats[2]);
  Quiet({"block", "-p", "1", seats[2]});
  const Json json = Answer(unblock);
  EXPECT_EQ(*json.Find("seats")->items()[0].Find("was"), Json("sold"));
  EXPECT_EQ(*json.Find("seats")->items()[2].Find("was"), Json("blocked"));
}

TEST_F(CliCommands, HoldNamesEverySeatInTheWayInTheOrderTyped) {
  MakeSale();
  const std::vector<std::string> seats = FreeSeats(4);
  const Ran unknown = Run({"hold", "-p", "1", "--user", "7", "z", seats[0], "a", "#99"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("\"z\", \"a\", \"#99\""), std::string::npos) << unknown.err;
  EXPECT_EQ(FreeSeats(1)[0], seats[0]);

  Quiet({"hold", "-p", "1", "--user", "7", seats[0], seats[2]});
  const Ran taken = Run({"hold", "-p", "1", "--user", "8", seats[2], seats[3], seats[0]});
  EXPECT_EQ(taken.code, 1);
  const std::size_t later = taken.err.find(seats[2] + " is held");
  const std::size_t earlier = taken.err.find(seats[0] + " is held");
  EXPECT_LT(later, earlier) << taken.err;
  EXPECT_NE(earlier, std::string::npos) << taken.err;
}

TEST_F(CliCommands, TakeAPerformanceEitherWay) {
  MakeSale();
  EXPECT_EQ(Run({"seats", "-p", "1"}).out, Run({"seats", "1"}).out);
  EXPECT_EQ(Run({"seats", "--performance=1", "--list"}).out, Run({"seats", "1", "--list"}).out);
  Quiet({"performance", "close", "-p", "1"});
  EXPECT_EQ(Quiet({"performance", "list", "--on-sale"}), "");
  Quiet({"performance", "open", "--performance", "1"});
  EXPECT_EQ(Quiet({"performance", "list", "--on-sale"}), "1");
  EXPECT_EQ(Quiet({"feed", "-p", "1"}), Quiet({"feed", "1"}));
  for (const Arguments& call : std::vector<Arguments>{{"seats"},
                                                      {"seats", "1", "-p", "1"},
                                                      {"seats", "-p", "1", "2"},
                                                      {"performance", "open"}}) {
    Refused(call, 2, "kInvalidArgument");
  }
  EXPECT_NE(Run({"seats"}).err.find("--performance is missing"), std::string::npos);
}

TEST_F(CliCommands, FeedGoesOnFromAPosition) {
  MakeSale();
  EXPECT_EQ(Quiet({"feed", "1"}), "0");
  const std::string hold = Quiet({"hold", "-p", "1", "--user", "7", "#0", "#2"});
  Quiet({"cancel", "-p", "1", "--user", "7", "--hold", hold});
  Quiet({"block", "-p", "1", "#5"});
  const std::vector<std::string> lines = Lines(Run({"feed", "1", "--json"}).out);
  ASSERT_EQ(lines.size(), 3u);
  const char* kinds[] = {"held", "cancelled", "blocked"};
  for (std::size_t i = 0; i < 3; ++i) {
    const Result<Json> event = Json::Parse(lines[i]);
    ASSERT_TRUE(event.ok()) << lines[i];
    EXPECT_EQ(event->Find("position")->AsInt64(), static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(*event->Find("kind"), Json(kinds[i]));
  }
  const Json held = Json::Parse(lines[0]).value();
  EXPECT_EQ(*held.Find("hold"), Json(hold));
  EXPECT_EQ(*held.Find("user"), Json("7"));
  EXPECT_EQ(held.Find("seats")->items().size(), 2u);
  EXPECT_FALSE(held.Find("expires_at")->AsString() == nullptr);

  EXPECT_EQ(Lines(Run({"feed", "1", "--after", "1"}).out).size(), 2u);
  EXPECT_EQ(Lines(Run({"feed", "1", "--events-max", "1"}).out).size(), 1u);
  EXPECT_EQ(Quiet({"feed", "1", "--after", "1", "--events-max", "1"}), "2");
  EXPECT_EQ(Quiet({"feed", "1", "--after", "3"}), "3");
  EXPECT_EQ(Run({"feed", "1", "--after", "3"}).out, "");
  Refused({"feed", "1", "--after", "4"}, 1, "kFeedTruncated");
  Refused({"feed", "9"}, 1, "kUnknownPerformance");
}

TEST_F(CliCommands, FeedWaitsForWhatComesAndNoLonger) {
  MakeSale();
  EXPECT_EQ(Quiet({"feed", "1", "--wait-s", "1"}), "0");
  Quiet({"hold", "-p", "1", "--user", "7", "--ttl-s", "1", "#0"});
  EXPECT_EQ(Quiet({"feed", "1", "--wait-s", "600"}), "1");
}

TEST_F(CliCommands, TransferShowTellsWhatHappened) {
  MakeSale();
  const std::string hold = Quiet({"hold", "-p", "1", "--user", "7", "#0"});
  const std::string poor = "01890a5d-ac96-774b-bcce-b302099a8057";
  Refused({"pay", "-p", "1", "--user", "7", "--hold", hold, "--payment", poor}, 1,
          "kInsufficientFunds");
  EXPECT_EQ(Quiet({"transfer", "show", poor}), "kInsufficientFunds");
  Quiet({"wallet", "charge", "--user", "7", "--amount", "10", "--currency", "EUR"});
  const std::string paid = Quiet({"pay", "-p", "1", "--user", "7", "--hold", hold});
  const Json payment = Answer({"transfer", "show", paid, "--settle"});
  EXPECT_EQ(*payment.Find("kind"), Json("payment"));
  EXPECT_EQ(*payment.Find("hold"), Json(hold));
  EXPECT_EQ(*payment.Find("tender"), Json("wallet"));
  EXPECT_EQ(*payment.Find("code"), Json("kOk"));
  EXPECT_EQ(*payment.Find("amount")->Find("text"), Json("10.00 EUR"));
  Refused({"transfer", "show", "01890a5d-ac96-774b-bcce-b302099a8058"}, 1, "kUnknownTransfer");
}

TEST_F(CliCommands, RevokeTakesABuyerOutOfTheLine) {
  MakeSale({"--queue", "--active-max", "1"});
  const std::string ann = Quiet({"queue", "join", "--show", "1", "--user", "7"});
  const std::string bob = Quiet({"queue", "join", "--show", "1", "--user", "8"});
  Quiet({"queue", "revoke", "--show", "1", "--user", "7"});
  Refused({"queue", "status", "--place", ann}, 1, "kPassSpent");
  Quiet({"queue", "admit", "--show", "1"});
  EXPECT_NE(Quiet({"queue", "status", "--place", bob}), "");
}

TEST_F(CliCommands, AnIdFromATextHappensOnce) {
  MakeSale();
  const Arguments charge = {"wallet", "charge",     "--user", "7",         "--amount",
                            "10",     "--currency", "EUR",    "--id-from", "pi_3Nx"};
  const std::string id = Quiet(charge);
  EXPECT_EQ(id, "75f47f78-c98e-8350-98bf-f406c4971bb3");
  EXPECT_EQ(Quiet(charge), id);
  EXPECT_EQ(Quiet({"wallet", "balance", "--user", "7", "--currency", "EUR"}), "10.00 EUR");
  EXPECT_EQ(Quiet({"transfer", "show", "--id-from", "pi_3Nx"}), "done");

  const Arguments hold = {"hold", "-p", "1", "--user", "7", "#0", "--id-from", "pi_3Nx"};
  EXPECT_EQ(Quiet(hold), id);
  EXPECT_EQ(Quiet(hold), id);
  const Arguments pay = {"pay", "-p", "1", "--user", "7", "--hold-from", "pi_3Nx", "--id-from"};
  const auto with = [](Arguments call, const char* text) {
    call.emplace_back(text);
    return call;
  };
  // One space of ids for all transfers: never a second effect, and never silently none.
  Refused(with(pay, "pi_3Nx"), 1, "kIdempotencyMismatch");
  const std::string payment = Quiet(with(pay, "pay:pi_3Nx"));
  EXPECT_EQ(Quiet(with(pay, "pay:pi_3Nx")), payment);
  EXPECT_EQ(Quiet({"reservation", "show", "-p", "1", "--hold-from", "pi_3Nx"}), "confirmed");
  const Arguments refund = {"refund", "-p", "1", "--hold-from", "pi_3Nx", "--id-from", "re_1"};
  EXPECT_EQ(Quiet(refund), Quiet(refund));
  const Arguments withdraw = {"wallet", "withdraw",   "--user", "7",         "--amount",
                              "4",      "--currency", "EUR",    "--id-from", "po_1"};
  EXPECT_EQ(Quiet(withdraw), Quiet(withdraw));
  EXPECT_EQ(Quiet({"wallet", "balance", "--user", "7", "--currency", "EUR"}), "6.00 EUR");
  const std::string best =
      Quiet({"best", "-p", "1", "--user", "7", "--seats", "1", "--id-from", "b"});
  Quiet({"cancel", "-p", "1", "--user", "7", "--hold-from", "b"});
  EXPECT_EQ(Quiet({"reservation", "show", "-p", "1", "--hold", best}), "cancelled");
}

TEST_F(CliCommands, AnIdIsGivenInOneWay) {
  MakeSale();
  const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const Arguments hold = {"hold", "-p", "1", "--user", "7", "#0"};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), hold.begin(), hold.end());
    return more;
  };
  Refused(with({"--id", id, "--id-from", "x"}), 2, "kInvalidArgument");
  Refused(with({"--id-from", "x", "--id", id}), 2, "kInvalidArgument");
  Refused(with({"--id-from", std::string(201, 'x')}), 2, "kInvalidArgument");
  Refused(with({"--id-from", ""}), 2, "kInvalidArgument");
  Refused({"pay", "-p", "1", "--user", "7"}, 2, "kInvalidArgument");
  EXPECT_EQ(Quiet(with({"--id-from", std::string(200, 'x')})).size(), 36u);
}

}  // namespace
}  // namespace seathold::testing
