// A table that is looked into while it grows.
#include "src/util/grow_only_table.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "seathold/ids.h"

namespace seathold::testing {
namespace {

using Table = GrowOnlyTable<ShowId, const std::uint64_t>;

// Ids that share slots, and the extremes.
std::vector<ShowId> ManyIds() {
  std::vector<ShowId> ids{{0}, {UINT64_MAX}};
  for (std::uint64_t n = 1; n < 500; ++n) {
    ids.push_back({n});
    ids.push_back({n << 32});
  }
  return ids;
}

TEST(GrowOnlyTable, FindsAllThatWasAddedAndNothingElse) {
  Table table;
  const std::vector<ShowId> ids = ManyIds();
  std::vector<const std::uint64_t*> added;
  for (std::size_t n = 0; n < ids.size(); ++n) {
    EXPECT_EQ(table.Find(ids[n]), nullptr);
    added.push_back(table.Add(ids[n], std::make_unique<const std::uint64_t>(ids[n].value)));
    for (std::size_t i = 0; i <= n; i += 97) EXPECT_EQ(table.Find(ids[i]), added[i]);
  }
  for (std::size_t n = 0; n < ids.size(); ++n) {
    ASSERT_EQ(table.Find(ids[n]), added[n]);
    EXPECT_EQ(*added[n], ids[n].value);
  }
  EXPECT_EQ(table.Find(ShowId{1'000'000'007}), nullptr);
  std::size_t each = 0;
  table.Each([&](ShowId id, const std::uint64_t& value) { each += value == id.value; });
  EXPECT_EQ(each, ids.size());
}

TEST(GrowOnlyTable, WhatIsThereStays) {
  Table table;
  const std::uint64_t* first = table.Add(ShowId{7}, std::make_unique<const std::uint64_t>(1));
  EXPECT_EQ(table.Add(ShowId{7}, std::make_unique<const std::uint64_t>(2)), first);
  EXPECT_EQ(*table.Find(ShowId{7}), 1u);
}

TEST(GrowOnlyTable, WhoLooksWhileItGrowsFindsAllThatWasThere) {
  constexpr std::uint64_t kIds = 20'000;
  Table table;
  std::atomic<std::uint64_t> added{0};
  const auto look = [&] {
    std::uint64_t there = 0;
    for (std::uint64_t n = 0; there < kIds; ++n) {
      there = added.load(std::memory_order_acquire);
      if (there == 0) continue;
      for (const std::uint64_t id : {there, n % there + 1}) {
        const std::uint64_t* found = table.Find(ShowId{id});
        ASSERT_NE(found, nullptr);
        ASSERT_EQ(*found, id);
      }
      (void)table.Find(ShowId{there + 1});  // perhaps
    }
  };
  std::vector<std::thread> readers;
  readers.emplace_back(look);
  readers.emplace_back(look);
  for (std::uint64_t id = 1; id <= kIds; ++id) {
    table.Add(ShowId{id}, std::make_unique<const std::uint64_t>(id));
    added.store(id, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace seathold::testing
