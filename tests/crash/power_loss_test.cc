// Power lost in the middle of a sale: what was not synced is dropped, torn or reordered.
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/crash/disk.h"
#include "tests/crash/ledger.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kBuyerThreads = 3;
constexpr int kOpsOfThread = 60;
constexpr std::size_t kImagesOfSale = 25;
constexpr std::uint64_t kOneChangeOf = 64;  // spreads the images over the sale

// A machine after power came back, and what its customers know.
struct Blackout {
  CrashImage disk;
  Journal journal;
};

class SharedJournal {
 public:
  void Write(const Entry& entry) {
    const std::lock_guard lock(mutex_);
    journal_.push_back(entry);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return journal_.size();
  }
  // All that started; of the answers only those that were out by line `answers_until`.
  Journal Known(std::size_t answers_until) const {
    const std::lock_guard lock(mutex_);
    Journal known;
    for (std::size_t i = 0; i < journal_.size(); ++i) {
      if (i < answers_until || !journal_[i].answered) known.push_back(journal_[i]);
    }
    return known;
  }

 private:
  mutable std::mutex mutex_;
  Journal journal_;
};

void SellOn(Engine& engine, const Hall& hall, std::uint64_t seed, SharedJournal* journal) {
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kBuyerThreads; ++i) {
    threads.emplace_back([&, i] {
      Seller seller(hall, seed, i);
      for (int n = 0; n < kOpsOfThread; ++n) {
        Entry entry;
        entry.op = seller.Next();
        journal->Write(entry);
        entry.answer = Perform(engine, hall, entry.op);
        entry.answered = true;
        journal->Write(entry);
        seller.Hear(entry.op, entry.answer);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// One sale, with power lost at random moments: before any write, sync, cut or deletion.
std::vector<Blackout> SellWithBlackouts(const BuiltHall& built, std::uint64_t seed) {
  CrashVfs disk;
  disk.Load(built.image);
  SharedJournal journal;
  std::vector<Blackout> blackouts;
  std::mutex mutex;
  std::mt19937_64 random(seed);
  const auto engine = OpenOn(disk);
  if (engine == nullptr) return {};
  disk.BeforeEveryChange([&] {
    const std::lock_guard lock(mutex);
    if (blackouts.size() >= kImagesOfSale || random() % kOneChangeOf != 0) return;
    const std::size_t answers = journal.size();
    Blackout blackout{disk.Crash(random()), {}};
    blackout.journal = journal.Known(answers);
    blackouts.push_back(std::move(blackout));
  });
  SellOn(*engine, built.hall, seed, &journal);
  EXPECT_TRUE(engine->Close().ok());
  disk.BeforeEveryChange(nullptr);
  return blackouts;
}

void ExpectRecovers(const BuiltHall& built, const Blackout& blackout, LedgerCounts* counts) {
  CrashVfs machine;
  machine.Load(blackout.disk);
  const auto engine = OpenOn(machine);
  ASSERT_NE(engine, nullptr);
  ExpectLedger(*engine, built.hall, ReadJournal(blackout.journal), counts);
  EXPECT_TRUE(engine->Close().ok());
}

TEST(PowerLoss, LosesNothingAcknowledgedAndLeavesNothingInHalves) {
  const BuiltHall built = BuildOnDisk(10, 30);
  ASSERT_NE(built.hall.performance.value, 0u);
  const std::uint64_t first_seed = std::random_device()();
  std::printf("first seed %llu\n", static_cast<unsigned long long>(first_seed));
  LedgerCounts counts;
  int images = 0;
  for (std::uint64_t seed = first_seed; images < Scaled(1'000); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto blackouts = SellWithBlackouts(built, seed);
    ASSERT_GT(blackouts.size(), 0u);
    for (std::size_t i = 0; i < blackouts.size() && images < Scaled(1'000); ++i, ++images) {
      SCOPED_TRACE("image " + std::to_string(i));
      ExpectRecovers(built, blackouts[i], &counts);
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(counts.acknowledged, images);
  EXPECT_GT(counts.there, 0);
  EXPECT_LT(counts.there, counts.in_flight);
  std::printf("COUNT power_loss_images %d\n", images);
  std::printf("COUNT power_loss_acknowledged_found %d\n", counts.acknowledged);
  std::printf("COUNT power_loss_in_flight %d\n", counts.in_flight);
  std::printf("COUNT power_loss_in_flight_whole %d\n", counts.there);
}

}  // namespace
}  // namespace seathold::testing
