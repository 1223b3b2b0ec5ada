#include "examples/cli/demo/crash.h"

#include <cstdlib>

#include "examples/cli/demo/demo.h"
#include "tests/demo/world.h"
#include "tests/support/counts.h"

namespace seathold::demo {
namespace {

using seathold::testing::Scaled;

// This test binary, started again: CrashChild finds its orders in the environment.
ChildCommand ThisTest() {
  return [](const EngineOptions& engine, int ack_fd, std::uint64_t seed) {
    const std::string test = std::filesystem::read_symlink("/proc/self/exe");
    return std::vector<std::string>{"/usr/bin/env",
                                    "-u",
                                    "GTEST_OUTPUT",
                                    "-u",
                                    "GTEST_TOTAL_SHARDS",
                                    "SEATHOLD_DEMO_CHILD=" + engine.storage,
                                    "SEATHOLD_DEMO_FD=" + std::to_string(ack_fd),
                                    "SEATHOLD_DEMO_SEED=" + std::to_string(seed),
                                    "/bin/sh",
                                    "-c",
                                    "exec \"$0\" --gtest_filter=CrashChild.* >/dev/null",
                                    test};
  };
}

TEST(CrashChild, SellsWhatThereIsAndNothingElse) {
  const char* path = std::getenv("SEATHOLD_DEMO_CHILD");
  if (path == nullptr) {
    EXPECT_EQ(RunDemoChild({.storage = "sqlite:/nowhere/sale.db"}, -1, 1), 3);
    return;
  }
  EXPECT_EQ(RunDemoChild({.storage = path}, std::atoi(std::getenv("SEATHOLD_DEMO_FD")),
                         std::strtoull(std::getenv("SEATHOLD_DEMO_SEED"), nullptr, 10)),
            0);
}

TEST(CrashAct, FindsEverythingThatWasAcknowledged) {
  TestDirectory directory;
  CrashOptions options;
  options.engine.storage = "sqlite:" + directory.File("crash.db");
  options.kills = Scaled(30);
  options.seed = 17;
  options.child = ThisTest();
  const StopFlag stop{false};
  Console console(ConsoleTraits{.quiet = true});
  const CrashResult result = PlayCrashAct(options, stop, console);
  ASSERT_TRUE(result.status.ok()) << result.status.text();
  ASSERT_EQ(result.rounds.size(), static_cast<std::size_t>(options.kills));
  for (const CrashRound& round : result.rounds) {
    EXPECT_TRUE(round.killed);
    EXPECT_GT(round.acknowledged, 0u);
    EXPECT_EQ(round.found, round.acknowledged);
    EXPECT_EQ(round.vanished, 0u);
    EXPECT_LE(round.unheard, 4u);  // one request in flight for each seller
    EXPECT_TRUE(round.clean);
  }
  EXPECT_TRUE(result.holds());
}

TEST(CrashAct, SaysWhenTheSellerCannotStart) {
  TestDirectory directory;
  CrashOptions options;
  options.engine.storage = "sqlite:" + directory.File("crash.db");
  options.child = [](const EngineOptions&, int, std::uint64_t) {
    return std::vector<std::string>{"/nowhere/seathold"};
  };
  const StopFlag stop{false};
  Console console(ConsoleTraits{.quiet = true});
  const CrashResult result = PlayCrashAct(options, stop, console);
  EXPECT_FALSE(result.status.ok());
  EXPECT_FALSE(result.holds());
}

TEST(CrashRound, IsUnsoundWhenAnAcknowledgementIsNotFound) {
  CrashRound round;
  round.clean = true;
  round.acknowledged = 3;
  round.found = 2;
  EXPECT_FALSE(round.sound());
  round.found = 3;
  EXPECT_TRUE(round.sound());
  round.vanished = 1;
  EXPECT_FALSE(round.sound());
}

}  // namespace
}  // namespace seathold::demo
