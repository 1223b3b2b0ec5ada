// The records of a batch: what is missed, what is taken back, what is written.
#include "src/rules/working_set.h"

#include <gtest/gtest.h>

#include <map>

namespace seathold::testing {
namespace {

constexpr PerformanceId kPerformance{3};

SeatRecord SeatWith(std::uint32_t ordinal, std::uint64_t version) {
  SeatRecord seat;
  seat.performance = kPerformance;
  seat.ordinal = ordinal;
  seat.version = version;
  return seat;
}

// A working set that knows seats 0 and 1 as stored, and that there is no seat 2.
class WorkingSets : public ::testing::Test {
 protected:
  WorkingSets() {
    ws_.BeginBatch();
    ws_.set_now(TimeUs{100});
    ws_.BeginCommand();
    KeySet asked;
    RecordSet found;
    for (std::uint32_t o = 0; o < 3; ++o) asked.Add<SeatRecord>({kPerformance, o});
    found.of<SeatRecord>().rows = {SeatWith(0, 5), SeatWith(1, 6)};
    ws_.Fill(asked, found);
  }
  std::vector<ChangesOf<SeatRecord>::Change> Changes() {
    ChangeSet changes;
    ws_.Collect(&changes);
    return changes.of<SeatRecord>().changes;
  }
  const SeatRecord* Seat(std::uint32_t ordinal) {
    return ws_.Find<SeatRecord>({kPerformance, ordinal});
  }

  WorkingSet ws_;
};

TEST_F(WorkingSets, AnAbsentRecordIsNoMissAndAnUnknownOneIs) {
  EXPECT_NE(Seat(0), nullptr);
  EXPECT_EQ(Seat(2), nullptr);
  EXPECT_FALSE(ws_.missed());
  EXPECT_EQ(Seat(9), nullptr);
  EXPECT_TRUE(ws_.missed());
  ASSERT_EQ(ws_.misses()->of<SeatRecord>().keys.size(), 1u);
  EXPECT_EQ(std::get<1>(ws_.misses()->of<SeatRecord>().keys[0]), 9u);
  ws_.BeginCommand();
  EXPECT_FALSE(ws_.missed()) << "the next command has missed nothing yet";
}

TEST_F(WorkingSets, AnAbsentRecordThatMustBeThereIsDamage) {
  EXPECT_EQ(ws_.Must<SeatRecord>({kPerformance, 9}), nullptr);
  EXPECT_FALSE(ws_.damaged()) << "not loaded is only a miss";
  ws_.BeginCommand();
  EXPECT_EQ(ws_.Must<SeatRecord>({kPerformance, 2}), nullptr);
  EXPECT_TRUE(ws_.damaged());
  EXPECT_TRUE(ws_.missed());
  ws_.BeginCommand();
  EXPECT_FALSE(ws_.damaged());
}

TEST_F(WorkingSets, DroppingTakesBackOnlyWhatTheCommandDid) {
  ws_.Put(SeatWith(0, 7));
  ws_.KeepCommand();
  ws_.BeginCommand();
  ws_.Put(SeatWith(0, 8));
  ws_.Put(SeatWith(0, 9));
  ws_.Put(SeatWith(1, 10));
  ws_.Put(SeatWith(2, 11));
  ws_.DropCommand();
  EXPECT_EQ(Seat(0)->version, 7u);
  EXPECT_EQ(Seat(1)->version, 6u);
  EXPECT_EQ(Seat(2), nullptr);
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].row.version, 7u);
  EXPECT_EQ(changes[0].kind, ChangeKind::kUpdate);
  EXPECT_EQ(changes[0].version_seen, 5u) << "the version that storage has";
}

TEST_F(WorkingSets, TellsInsertUpdateAndRemoveApart) {
  ws_.Put(SeatWith(0, 7));
  ws_.Put(SeatWith(2, 1));
  ws_.Remove<SeatRecord>({kPerformance, 1});
  ws_.Insert(SeatWith(5, 1));
  ws_.KeepCommand();
  std::map<std::uint32_t, ChangeKind> kinds;
  for (const auto& change : Changes()) kinds[change.row.ordinal] = change.kind;
  const std::map<std::uint32_t, ChangeKind> wanted{{0, ChangeKind::kUpdate},
                                                   {1, ChangeKind::kRemove},
                                                   {2, ChangeKind::kInsert},
                                                   {5, ChangeKind::kInsert}};
  EXPECT_EQ(kinds, wanted);
}

