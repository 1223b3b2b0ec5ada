#include "src/util/row_table.h"

#include <gtest/gtest.h>

namespace seathold {
namespace {

SeatRecord Seat(std::uint32_t ordinal, std::uint64_t version = 1) {
  SeatRecord seat;
  seat.performance = PerformanceId{1};
  seat.ordinal = ordinal;
  seat.version = version;
  return seat;
}

// One large batch, then small ones in the same memory.
TEST(RowTable, ForgetsFewRowsInAnIndexOfMany) {
  RowTable<SeatRecord> table;
  for (std::uint32_t i = 0; i < 10'000; ++i) table.AddRow(Seat(i));
  table.clear();
  for (std::uint32_t first = 0; first < 50; ++first) {
    for (std::uint32_t i = first; i < first + 7; ++i) {
      ASSERT_EQ(table.Find(Seat(i).key()), nullptr) << "after " << first << " small batches";
      table.AddRow(Seat(i, first));
    }
    for (std::uint32_t i = first; i < first + 7; ++i) {
      ASSERT_NE(table.Find(Seat(i).key()), nullptr);
      EXPECT_EQ(table.Find(Seat(i).key())->row.version, first);
    }
    table.clear();
  }
  EXPECT_EQ(table.size(), 0u);
}

// A row that the same batch has put and taken back stands as before, also where there was none.
// Neighbours stand side by side in the index, one behind the other when two groups of them meet.
TEST(RowTable, FindsEachOfManyNeighboursAndNoOther) {
  RowTable<SeatRecord> table;
  const auto key = [](std::uint64_t performance, std::uint32_t ordinal) {
    return SeatRecord::Key{PerformanceId{performance}, ordinal};
  };
  for (std::uint32_t ordinal = 0; ordinal < 1'000; ++ordinal) {
    for (std::uint64_t performance = 1; performance <= 20; ++performance) {
      bool added = false;
      auto* slot = table.FindOrAdd(key(performance, ordinal * 3), &added);
      ASSERT_TRUE(added);
      EXPECT_EQ(slot->key, key(performance, ordinal * 3));
      EXPECT_EQ(table.FindOrAdd(key(performance, ordinal * 3), &added), slot);
      ASSERT_FALSE(added);
    }
  }
  EXPECT_EQ(table.size(), 20'000u);
  for (std::uint64_t performance = 1; performance <= 20; ++performance) {
    for (std::uint32_t ordinal = 0; ordinal < 3'000; ++ordinal) {
      const auto* slot = table.Find(key(performance, ordinal));
      ASSERT_EQ(slot != nullptr, ordinal % 3 == 0) << performance << " " << ordinal;
      EXPECT_TRUE(slot == nullptr || slot->key == key(performance, ordinal));
    }
  }
}

TEST(RowTable, KeepsWhatItKnowsOfAKey) {
  RowTable<SeatRecord> table;
  table.AddRow(Seat(1, 5));
  EXPECT_EQ(table.AddRow(Seat(1, 6))->row.version, 5u);
  EXPECT_TRUE(table.AddAbsent(Seat(1).key())->present);
  EXPECT_FALSE(table.AddAbsent(Seat(2).key())->present);
  EXPECT_FALSE(table.AddRow(Seat(2, 7))->present);
  EXPECT_EQ(table.size(), 2u);
}

TEST(RowTable, TakesBackInTheOrderOfItsChanges) {
  RowTable<SeatRecord> table;
  auto* known = table.AddRow(Seat(1, 5));
  auto* made = table.AddAbsent(Seat(2).key());
  table.Change(made, Seat(2, 6), true);
  table.Keep();
  table.Change(known, Seat(1, 7), true);
  table.Change(known, Seat(1, 8), true);
  table.Change(made, Seat(2, 9), false);
  auto* fresh = table.AddAbsent(Seat(3).key());
  table.Change(fresh, Seat(3, 1), true);
  table.Undo([](const SeatRecord&) {});
  EXPECT_EQ(known->row.version, 5u);
  EXPECT_FALSE(known->dirty);
  EXPECT_EQ(made->row.version, 6u);
  EXPECT_TRUE(made->present && made->dirty);
  EXPECT_FALSE(fresh->present || fresh->dirty);
  ChangesOf<SeatRecord> changes;
  table.Collect(&changes);
  ASSERT_EQ(changes.changes.size(), 1u);
  EXPECT_EQ(changes.changes[0].row.key(), Seat(2).key());
  EXPECT_EQ(changes.changes[0].row.version, 6u);
}

}  // namespace
}  // namespace seathold
