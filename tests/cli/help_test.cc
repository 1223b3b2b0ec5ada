#include <algorithm>
#include <iterator>
#include <sstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

class CliHelp : public CliTest {
 protected:
  // The commands that `seathold --help` lists, as words.
  std::vector<std::vector<std::string>> Commands() const {
    std::vector<std::vector<std::string>> commands;
    std::istringstream lines(Run({"--help"}).out);
    std::string line;
    while (std::getline(lines, line) && !line.starts_with("Commands")) continue;
    while (std::getline(lines, line) && !line.empty()) {
      const std::string path = line.substr(2, std::min(line.find("  ", 2), line.find(',')) - 2);
      std::istringstream words(path);
      commands.emplace_back(std::istream_iterator<std::string>(words),
                            std::istream_iterator<std::string>());
    }
    return commands;
  }
};

TEST_F(CliHelp, ListsEveryCommandOfTheTool) {
  std::string all;
  for (const auto& words : Commands()) {
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
                              "account erase",
                              "queue join",
                              "queue status",
                              "queue admit",
                              "queue leave",
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
                              "sweep",
                              "verify",
                              "backup",
                              "stats",
                              "demo"}) {
    EXPECT_NE(("|" + all).find("|" + std::string(command) + " |"), std::string::npos) << command;
  }
}

TEST_F(CliHelp, TeachesEachCommand) {
  const auto commands = Commands();
  EXPECT_GE(commands.size(), 37u);
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

}  // namespace
}  // namespace seathold::testing
