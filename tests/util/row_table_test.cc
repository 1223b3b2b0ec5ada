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
