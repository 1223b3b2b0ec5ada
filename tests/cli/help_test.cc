#include <sstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

class CliHelp : public CliTest {};

TEST_F(CliHelp, ListsEveryCommandOfTheTool) {
  std::string all;
  for (const auto& words : CommandsOfHelp()) {
    for (const std::string& word : words) all += word + " ";
    all += "|";
  }
  for (const char* command : {"init",
                              "keys rotate",
                              "venue import",
                              "venue make",
                              "venue list",
                              "show add",
                              "show list",
                              "performance add",
                              "performance list",
                              "performance open",
                              "performance close",
                              "seats",
                              "account register",
                              "account login",
                              "account password",
                              "account disable",
                              "account erase",
                              "queue join",
                              "queue status",
                              "queue admit",
                              "queue leave",
                              "queue revoke",
                              "hold",
                              "best",
                              "confirm",
                              "cancel",
                              "refund",
                              "block",
                              "unblock",
                              "reservation show",
                              "reservation list",
                              "wallet charge",
                              "wallet withdraw",
                              "wallet balance",
                              "wallet statement",
                              "transfer show",
                              "feed",
                              "help",
                              "sweep",
                              "verify",
                              "backup",
                              "stats",
                              "demo"}) {
    EXPECT_NE(("|" + all).find("|" + std::string(command) + " |"), std::string::npos) << command;
  }
}

TEST_F(CliHelp, TeachesEachCommand) {
  const auto commands = CommandsOfHelp();
  EXPECT_GE(commands.size(), 43u);
  for (std::vector<std::string> words : commands) {
    std::string path;
    for (const std::string& word : words) path += (path.empty() ? "" : " ") + word;
    SCOPED_TRACE(path);
    words.push_back("--help");
    const Ran ran = Run(words);
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.err, "");
    EXPECT_TRUE(ran.out.starts_with("seathold " + path + ": ")) << ran.out;
    EXPECT_NE(ran.out.find("\nUsage: seathold " + path), std::string::npos);
    EXPECT_NE(ran.out.find("\nExamples:\n  "), std::string::npos);
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST_F(CliHelp, DocumentsExitCodesAndAnswersToVersion) {
  const std::string help = Run({"--help"}).out;
  EXPECT_NE(help.find("Exit codes:"), std::string::npos);
  for (const char* code :
       {"0  done", "1  refused", "2  usage", "3  busy", "4  unknown", "5  verify"}) {
    EXPECT_NE(help.find(code), std::string::npos) << code;
  }
  EXPECT_TRUE(Run({"--version"}).out.starts_with("seathold 0."));
  EXPECT_NE(Run({"pay", "--help"}).out.find("seathold confirm"), std::string::npos);
  EXPECT_NE(Run({"queue", "--help"}).out.find("queue join"), std::string::npos);
}

TEST_F(CliHelp, IsACommandToo) {
  EXPECT_EQ(Run({"help"}).out, Run({"--help"}).out);
  EXPECT_EQ(Run({"help", "venue"}).out, Run({"venue", "--help"}).out);
  for (const auto& words : CommandsOfHelp()) {
    std::vector<std::string> asked = words, behind = words;
    asked.insert(asked.begin(), "help");
    behind.push_back("--help");
    const Ran ran = Run(asked);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, Run(behind).out);
  }
  EXPECT_EQ(Run({"help", "pay"}).out, Run({"help", "confirm"}).out);
  const Ran wrong = Run({"help", "venu"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("`seathold venue"), std::string::npos) << wrong.err;
}

// Whoever runs a tool of operators must be able to tell which commands are theirs alone.
TEST_F(CliHelp, SaysWhatIsAnOperatorsCall) {
  for (const char* command : {"block", "unblock", "refund"}) {
    EXPECT_NE(Run({"help", command}).out.find("An operator's command."), std::string::npos);
  }
  EXPECT_NE(Run({"help", "queue", "admit"}).out.find("An operator's command."), std::string::npos);
  EXPECT_NE(Run({"help", "reservation", "list"}).out.find("operator's call"), std::string::npos);
  EXPECT_NE(Run({"help"}).out.find("Commands without --token are for operators"),
            std::string::npos);
}

}  // namespace
}  // namespace seathold::testing
