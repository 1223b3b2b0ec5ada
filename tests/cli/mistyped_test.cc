#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

class CliMistyped : public CliTest {
 protected:
  // What the tool says to a call that it must refuse as a whole, in both forms.
  std::string Complaint(const Arguments& call, const RunInput& input = {}) const {
    const Ran ran = Run(call, input);
    EXPECT_EQ(ran.code, 2) << ran.err;
    EXPECT_TRUE(ran.err.starts_with("seathold: kInvalidArgument: ")) << ran.err;
    EXPECT_EQ(ran.out, "");
    return ran.err;
  }
  void Says(const Arguments& call, std::string_view what) const {
    const std::string text = Complaint(call);
    EXPECT_NE(text.find(what), std::string::npos) << what << " in " << text;
  }
};

// Ways to give a password that are none.
std::vector<Arguments> SpellingsOf(const std::string& secret) {
  return {
      {"--pasword", secret},
      {"--pasword=" + secret},
      {"--Password", secret},
      {"--PASSWORD=" + secret},
      {"--pass", secret},
      {"--passwd=" + secret},
      {"--password" + secret},
      {"--password-stdin=" + secret},
      {"--passwordstdin", secret},
      {"--json=" + secret},
      {"--help=" + secret},
      {"--version=" + secret},
      {"-password", secret},
      {"-password=" + secret},
      {"-p", secret},
      {"-p" + secret},
      {"-P" + secret},
      {"-p=" + secret},
      {"\u2013password", secret},
      {"\u2014password=" + secret},
      {"--pasword", "--" + secret},
      {"--" + secret},
      {"-" + secret},
      {secret},
      {"--", secret},
      {"--password", "x", secret},
      {"password=" + secret},
      {"--password:" + secret},
      {"--token", secret},
      {"--tokn", secret, "--password", "x"},
      {"--password=", secret},
      {"--timeout-ms", secret, "--password", "x"},
      {"--log-level", secret, "--password", "x"},
      {"--password", secret, "--password", "x"},
      {"--password", secret, "--password-stdin"},
  };
}

// Other calls in which one may stand by mistake.
std::vector<Arguments> CallsWith(const std::string& secret) {
  return {
      {"acount", "login", "--password", secret},
      {"--password", secret, "acount", "login"},
      {"account", "logn", "--password", secret},
      {"account", "--password", secret},
      {secret},
      {"help", secret},
      {secret},
      {"account", secret},
      {"venue", secret},
      {"seats", "--tokn", secret},
      {"seats", secret},
      {"seats", "1", secret},
      {"hold", "-p", "1", "--tokn", secret, "#0"},
      {"hold", "-p", secret, "--user", "7", "#0"},
      {"hold", "-p", "1", "--user", secret, "#0"},
      {"hold", "-p", "1", "--user", "7", "--pss", secret, "#0"},
      {"hold", "-p", "1", "--user", "7", "--id", secret, "#0"},
      {"pay", "-p", "1", "--user", "7", "--hold", secret},
      {"pay", "-p", "1", "--user", "7", "--hold-from", "a", "--tender", secret},
      {"transfer", "show", secret},
      {"queue", "status", "--plce", secret},
      {"performance", "open", secret},
      {"performance", "add", "--show", "1", "--venue", "1", "--starts-at", secret},
      {"account", "password", "--old-password", secret},
      {"account", "password", "--user", "7", "--old-pasword", secret, "--new-password", secret},
  };
}

TEST_F(CliMistyped, NeverRepeatsASecret) {
  MakeSale();
  const std::string secret = "s3cr-eT-hunter2";
  const Arguments login = {"account", "login", "--email", "ann@example.org"};
  std::vector<Arguments> calls;
  for (const Arguments& spelling : SpellingsOf(secret)) {
    Arguments behind = login, ahead = spelling;
    behind.insert(behind.end(), spelling.begin(), spelling.end());
    ahead.insert(ahead.end(), login.begin(), login.end());
    calls.push_back(behind);
    calls.push_back(ahead);
  }
  const std::vector<Arguments> others = CallsWith(secret);
  calls.insert(calls.end(), others.begin(), others.end());
  for (const Arguments& call : calls) {
    for (const bool json : {false, true}) {
      Arguments all = call;
      if (json) all.insert(all.begin(), "--json");
      const Ran ran = Run(all);
      std::string typed;
      for (const std::string& word : all) typed += " " + word;
      const bool help = typed.find("--help=") != std::string::npos;  // is what it gets
      EXPECT_EQ(ran.err.empty(), help) << typed;
      EXPECT_EQ(ran.code == 0, help) << typed;
      for (const char* part : {"s3cr", "hunter2", "eT-"}) {
        EXPECT_EQ((ran.out + ran.err).find(part), std::string::npos) << typed << "\n" << ran.err;
      }
    }
  }
}

