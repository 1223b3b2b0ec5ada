// What storage remembers of lines: an epoch is raised once a loss, what is spent is never unspent.
#include <gtest/gtest.h>

#include "src/rules/queue.h"

namespace seathold::testing {
namespace {

constexpr ShowId kShow{3};
constexpr UserId kUser{7};

class NoCatalog final : public PerformanceCatalog {
 public:
  const PerformanceInfo* Find(PerformanceId) const override { return nullptr; }
};

// A batch over these records of storage.
class QueueRules : public ::testing::Test {
 protected:
  template <class R>
  void Stored(const R& row) {
    KeySet asked;
    asked.Add<R>(row.key());
    RecordSet found;
    found.of<R>().rows = {row};
    ws_.Fill(asked, found);
  }
  void NotStored() {
    KeySet asked;
    asked.Add<SpentRecord>({kShow, kUser});
    ws_.Fill(asked, RecordSet());
  }
  RaiseEpochReply Raise(std::uint64_t believed, std::uint64_t at_least = 0) {
    RaiseEpochReply reply;
    ws_.BeginCommand();
    DecideRaiseEpoch({kShow, believed, at_least}, ws_, context_, &reply);
    ws_.KeepCommand();
    return reply;
  }
  Sequence Spend(Sequence through) {
    Status reply;
    ws_.BeginCommand();
    DecideSpend({kShow, kUser, through}, ws_, context_, &reply);
    EXPECT_TRUE(reply.ok());
    ws_.KeepCommand();
    return ws_.Find<SpentRecord>({kShow, kUser})->through;
  }

  const NoCatalog catalog_{};
  const RuleLimits limits_{};
  const RuleContext context_{TimeUs{500}, limits_, catalog_};
  WorkingSet ws_;

  void SetUp() override {
    ws_.BeginBatch();
    ws_.set_now(context_.now);
  }
};

TEST_F(QueueRules, ALossRaisesTheEpochOnceHoweverManyFoundIt) {
  Stored(LineRecord{kShow, 4, TimeUs{1}});
  const RaiseEpochReply first = Raise(4);
  EXPECT_TRUE(first.raised);
  EXPECT_EQ(first.line.epoch, 5u);
  EXPECT_EQ(first.line.lost_at, TimeUs{500});
  const RaiseEpochReply second = Raise(4);
  EXPECT_FALSE(second.raised) << "somebody has done so since";
  EXPECT_TRUE(second.status.ok());
  EXPECT_EQ(second.line.epoch, 5u);
  EXPECT_EQ(Raise(5).line.epoch, 6u) << "lost again";
}

TEST_F(QueueRules, AnEpochThatNobodyHasYetIsNotRaised) {
  Stored(LineRecord{kShow, 4, TimeUs{1}});
  EXPECT_FALSE(Raise(5).raised);
  EXPECT_EQ(Raise(5).line.epoch, 4u);
}

TEST_F(QueueRules, AnEpochGoesPastThoseSeenInUse) {
  Stored(LineRecord{kShow, 4, TimeUs{1}});
  EXPECT_EQ(Raise(4, 9).line.epoch, 9u);
  EXPECT_EQ(Raise(9, 2).line.epoch, 10u) << "and never back";
}

TEST_F(QueueRules, WhatIsSpentOnlyGrows) {
  NotStored();
  EXPECT_EQ(Spend(Sequence::Of(1, 5)), Sequence::Of(1, 5));
  EXPECT_EQ(Spend(Sequence::Of(1, 3)), Sequence::Of(1, 5));
  EXPECT_EQ(Spend(Sequence::Of(1, 8)), Sequence::Of(1, 8));
  EXPECT_EQ(Spend(Sequence::Of(2, 1)), Sequence::Of(2, 1)) << "a later epoch stands behind";
}

}  // namespace
}  // namespace seathold::testing
