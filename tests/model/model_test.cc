// The whole engine against a model made of plain maps, command by command: on memory storage, and
// behind a journal.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "src/storage/journal/journal_storage.h"
#include "tests/model/world.h"
#include "tests/storage/storage_homes.h"
#include "tests/support/counts.h"
#include "tests/support/crash_vfs.h"
#include "tests/support/vfs_log.h"

namespace seathold::testing {
namespace {

constexpr int kStepsAWorld = 2'000;
constexpr int kStepsBetweenChecks = 250;
constexpr std::uint64_t kShortHalfBytes = 8 << 10;

// `open_world(seed)` is a world on the storage that is tested.
template <class OpenWorld>
WorldCounts PlayWorlds(int steps_wanted, const OpenWorld& open_world) {
  WorldCounts all;
  for (std::uint64_t seed = 1; all.steps < steps_wanted; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::unique_ptr<World> world = open_world(seed);
    int next_check = kStepsBetweenChecks;
    while (world->counts().steps < kStepsAWorld && !::testing::Test::HasFailure()) {
      world->Step();
      if (world->counts().steps < next_check) continue;
      world->Check();
      next_check += kStepsBetweenChecks;
    }
    if (!::testing::Test::HasFailure()) world->CheckAll();
    const WorldCounts& done = world->counts();
    all.steps += done.steps;
    all.batches += done.batches;
    all.mixed += done.mixed;
    all.advisory += done.advisory;
    all.replayed += done.replayed;
    all.sweeps += done.sweeps;
    all.checks += done.checks;
    for (const auto& [code, count] : done.codes) all.codes[code] += count;
    EXPECT_FALSE(::testing::Test::HasFailure())
        << "seed " << seed << ", after " << done.steps << " steps";
    if (::testing::Test::HasFailure()) break;
  }
  return all;
}

// On a disk in memory, with a log that goes round every few hundred steps.
TEST(Model, EngineBehindAJournalAnswersAsPlainMapsDo) {
  const TempFolder folder;
  std::vector<std::unique_ptr<CrashVfs>> disks;
  std::size_t log_writes = 0;
  const auto open_world = [&](std::uint64_t seed) {
    const std::string disk = disks.emplace_back(std::make_unique<CrashVfs>())->name();
    JournalOptions journal;
    journal.half_bytes = kShortHalfBytes;
    journal.settler_thread = seed % 2 == 0;
    journal.place = LogOnVfs(disk, "hall.db-log");
    auto below = NewSqliteStorage({.path = "hall.db", .vfs = disk});
    return std::make_unique<World>(seed, NewJournalStorage(std::move(below), journal),
                                   folder.File(disk + ".keys"));
  };
  const WorldCounts all = PlayWorlds(Scaled(50'000), open_world);
  for (const auto& disk : disks) log_writes += static_cast<std::size_t>(disk->writes());
  EXPECT_GT(log_writes, static_cast<std::size_t>(all.batches));
  EXPECT_GT(all.replayed, 0);
  std::printf("COUNT model_steps_behind_a_journal %d\n", all.steps);
}

TEST(Model, EngineAnswersAsPlainMapsDo) {
  WorldCounts all =
      PlayWorlds(Scaled(200'000), [](std::uint64_t seed) { return std::make_unique<World>(seed); });
  if (HasFailure()) return;
  std::printf("COUNT model_steps %d\n", all.steps);
  std::printf("COUNT model_batches %d\nCOUNT model_mixed_batches %d\n", all.batches, all.mixed);
  std::printf("COUNT model_refusals_from_memory %d\nCOUNT model_replays %d\n", all.advisory,
              all.replayed);
  std::printf("COUNT model_checks %d\n", all.checks);
  for (const auto& [code, count] : all.codes) {
    std::printf("  %s %d\n", std::string(FindCode(code)->name).c_str(), count);
  }
  // Every answer that these commands can get was got, so that none goes unchecked.
  for (const Code code : {Code::kOk,
                          Code::kInvalidArgument,
                          Code::kDuplicateSeat,
                          Code::kTooManySeats,
                          Code::kAmountOutOfRange,
                          Code::kIdempotencyMismatch,
                          Code::kUnknownPerformance,
                          Code::kUnknownSeat,
                          Code::kUnknownTicketType,
                          Code::kUnknownHold,
                          Code::kSaleNotOpen,
                          Code::kSaleEnded,
                          Code::kHoldTooLong,
                          Code::kSeatTaken,
                          Code::kSeatBlocked,
                          Code::kSoldOut,
                          Code::kAllHeld,
                          Code::kNoAdjacentSeats,
                          Code::kNotEnoughSeats,
                          Code::kNotHoldOwner,
                          Code::kHoldExpired,
                          Code::kHoldCancelled,
                          Code::kHoldConfirmed,
                          Code::kHoldRefunded,
                          Code::kNotConfirmed,
                          Code::kPriceMismatch,
                          Code::kCurrencyMismatch,
                          Code::kUserLimit,
                          Code::kInsufficientFunds,
                          Code::kReferenceUsed}) {
    EXPECT_GT(all.codes[code], 0) << FindCode(code)->name << " was never answered";
  }
  EXPECT_GT(all.advisory, 0);
  EXPECT_GT(all.replayed, 0);
}

}  // namespace
}  // namespace seathold::testing