TEST_F(CliMistyped, NamesTheOptionAndWhatWasMeant) {
  const Arguments login = {"account", "login", "--email", "a"};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), login.begin(), login.end());
    return more;
  };
  Says(with({"--pasword", "x"}), "no option --pasword (did you mean --password?)");
  Says(with({"--pasword=x"}), "no option --pasword (did you mean --password?)");
  Says(with({"-password", "x"}), "--password begins with two plain dashes");
  Says(with({"\u2013password", "x"}), "--password begins with two plain dashes");
  Says(with({"--passwordx1y2z3"}), "the value of --password stands behind a blank");
  Says(with({"--jsn"}), "no option --jsn (did you mean --json?)");
  Says(with({"-x"}), "no option -x");
  Says(with({"--bogus"}), "no option --bogus");
  Says(with({"--password"}), "--password needs a value");
  Says(with({"--password="}), "--password is empty");
  Says(with({"--json=yes"}), "--json takes no value");
  Says(with({"x"}), "1 argument too many: `seathold account login` takes options only");
  Says({"hold", "--perfomance", "1", "#0"}, "did you mean --performance?");
  Says({"--password", "x", "account", "login"}, "--password belongs behind its command");
}

TEST_F(CliMistyped, NamesTheCommandThatWasMeant) {
  Says({"hodl"}, "no command \"hodl\" (did you mean `seathold hold`?)");
  Says({"acount", "login"}, "did you mean `seathold account login`?");
  Says({"account", "logn"}, "did you mean `seathold account login`?");
  Says({"venu", "list"}, "did you mean `seathold venue list`?");
  Says({"venue", "lst"}, "did you mean `seathold venue list`?");
  Says({"login"}, "did you mean `seathold account login`?");
  Says({"account", "hunter2secret"}, "no command \"account ...\" (did you mean `seathold account");
  Says({"Hold"}, "no command \"...\" (did you mean `seathold hold`?)");
  Says({"nonsense"}, "no command \"nonsense\"; see `seathold help`");
  Says({"venue"}, "a command is missing, see `seathold help venue`");
  Says({}, "a command is missing, see `seathold help`");
  Says({"--bogus"}, "no option --bogus; see `seathold help`");
}

TEST_F(CliMistyped, SaysWhatIsWrongWithAText) {
  const Arguments block = {"block", "-p", "1", "#0", "--reason"};
  for (const auto& [reason, why] : {std::pair("a\x1B[31m", "--reason: a control character"),
                                    std::pair("a\xFF", "--reason: not UTF-8")}) {
    Arguments all = block;
    all.emplace_back(reason);
    EXPECT_NE(Run(all).err.find(why), std::string::npos) << Run(all).err;
  }
}

TEST_F(CliMistyped, SaysAllThatIsWrongInTheOrderTyped) {
  const std::string text =
      Complaint({"performance", "add", "--venue", "x", "--limit", "-1", "--show", "0", "--date",
                 "2026-12-31", "--price", "*=1", "--timeout-ms", "no"});
  std::size_t at = 0;
  for (const char* part : {"--venue: a whole", "; --limit \"-1\": ", "; --show \"0\": ",
                           "; --time is missing", "; --currency is missing", "; --timeout-ms: "}) {
    const std::size_t found = text.find(part, at);
    EXPECT_NE(found, std::string::npos) << part << " in " << text;
    if (found != std::string::npos) at = found;
  }
  const std::string unknown = Complaint({"venue", "list", "--one-thing", "1", "--another=2"});
  EXPECT_LT(unknown.find("no option --one-thing; no option --another"), unknown.size()) << unknown;
}

TEST_F(CliMistyped, TakesASeatThatIsCalledLikeACommand) {
  MakeSale();
  for (const char* name : {"best", "venue", "help"}) {
    Refused({"hold", "-p", "1", "--user", "7", name}, 1, "kUnknownSeat");
    Refused({"hold", "-p", "1", "--user", "7", "#0", name}, 1, "kUnknownSeat");
  }
}

TEST_F(CliMistyped, KeepsTheFormOfErrorsWhereALineCannotBeRead) {
  for (const Arguments& call : std::vector<Arguments>{
           {"--json", "hold", "-p"}, {"--json", "hodl"}, {"hold", "--json", "--bogus"}}) {
    const Ran ran = Run(call);
    EXPECT_EQ(ran.code, 2);
    const Result<Json> error = Json::Parse(ran.err);
    ASSERT_TRUE(error.ok()) << ran.err;
    EXPECT_EQ(*error->Find("code"), Json("kInvalidArgument"));
  }
}

}  // namespace
}  // namespace seathold::testing
