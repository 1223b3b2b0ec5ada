// Power lost while a journal is begun, filled, settled, gone round and ended, and once more while
// what that left is taken in.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <optional>
#include <random>

#include "tests/journal/journal_disk.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kUnitsBeforeTheEnd = 60;
constexpr std::uint64_t kOneChangeOf = 12;
constexpr int kUnitsOfOpening = 23;

class JournalPowerLoss : public ::testing::Test {
 protected:
  // Of what a machine finds: all that was acknowledged, at most one unit more, and it goes on.
  void ExpectSurvives(const CrashImage& image, std::uint64_t acknowledged, std::uint64_t tried,
                      std::uint64_t seed) {
    SCOPED_TRACE("image of seed " + std::to_string(seed));
    ++images_;
    CrashVfs machine;
    machine.Load(image);
    std::mt19937_64 random(seed);
    std::optional<CrashImage> again;
    std::uint64_t left = random() % 4 == 0 ? 1 + random() % 40 : 0;
    machine.BeforeEveryChange([&] {
      if (left > 0 && --left == 0) again = machine.Crash(random());
    });
    auto storage = JournalOn(machine, false);
    const auto opened = storage->Open({});
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    machine.BeforeEveryChange(nullptr);
    const std::uint64_t units = ExpectWholeUnits(storage.get());
    EXPECT_GE(units, acknowledged);
    EXPECT_LE(units, tried);
    in_flight_there_ += units > acknowledged;
    EXPECT_TRUE(ApplyUnit(storage.get(), units + 1).ok());
    if (random() % 4 == 0) ExpectOrdinary(machine, &storage, units + 1);
    storage.reset();
    if (again) ExpectSurvives(*again, acknowledged, tried, random());
  }

  // Closed, it is a database that needs no journal.
  void ExpectOrdinary(const CrashVfs& machine, std::unique_ptr<Storage>* storage,
                      std::uint64_t units) {
    ASSERT_TRUE((*storage)->Close().ok());
    EXPECT_FALSE(machine.Now().files.contains("hall.db-log"));
    const auto plain = PlainOn(machine);
    ASSERT_TRUE(plain->Open({}).ok());
    EXPECT_EQ(ExpectWholeUnits(plain.get()), units);
    EXPECT_TRUE(ApplyUnit(plain.get(), units + 1).ok());
  }

  void Run(std::uint64_t seed, int images_max) {
    CrashVfs disk;
    std::mt19937_64 random(seed);
    std::mutex mutex;  // the settler changes files too
    std::atomic<std::uint64_t> acknowledged{0}, tried{0};
    disk.BeforeEveryChange([&] {
      const std::lock_guard lock(mutex);
      if (images_ >= images_max || random() % kOneChangeOf != 0 || HasFailure()) return;
      const std::uint64_t known = acknowledged;
      const CrashImage image = disk.Crash(random());
      ExpectSurvives(image, known, tried, random());
    });
    const auto storage = JournalOn(disk, seed % 2 == 0);
    ASSERT_TRUE(storage->Open({}).ok());
    for (std::uint64_t n = 1; n <= kUnitsBeforeTheEnd && !HasFailure(); ++n) {
      tried = n;
      ASSERT_TRUE(ApplyUnit(storage.get(), n).ok());
      acknowledged = n;
      if (n % kUnitsOfOpening != 0) continue;
      ASSERT_TRUE(storage->Close().ok());
      ASSERT_TRUE(storage->Open({}).ok());
    }
    ASSERT_TRUE(storage->Close().ok());
    disk.BeforeEveryChange(nullptr);
  }

  std::atomic<int> images_{0};
  std::atomic<int> in_flight_there_{0};
};

TEST_F(JournalPowerLoss, LosesNoUnitThatWasAcknowledgedAndHalvesNone) {
  // Under a sanitizer an image takes ten times as long, and what it looks at shows in a few.
  const int wanted = Scaled(SEATHOLD_SANITIZED ? 2'500 : 10'000);
  const std::uint64_t first_seed = std::random_device()();
  std::printf("first seed %llu\n", static_cast<unsigned long long>(first_seed));
  for (std::uint64_t seed = first_seed; images_ < wanted && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(Run(seed, wanted));
  }
  EXPECT_GT(in_flight_there_, 0);
  std::printf("COUNT journal_power_loss_images %d\n", images_.load());
  std::printf("COUNT journal_power_loss_in_flight_whole %d\n", in_flight_there_.load());
}

}  // namespace
}  // namespace seathold::testing
