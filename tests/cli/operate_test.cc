// What docs/operate.md tells operators to run, in its order, in one folder.
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

struct Block {
  int line = 0;
  std::string text;
};

std::vector<Block> BlocksOf(const std::string& path) {
  std::vector<Block> blocks;
  std::ifstream in(path);
  bool marked = false, inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back().text += line + "\n";
    } else if (marked && line == "```sh") {
      inside = true;
      blocks.push_back({number, ""});
    }
    marked = line == "<!-- run -->";
  }
  return blocks;
}

class Operate : public CliTest {};

TEST_F(Operate, EveryCommandOfTheGuideWorksInItsOrder) {
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  const auto blocks = BlocksOf(std::string(source == nullptr ? "." : source) + "/docs/operate.md");
  ASSERT_GE(blocks.size(), 8u);
  const fs::path bin = directory_ / "bin";
  fs::create_directories(bin);
  fs::create_symlink(fs::absolute(std::getenv("SEATHOLD_CLI")), bin / "seathold");
  for (const Block& block : blocks) {
    std::ofstream(directory_ / "block.sh") << block.text;
    const std::string command = "cd '" + directory_.string() + "' && PATH='" + bin.string() +
                                "':\"$PATH\" sh -eu block.sh </dev/null >block.out 2>&1";
    const int status = std::system(command.c_str());
    std::ostringstream out;
    out << std::ifstream(directory_ / "block.out").rdbuf();
    ASSERT_EQ(WEXITSTATUS(status), 0) << "docs/operate.md:" << block.line << "\n" << out.str();
  }
  // The sale behind the backup is gone, what was before it is there.
  const Json stats = Answer({"stats", "--db", "new-home/hall.db"});
  ASSERT_NE(stats.Find("held"), nullptr);
  EXPECT_EQ(stats.Find("held")->AsInt64(), 0);
}

// An auditor's copy: another user, a folder that nobody may write, no keys, no line.
TEST_F(Operate, AnAuditorReadsACopyWhereNothingCanBeWritten) {
  MakeSale({"--queue"});
  Quiet({"wallet", "charge", "--user", "7", "--amount", "30.00", "--currency", "EUR"});
  const fs::path audit = directory_ / "audit";
  fs::create_directories(audit);
  Quiet({"backup", "audit/copy.db"});
  fs::permissions(audit / "copy.db", fs::perms(0444));
  fs::permissions(audit, fs::perms(0555));
  fs::permissions(directory_, fs::perms(0755));
  const std::vector<std::vector<std::string>> reads = {
      {"verify"},
      {"stats"},
      {"seats", "1"},
      {"performance", "list"},
      {"venue", "list"},
      {"show", "list"},
      {"reservation", "list", "-p", "1"},
      {"wallet", "balance", "--user", "7", "--currency", "EUR"},
      {"wallet", "statement", "--user", "7", "--currency", "EUR"}};
  for (std::vector<std::string> command : reads) {
    SCOPED_TRACE(command[0]);
    command.insert(command.begin(), {"--db", "audit/copy.db"});
    const Ran ran = Run(command, {.unprivileged = true});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(std::distance(fs::directory_iterator(audit), {}), 1);
  }
  Refused({"--db", "audit/copy.db", "--read-only", "sweep"}, 1, "kReadOnly",
          {.unprivileged = true});
  fs::permissions(audit, fs::perms(0755));
}

// What was committed before the crash stands in the -wal: an older state told as the books would be
// worse than none.
TEST_F(Operate, ACrashedCopyThatCannotBeReplayedSaysSo) {
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  const std::string fixture =
      std::string(source == nullptr ? "." : source) + "/tests/fixtures/0.1/hall-unclean.db";
  const fs::path audit = directory_ / "audit";
  fs::create_directories(audit);
  fs::copy_file(fixture, audit / "copy.db");
  fs::copy_file(fixture + "-wal", audit / "copy.db-wal");
  for (const char* name : {"copy.db", "copy.db-wal"}) {
    fs::permissions(audit / name, fs::perms(0444));
  }
  fs::permissions(audit, fs::perms(0555));
  fs::permissions(directory_, fs::perms(0755));
  const Ran ran = Run({"--db", "audit/copy.db", "verify"}, {.unprivileged = true});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.err.find("copy the database and its -wal"), std::string::npos) << ran.err;
  fs::permissions(audit, fs::perms(0755));
}

TEST_F(Operate, ReadingMakesNothingBesideAForeignOrEmptyFile) {
  std::ofstream(directory_ / "empty.db").flush();
  std::ofstream(directory_ / "text.db") << std::string(9'000, 'x');
  const auto files = [&] { return std::distance(fs::directory_iterator(directory_), {}); };
  const auto before = files();
  for (const char* name : {"empty.db", "text.db", "none.db"}) {
    for (const char* command : {"verify", "stats", "sweep"}) {
      const Ran ran = Run({"--db", name, command});
      EXPECT_NE(ran.code, 0) << name << " " << command;
      EXPECT_EQ(files(), before) << name << " " << command;
    }
  }
}

}  // namespace
}  // namespace seathold::testing