TEST_F(WorkingSets, WhatIsInsertedAndRemovedInOneBatchIsNotWritten) {
  ws_.Put(SeatWith(2, 1));
  ws_.KeepCommand();
  ws_.Remove<SeatRecord>({kPerformance, 2});
  ws_.KeepCommand();
  EXPECT_TRUE(Changes().empty());
  EXPECT_EQ(Seat(2), nullptr);
}

TEST_F(WorkingSets, ARemovedRecordThatComesBackIsAnUpdate) {
  ws_.Remove<SeatRecord>({kPerformance, 0});
  ws_.KeepCommand();
  ws_.Put(SeatWith(0, 9));
  ws_.KeepCommand();
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].kind, ChangeKind::kUpdate);
}

TEST_F(WorkingSets, ALaterFillDoesNotReplaceWhatIsKnown) {
  ws_.Put(SeatWith(0, 9));
  ws_.KeepCommand();
  KeySet asked;
  RecordSet found;
  asked.Add<SeatRecord>({kPerformance, 0});
  found.of<SeatRecord>().rows = {SeatWith(0, 5)};
  ws_.Fill(asked, found);
  EXPECT_EQ(Seat(0)->version, 9u);
}

TEST_F(WorkingSets, RowsStayWhereTheyAreWhileOthersAreAdded) {
  const SeatRecord* first = Seat(0);
  for (std::uint32_t o = 100; o < 1'100; ++o) ws_.Insert(SeatWith(o, 1));
  EXPECT_EQ(Seat(0), first);
  EXPECT_EQ(first->version, 5u);
  ws_.DropCommand();
  EXPECT_TRUE(Changes().empty());
}

TEST_F(WorkingSets, ANewBatchKnowsNothing) {
  ws_.Put(SeatWith(0, 9));
  ws_.KeepCommand();
  ws_.BeginBatch();
  ws_.set_now(TimeUs{200});
  ws_.BeginCommand();
  EXPECT_EQ(Seat(0), nullptr);
  EXPECT_TRUE(ws_.missed());
  EXPECT_TRUE(Changes().empty());
}

TEST_F(WorkingSets, ABoardShowsWhatCommandsBeforeItDidAndFollowsThem) {
  EXPECT_EQ(ws_.FindBoard(kPerformance), nullptr);
  EXPECT_TRUE(ws_.missed());
  EXPECT_EQ(ws_.board_misses(), std::vector<PerformanceId>{kPerformance});

  ws_.BeginCommand();
  SeatRecord sold = SeatWith(0, 7);
  sold.state = SeatState::kSold;
  ws_.Put(sold);
  ws_.KeepCommand();
  PerformanceInfo info;
  info.record.performance = kPerformance;
  auto plan = std::make_shared<VenuePlan>();
  plan->seats = {{0, 0, 0}, {0, 0, 1}, {0, 0, 2}};
  plan->rows = {{0, 0, 0, 3}};
  plan->row_order = {0};
  info.plan = plan;
  ws_.FillBoard(info, {SeatWith(0, 5), SeatWith(1, 6), SeatWith(2, 6)});
  const SeatBoard* board = ws_.FindBoard(kPerformance);
  ASSERT_NE(board, nullptr);
  EXPECT_EQ(board->free, (std::vector<std::uint8_t>{0, 1, 1}));

  SeatRecord held = SeatWith(1, 8);
  held.state = SeatState::kHeld;
  held.expires_at = TimeUs{101};
  ws_.Put(held);
  EXPECT_EQ(board->row_free[0], 1u);
  ws_.DropCommand();
  EXPECT_EQ(board->row_free[0], 2u);
  EXPECT_EQ(board->free, (std::vector<std::uint8_t>{0, 1, 1}));
}

}  // namespace
}  // namespace seathold::testing
