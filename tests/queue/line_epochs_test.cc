// How often a poll may let buyers in.
#include "src/waiting_room/line_epochs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace seathold::testing {
namespace {

constexpr std::int64_t kStartUs = 1'800'000'000'000'000;

TEST(LineEpochs, OnePollInATenthOfASecondLetsIn) {
  LineEpochs lines;
  const auto take = [&](std::uint64_t show, std::int64_t after_us) {
    return lines.TakeAdmission(ShowId{show}, TimeUs{kStartUs + after_us});
  };
  EXPECT_TRUE(take(1, 0));
  EXPECT_FALSE(take(1, 0));
  EXPECT_FALSE(take(1, 99'999));
  EXPECT_TRUE(take(2, 50'000)) << "another line";
  EXPECT_TRUE(take(1, 100'000));
  EXPECT_FALSE(take(1, 199'999));
}

TEST(LineEpochs, AClockThatWasTakenBackHoldsNobodyUp) {
  LineEpochs lines;
  EXPECT_TRUE(lines.TakeAdmission(ShowId{1}, TimeUs{2 * kStartUs}));
  EXPECT_TRUE(lines.TakeAdmission(ShowId{1}, TimeUs{kStartUs}));
  EXPECT_FALSE(lines.TakeAdmission(ShowId{1}, TimeUs{kStartUs + 99'999}));
}

TEST(LineEpochs, OfManyPollsAtOnceOneLetsIn) {
  LineEpochs lines;
  for (std::int64_t round = 0; round < 200; ++round) {
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        taken += lines.TakeAdmission(ShowId{1}, TimeUs{kStartUs + round * 100'000}) ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(taken, 1);
  }
}

}  // namespace
}  // namespace seathold::testing
