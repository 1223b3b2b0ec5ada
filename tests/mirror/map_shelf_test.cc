// The shelf: whoever takes a map has a whole one, the newest put there or one that was when they
// asked, and no map is kept that nobody can see.
#include "src/mirror/map_shelf.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

DrawnMap Draw(std::uint64_t number) {
  auto map = std::make_shared<SeatMap>();
  map->version.feed = number;
  map->bits.assign(16, static_cast<std::uint8_t>(number));
  return {std::move(map), number};
}

bool IsWhole(const DrawnMap& drawn) {
  if (drawn.map->version.feed != drawn.number) return false;
  for (const std::uint8_t byte : drawn.map->bits) {
    if (byte != static_cast<std::uint8_t>(drawn.number)) return false;
  }
  return true;
}

TEST(MapShelf, IsEmptyAtFirstAndShowsTheNewest) {
  MapShelf shelf;
  EXPECT_EQ(shelf.Take().map, nullptr);
  for (std::uint64_t number = 2; number < 40; number += 2) {
    shelf.Put(Draw(number));
    EXPECT_EQ(shelf.Take().number, number);
    shelf.Put(Draw(number - 2));  // drawn before, put behind
    EXPECT_EQ(shelf.Take().number, number);
  }
}

TEST(MapShelf, KeepsNoMapThatNobodyCanSee) {
  MapShelf shelf;
  std::weak_ptr<const SeatMap> last;
  for (std::uint64_t number = 2; number < 40; number += 2) {
    const DrawnMap drawn = Draw(number);
    shelf.Put(drawn);
    EXPECT_TRUE(last.expired());
    last = drawn.map;
    EXPECT_TRUE(IsWhole(shelf.Take()));
  }
}

TEST(MapShelf, AMapThatWasTakenStaysAsItWas) {
  MapShelf shelf;
  shelf.Put(Draw(2));
  const DrawnMap taken = shelf.Take();
  for (std::uint64_t number = 4; number < 40; number += 2) shelf.Put(Draw(number));
  EXPECT_TRUE(IsWhole(taken));
  EXPECT_EQ(taken.number, 2u);
}

TEST(MapShelf, TakersBesideTwoWhoPutHaveWholeMapsThatGrowNoOlder) {
  MapShelf shelf;
  shelf.Put(Draw(2));
  const std::uint64_t puts = FullCounts() ? 300'000 : 30'000;
  std::atomic<std::uint64_t> next{2};
  std::atomic<int> putting{2};
  const auto put = [&] {
    for (std::uint64_t n = 0; n < puts; ++n) shelf.Put(Draw(next.fetch_add(2) + 2));
    --putting;
  };
  const auto take = [&] {
    std::uint64_t latest = 0;
    while (putting > 0) {
      const DrawnMap drawn = shelf.Take();
      ASSERT_TRUE(IsWhole(drawn));
      ASSERT_GE(drawn.number, latest);
      latest = drawn.number;
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(put);
  threads.emplace_back(put);
  threads.emplace_back(take);
  threads.emplace_back(take);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace seathold::testing
