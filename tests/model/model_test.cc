// The whole engine on memory storage against a model made of plain maps, command by command.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/model/world.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr int kStepsAWorld = 2'000;
constexpr int kStepsBetweenChecks = 250;

TEST(Model, EngineAnswersAsPlainMapsDo) {
  const int steps_wanted = Scaled(200'000);
  WorldCounts all;
  for (std::uint64_t seed = 1; all.steps < steps_wanted; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    int next_check = kStepsBetweenChecks;
    while (world.counts().steps < kStepsAWorld && !HasFailure()) {
      world.Step();
      if (world.counts().steps < next_check) continue;
      world.Check();
      next_check += kStepsBetweenChecks;
    }
    if (!HasFailure()) world.CheckAll();
    const WorldCounts& done = world.counts();
    all.steps += done.steps;
    all.batches += done.batches;
    all.mixed += done.mixed;
    all.advisory += done.advisory;
    all.replayed += done.replayed;
    all.sweeps += done.sweeps;
    all.checks += done.checks;
    for (const auto& [code, count] : done.codes) all.codes[code] += count;
    ASSERT_FALSE(HasFailure()) << "seed " << seed << ", after " << done.steps << " steps";
  }
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
