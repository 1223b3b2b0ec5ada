#include <algorithm>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

constexpr const char* kNoTransfer = "01890a5d-ac96-774b-bcce-b302099a8057";

class CliToken : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    if (IsSkipped()) return;
    MakeSale();
    const RunInput password{.text = "correct horse battery\n"};
    ann_ =
        Quiet({"account", "register", "--email", "ann@example.org", "--password-stdin"}, password);
    token_ =
        Quiet({"account", "login", "--email", "ann@example.org", "--password-stdin"}, password);
    anns_ = Quiet({"hold", "-p", "1", "--token", token_, "#0"});
    bobs_ = Quiet({"hold", "-p", "1", "--user", "7", "#1"});
  }

  RunInput Environment(const std::string& token) const {
    return {.environment = {"SEATHOLD_TOKEN=" + token}};
  }

  std::string ann_, token_, anns_, bobs_;
};

TEST_F(CliToken, RestrictsAListToItsUser) {
  const Arguments door_list = {"reservation", "list", "-p", "1"};
  std::string both = Quiet(door_list);
  EXPECT_EQ(both.size(), anns_.size() + 1 + bobs_.size());

  const Arguments with_token = {"reservation", "list", "-p", "1", "--token", token_};
  EXPECT_EQ(Quiet(with_token), anns_);
  EXPECT_EQ(Quiet(door_list, Environment(token_)), anns_);
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "1", "--user", "7"}), bobs_);
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "1", "--user", "8"}), "");
  // Who names a user is an operator, whatever the environment has.
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "1", "--user", "7"}, Environment(token_)), bobs_);
  EXPECT_EQ(Quiet(door_list, Environment("")), both);
}

TEST_F(CliToken, RestrictsAListToAPerformanceAmongSeveral) {
  for (const char* time : {"20:30", "21:30"}) {
    Quiet({"performance", "add", "--show", "1", "--venue", "1", "--date", "2026-12-31", "--time",
           time, "--currency", "EUR", "--price", "*=10.00"});
  }
  const std::string second = Quiet({"hold", "-p", "2", "--user", "7", "#3"});
  const std::string third = Quiet({"hold", "-p", "3", "--user", "7", "#3"});
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "1", "--user", "7"}), bobs_);
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "2", "--user", "7"}), second);
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "3", "--user", "7"}), third);
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "2", "--user", "7", "--after", second}), "");
  EXPECT_EQ(Quiet({"reservation", "list", "--user", "7"}), bobs_ + "\n" + second + "\n" + third);
}

TEST_F(CliToken, IsRefusedByEveryCommandThatTakesOne) {
  const std::vector<Arguments> calls = {
      {"reservation", "list"},
      {"reservation", "list", "-p", "1"},
      {"reservation", "list", "-p", "9"},
      {"reservation", "show", "-p", "1", "--hold", anns_},
      {"hold", "-p", "1", "#5"},
      {"best", "-p", "1", "--seats", "1"},
      {"cancel", "-p", "1", "--hold", anns_},
      {"confirm", "-p", "1", "--hold", anns_},
      {"wallet", "charge", "--amount", "1", "--currency", "EUR"},
      {"wallet", "withdraw", "--amount", "1", "--currency", "EUR"},
      {"wallet", "balance", "--currency", "EUR"},
      {"wallet", "statement", "--currency", "EUR"},
      {"transfer", "show", kNoTransfer},
      {"queue", "join", "--show", "1"},
      {"queue", "leave", "--show", "1"},
      {"queue", "revoke", "--show", "1"},
      {"account", "password", "--old-password", "correct horse battery", "--new-password", "x"},
      {"account", "disable"},
      {"account", "erase"},
  };
  for (Arguments call : calls) {
    Refused(call, 1, "kAccessDenied", Environment("junk"));
    call.insert(call.end(), {"--token", token_ + "x"});
    Refused(call, 1, "kAccessDenied");
    call.insert(call.end(), {"--user", "7"});
    Refused(call, 2, "kInvalidArgument");
  }
  EXPECT_EQ(Quiet({"reservation", "show", "-p", "1", "--hold", anns_}), "held");
}

