// Waiting for events: own ones end the wait at once, another engine's soon; storage is not asked by
// each who waits.
#include <chrono>
#include <thread>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

std::int64_t ElapsedMs(std::int64_t since_ns) { return (MonotonicNs() - since_ns) / 1'000'000; }

TEST(FeedWait, EndsWithNothingWhenItsTimeIsOver) {
  Hall hall;
  hall.Build(1, 4);
  const std::int64_t from_ns = MonotonicNs();
  const auto events = hall.sales().AwaitFeed(hall.performance, 0, 10, 60);
  ASSERT_TRUE(events.ok()) << events.status().text();
  EXPECT_TRUE(events->empty());
  EXPECT_GE(ElapsedMs(from_ns), 60);
  EXPECT_EQ(hall.sales().AwaitFeed(hall.performance, 0, 10, -1).code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.sales().AwaitFeed(hall.performance, 0, 10, 86'400'001).code(),
            Code::kInvalidArgument);
  EXPECT_EQ(hall.sales().AwaitFeed(PerformanceId{99}, 0, 10, 60).code(), Code::kUnknownPerformance);
  EXPECT_EQ(hall.sales().AwaitFeed(hall.performance, 5, 10, 60).code(), Code::kFeedTruncated);
}

TEST(FeedWait, AnEventThatIsThereIsGivenAtOnce) {
  Hall hall;
  hall.Build(1, 4);
  hall.Held(1, {0});
  const auto events = hall.sales().AwaitFeed(hall.performance, 0, 10, 86'400'000);
  ASSERT_TRUE(events.ok());
  EXPECT_EQ(events->size(), 1u);
}

TEST(FeedWait, ManyWhoWaitAskStorageNoMoreThanOneWould) {
  HallFolder folder;
  Hall hall;
  hall.path = folder.File("hall.db");
  hall.options.refusal_max_age_ms = 50;
  hall.Build(1, 4);
  hall.Map();
  constexpr int kWaiters = 8;
  std::atomic<int> woken{0};
  std::vector<std::thread> threads;
  const int before = hall.faults->begins_read;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kWaiters; ++i) {
    threads.emplace_back([&] {
      const auto events = hall.sales().AwaitFeed(hall.performance, 0, 10, 60'000);
      EXPECT_TRUE(events.ok()) << events.status().text();
      EXPECT_EQ(events->size(), 1u);
      ++woken;
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  // One first look each, one look for all every 50 ms; 20 ms a waiter would be 200.
  const int looks = hall.faults->begins_read - before;
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_LE(looks, kWaiters + 2 + elapsed / std::chrono::milliseconds(50));
  EXPECT_EQ(woken, 0);
  hall.Held(1, {0});
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(woken, kWaiters);
}

TEST(FeedWait, AnotherEnginesEventIsSeenWithinTheAgeOfRefusals) {
  HallFolder folder;
  Hall hall, other;
  hall.path = other.path = folder.File("hall.db");
  other.clock = hall.clock;
  hall.options.refusal_max_age_ms = 50;
  hall.Build(1, 4);
  other.Open();
  other.venue = hall.venue;
  other.performance = hall.performance;
  std::thread seller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    other.Held(2, {1});
  });
  const auto events = hall.sales().AwaitFeed(hall.performance, 0, 10, 60'000);
  seller.join();
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 1u);
  // An own event behind one of the other's that nobody here has seen ends a wait, too.
  other.Held(2, {2});
  std::thread own([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    hall.Held(1, {3});
  });
  const auto both = hall.sales().AwaitFeed(hall.performance, 2, 10, 60'000);
  own.join();
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->size(), 1u);
}

TEST(FeedWait, ClosingEndsIt) {
  Hall hall;
  hall.Build(1, 4);
  std::atomic<bool> waiting{false};
  std::thread reader([&] {
    waiting = true;
    const auto events = hall.sales().AwaitFeed(hall.performance, 0, 10, 86'400'000);
    EXPECT_EQ(events.code(), Code::kClosed);
  });
  while (!waiting) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  hall.engine->EndWaits();
  reader.join();
  EXPECT_EQ(hall.sales().AwaitFeed(hall.performance, 0, 10, 1'000).code(), Code::kClosed);
  EXPECT_TRUE(hall.sales().Feed(hall.performance, 0, 10).ok()) << "it ends waits, not calls";
}

}  // namespace
}  // namespace seathold::testing
