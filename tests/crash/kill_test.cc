// A seller killed with SIGKILL in the middle of its sale.
#include <filesystem>
#include <thread>

#include "tests/crash/ledger.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kSellers = 4;
constexpr int kGenerationsMax = 2;  // kills of one file before it is looked at

// Never returns of its own will. Each op is written down before it is sent and when it was
// answered.
void SellForEver(const std::string& path, const Hall& hall, std::uint64_t seed, int generation,
                 Pipe* journal) {
  const auto engine = OpenFile(path);
  ASSERT_NE(engine, nullptr);
  std::vector<std::thread> sellers;
  for (std::uint64_t i = 0; i < kSellers; ++i) {
    sellers.emplace_back([&, i] {
      Seller seller(hall, seed, static_cast<std::uint64_t>(generation) * kSellers + i);
      while (true) {
        Entry entry;
        entry.op = seller.Next();
        if (!journal->Send(entry)) return;
        entry.answer = Perform(*engine, hall, entry.op);
        entry.answered = true;
        if (!journal->Send(entry)) return;
        seller.Hear(entry.op, entry.answer);
      }
    });
  }
  for (std::thread& seller : sellers) seller.join();
}

// Lets a seller run until it has written some lines and a little longer, and kills it.
void SellAndKill(const std::string& path, const Hall& hall, std::mt19937_64* random, int generation,
                 Journal* journal) {
  Pipe pipe;
  const std::uint64_t seed = (*random)();
  const std::size_t lines = journal->size() + (*random)() % 300;
  const auto pause_us = static_cast<useconds_t>((*random)() % 5'000);
  const pid_t child = Spawn([&] { SellForEver(path, hall, seed, generation, &pipe); });
  pipe.CloseWriter();
  const auto read_one = [&] {
    const auto entry = pipe.Receive<Entry>();
    if (entry) journal->push_back(*entry);
    return entry.has_value();
  };
  while (journal->size() < lines && read_one()) {
  }
  usleep(pause_us);
  EXPECT_EQ(kill(child, SIGKILL), 0);
  while (read_one()) {
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
}

LedgerCounts LookAt(const std::string& path, const Hall& hall, const Journal& journal) {
  Pipe pipe;
  InChild([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    LedgerCounts counts;
    ExpectLedger(*engine, hall, ReadJournal(journal), &counts);
    pipe.Send(counts);
    EXPECT_TRUE(engine->Close().ok());
  });
  pipe.CloseWriter();
  return pipe.Receive<LedgerCounts>().value_or(LedgerCounts{});
}

TEST(Kill, LosesNothingAcknowledgedAndLeavesNothingInHalves) {
  const ScratchFolder folder;
  const std::string home = folder.File("home"), work = folder.File("work");
  std::filesystem::create_directory(home);
  const Hall hall = BuildFile(home + "/hall.db", 20, 50);
  ASSERT_NE(hall.performance.value, 0u);
  const std::uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  LedgerCounts counts;
  int kills = 0;
  while (kills < Scaled(200) && !HasFailure()) {
    std::filesystem::remove_all(work);
    std::filesystem::copy(home, work, std::filesystem::copy_options::recursive);
    Journal journal;
    const int generations = 1 + static_cast<int>(random() % kGenerationsMax);
    for (int i = 0; i < generations; ++i, ++kills) {
      SellAndKill(work + "/hall.db", hall, &random, i, &journal);
    }
    counts.Add(LookAt(work + "/hall.db", hall, journal));
  }
  ASSERT_FALSE(HasFailure()) << "seed " << seed << ", kill " << kills;
  EXPECT_GT(counts.acknowledged, kills);
  EXPECT_GT(counts.in_flight, 0);
  std::printf("COUNT kill9_crashes %d\n", kills);
  std::printf("COUNT kill9_acknowledged_found %d\n", counts.acknowledged);
  std::printf("COUNT kill9_in_flight %d\n", counts.in_flight);
  std::printf("COUNT kill9_in_flight_whole %d\n", counts.there);
}

}  // namespace
}  // namespace seathold::testing