// Each command of the help that takes a token is in the list above, or here with its reason.
TEST_F(CliToken, IsKnownToTheTestWhereverItIsTaken) {
  const Arguments known = {"reservation list",
                           "reservation show",
                           "hold",
                           "best",
                           "cancel",
                           "confirm",
                           "wallet charge",
                           "wallet withdraw",
                           "wallet balance",
                           "wallet statement",
                           "transfer show",
                           "queue join",
                           "queue leave",
                           "queue revoke",
                           "account password",
                           "account disable",
                           "account erase"};
  for (const Arguments& words : CommandsOfHelp()) {
    Arguments help = words;
    help.push_back("--help");
    const bool takes = Run(help).out.find("\n  --token TOKEN") != std::string::npos;
    std::string path;
    for (const std::string& word : words) path += (path.empty() ? "" : " ") + word;
    EXPECT_EQ(takes, std::ranges::find(known, path) != known.end()) << path;
  }
}

TEST_F(CliToken, IsNotLookedAtBesideAPlaceOrAUser) {
  Quiet({"show", "add", "--title", "Queued", "--queue"});
  const std::string place = Quiet({"queue", "join", "--show", "2", "--user", "7"});
  Refused({"queue", "leave", "--place", place, "--token", "junk"}, 2, "kInvalidArgument");
  Refused({"queue", "leave", "--place", place, "--user", "7"}, 2, "kInvalidArgument");
  Quiet({"queue", "leave", "--place", place}, Environment("junk"));
  Quiet({"wallet", "balance", "--user", "7", "--currency", "EUR"}, Environment("junk"));
  Quiet({"seats", "1"}, Environment("junk"));
}

TEST_F(CliToken, HidesTransfersOfOthers) {
  const std::string own =
      Quiet({"wallet", "charge", "--amount", "5", "--currency", "EUR"}, Environment(token_));
  const std::string other =
      Quiet({"wallet", "charge", "--user", "7", "--amount", "5", "--currency", "EUR"});
  EXPECT_EQ(Quiet({"transfer", "show", own, "--token", token_}), "done");
  EXPECT_EQ(Quiet({"transfer", "show", "--id", other}), "done");
  Refused({"transfer", "show", other, "--token", token_}, 1, "kUnknownTransfer");
  Refused({"transfer", "show", other, "--user", "8"}, 1, "kUnknownTransfer");
}

TEST_F(CliToken, IsOverOnceThePasswordIsAnother) {
  const RunInput lines{.text = "correct horse battery\nanother horse battery\n",
                       .environment = {"SEATHOLD_TOKEN=" + token_}};
  Refused({"account", "password", "--user", ann_, "--password-stdin"}, 1, "kBadCredentials",
          {.text = "wrong horse battery\nanother horse battery\n"});
  EXPECT_EQ(Quiet({"account", "password", "--password-stdin"}, lines), ann_);
  Refused({"wallet", "balance", "--currency", "EUR", "--token", token_}, 1, "kAccessDenied");
  const Arguments login = {"account", "login", "--email", "ann@example.org", "--password-stdin"};
  Refused(login, 1, "kBadCredentials", {.text = "correct horse battery\n"});
  EXPECT_NE(Quiet(login, {.text = "another horse battery\n"}), "");
}

TEST_F(CliToken, IsOverOnceTheAccountIsDisabled) {
  EXPECT_EQ(Quiet({"account", "disable", "--user", ann_}), ann_);
  Refused({"wallet", "balance", "--currency", "EUR", "--token", token_}, 1, "kAccessDenied");
  Refused({"account", "login", "--email", "ann@example.org", "--password-stdin"}, 1,
          "kAccountDisabled", {.text = "correct horse battery\n"});
  Refused({"account", "disable", "--user", "9223372036854775899"}, 1, "kUnknownUser");
}

TEST_F(CliToken, OrAUserIsNeverZero) {
  Refused({"reservation", "list", "-p", "1", "--user", "0"}, 2, "kInvalidArgument");
  Refused({"reservation", "list", "-p", "0", "--user", "7"}, 2, "kInvalidArgument");
  Refused({"performance", "list", "--show", "0"}, 2, "kInvalidArgument");
}

}  // namespace
}  // namespace seathold::testing
