// The second half of storage_contract.h: what units promise, and the audit.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "seathold/adapter/storage.h"
#include "tests/contract/audit_clauses.h"
#include "tests/contract/storage_home.h"
#include "tests/contract/storage_rows.h"
#include "tests/contract/storage_sale.h"

namespace seathold::testing {

// Apply ------------------------------------------------------------------------------------------

class ApplyContract : public StorageContract {
 protected:
  // `bad` beside a change that is right: refused, and neither is there.
  void ExpectAborted(ChangeSet bad) {
    VenueRecord other;
    other.venue = {50};
    Insert(&bad, other);
    EXPECT_EQ(Write(bad), Code::kAborted);
    EXPECT_TRUE(Load<VenueRecord>({{VenueId{50}}}).empty());
  }
  static BalanceRecord Balance(std::int64_t minor, std::uint64_t transfers) {
    return {{3}, *ParseCurrency("EUR"), minor, transfers};
  }
};

TEST_P(ApplyContract, AnInsertThatExistsIsAborted) {
  ASSERT_TRUE(Write(OneVenue(1)).ok());
  ExpectAborted(OneVenue(1, "other"));
  EXPECT_EQ(Load<VenueRecord>({{VenueId{1}}}).front().name, "hall");
}

TEST_P(ApplyContract, AnUpdateOfNothingIsAborted) {
  ChangeSet changes;
  Update(&changes, SequenceRecord{SequenceName::kShow, 5});
  ExpectAborted(changes);
}

TEST_P(ApplyContract, ARemovalOfNothingIsAborted) {
  ChangeSet changes;
  Remove(&changes, SequenceRecord{SequenceName::kShow, 5});
  ExpectAborted(changes);
}

TEST_P(ApplyContract, AVersionThatMovedIsAborted) {
  ChangeSet first, second, late;
  Insert(&first, Balance(10, 1));
  Update(&second, Balance(20, 2), 1);
  Update(&late, Balance(30, 2), 1);
  ASSERT_TRUE(Write(first).ok());
  ASSERT_TRUE(Write(second).ok());
  ExpectAborted(late);
  EXPECT_EQ(Load<BalanceRecord>({Balance(0, 0).key()}).front().balance_minor, 20);
}

TEST_P(ApplyContract, WhatFailedHalfwayCannotBeCommitted) {
  ASSERT_TRUE(Write(OneVenue(7)).ok());
  ChangeSet changes;
  for (std::uint64_t id = 5; id <= 9; ++id) {
    VenueRecord venue;
    venue.venue = {id};
    Insert(&changes, venue);
  }
  {
    auto unit = Begin(Access::kWrite);
    EXPECT_EQ(unit->Apply(changes, TimeUs{1}), Code::kAborted);
    EXPECT_FALSE(unit->Commit().ok());
  }
  EXPECT_EQ(Load<VenueRecord>({{VenueId{5}}, {VenueId{7}}, {VenueId{9}}}).size(), 1u);
}

TEST_P(ApplyContract, AKeyMayComeBackAfterItsRemoval) {
  ChangeSet removal;
  Remove(&removal, OneVenue(1).of<VenueRecord>().changes[0].row);
  ASSERT_TRUE(Write(OneVenue(1)).ok());
  ASSERT_TRUE(Write(removal).ok());
  ASSERT_TRUE(Write(OneVenue(1, "again")).ok());
  EXPECT_EQ(Load<VenueRecord>({{VenueId{1}}}).front().name, "again");
}

TEST_P(ApplyContract, WhatIsNotCommittedNeverWas) {
  {
    auto unit = Begin(Access::kWrite);
    ASSERT_TRUE(unit->Apply(OneVenue(1), TimeUs{99}).ok());
  }
  EXPECT_EQ(VenuesFrom1To(1), 0u);
  EXPECT_EQ(Begin(Access::kRead)->time_mark(), TimeUs{0});
  ASSERT_TRUE(Write(OneVenue(1)).ok());
}

TEST_P(ApplyContract, AnEmptyUnitCommits) {
  EXPECT_TRUE(Begin(Access::kWrite)->Commit().ok());
  EXPECT_TRUE(Begin(Access::kRead)->Commit().ok());
}

TEST_P(ApplyContract, AUnitThatHasEndedRefuses) {
  auto unit = Begin(Access::kWrite);
  ASSERT_TRUE(unit->Apply(OneVenue(1), {}).ok());
  ASSERT_TRUE(unit->Commit().ok());
  RecordSet rows;
  bool more = false;
  EXPECT_EQ(unit->Commit(), Code::kInternal);
  EXPECT_EQ(unit->Apply(OneVenue(2), {}), Code::kInternal);
  EXPECT_EQ(unit->Load({}, &rows), Code::kInternal);
  EXPECT_EQ(unit->Scan({}, &rows, &more), Code::kInternal);
  EXPECT_EQ(unit->Page(1, &rows), Code::kInternal);
  unit.reset();
  EXPECT_EQ(VenuesFrom1To(2), 1u);
}

TEST_P(ApplyContract, AUnitAppliesAsOftenAsItIsAsked) {
  auto unit = Begin(Access::kWrite);
  ASSERT_TRUE(unit->Apply(OneVenue(1), TimeUs{7}).ok());
  ASSERT_TRUE(unit->Apply(OneVenue(2), TimeUs{7}).ok());
  ASSERT_TRUE(unit->Commit().ok());
  unit.reset();
  EXPECT_EQ(VenuesFrom1To(2), 2u);
  EXPECT_EQ(Begin(Access::kRead)->time_mark(), TimeUs{7});
}

TEST_P(ApplyContract, AnApplyThatFailsTakesTheOnesBeforeAlong) {
  {
    auto unit = Begin(Access::kWrite);
    ASSERT_TRUE(unit->Apply(OneVenue(1), {}).ok());
    EXPECT_EQ(unit->Apply(OneVenue(1), {}), Code::kAborted) << "a key comes once";
    EXPECT_FALSE(unit->Commit().ok());
  }
  EXPECT_EQ(VenuesFrom1To(1), 0u);
}

TEST_P(ApplyContract, AReadUnitDoesNotWrite) {
  EXPECT_EQ(Begin(Access::kRead)->Apply(OneVenue(1), {}), Code::kReadOnly);
  EXPECT_EQ(VenuesFrom1To(1), 0u);
}

TEST_P(ApplyContract, TheTimeMarkOnlyGrows) {
  ASSERT_TRUE(Write(OneVenue(1), TimeUs{500}).ok());
  EXPECT_EQ(Begin(Access::kRead)->time_mark(), TimeUs{500});
  ASSERT_TRUE(Write(OneVenue(2), TimeUs{400}).ok());
  EXPECT_EQ(Begin(Access::kWrite)->time_mark(), TimeUs{500});
  ASSERT_TRUE(Write({}, TimeUs{600}).ok());
  EXPECT_EQ(Begin(Access::kRead)->time_mark(), TimeUs{600});
}

// Units side by side
// --------------------------------------------------------------------------------

class UnitContract : public StorageContract {};

TEST_P(UnitContract, AReaderSeesOneSnapshot) {
  ASSERT_TRUE(Write(OneVenue(1)).ok());
  auto reader = Begin(Access::kRead);
  ASSERT_EQ(Load<VenueRecord>(reader.get(), {{VenueId{1}}, {VenueId{2}}}).size(), 1u);
  // Either the writer waits for the reader, or the reader does not see what it writes. The writer's
  // time may be over at any step, and its outcome is then not known.
  auto writer = storage_->Begin(Access::kWrite, In(20));
  Status end = writer.status();
  if (end.ok()) end = writer.value()->Apply(OneVenue(2), {});
  if (end.ok()) end = writer.value()->Commit();
  EXPECT_TRUE(end.ok() || end == Code::kBusy || end == Code::kOutcomeUnknown) << end.text();
  EXPECT_EQ(Load<VenueRecord>(reader.get(), {{VenueId{1}}, {VenueId{2}}}).size(), 1u);
}

TEST_P(UnitContract, ReadersDoNotExcludeOneAnother) {
  ASSERT_TRUE(Write(OneVenue(1)).ok());
  auto first = Begin(Access::kRead);
  auto second = Begin(Access::kRead);
  EXPECT_EQ(Load<VenueRecord>(first.get(), {{VenueId{1}}}).size(), 1u);
  EXPECT_EQ(Load<VenueRecord>(second.get(), {{VenueId{1}}}).size(), 1u);
}

TEST_P(UnitContract, ASecondWriterWaitsNoLongerThanItsDeadline) {
  auto first = Begin(Access::kWrite);
  for (const std::int64_t bound_ms : {0, 50}) {
    const std::int64_t before = MonotonicNs();
    const auto second = storage_->Begin(Access::kWrite, In(bound_ms));
    const std::int64_t waited_ms = (MonotonicNs() - before) / 1'000'000;
    EXPECT_EQ(second.status(), Code::kBusy);
    EXPECT_GE(waited_ms, bound_ms - 1);
    EXPECT_LT(waited_ms, bound_ms + 500);
  }
  first.reset();
  EXPECT_TRUE(storage_->Begin(Access::kWrite, In(0)).ok());
}

TEST_P(UnitContract, AWaitingWriterGoesOnWhenTheFirstEnds) {
  auto first = Begin(Access::kWrite);
  Status status(Code::kBusy);
  std::thread second([&] { status = Write(OneVenue(2)); });
  ASSERT_TRUE(first->Apply(OneVenue(1), {}).ok());
  ASSERT_TRUE(first->Commit().ok());
  first.reset();
  second.join();
  EXPECT_TRUE(status.ok()) << status.text();
  EXPECT_EQ(VenuesFrom1To(2), 2u);
}

TEST_P(UnitContract, NoUpdateIsLostAmongThreads) {
  constexpr int kThreads = 4, kTurns = 50;
  ChangeSet first;
  Insert(&first, SequenceRecord{SequenceName::kUser, 0});
  ASSERT_TRUE(Write(first).ok());
  std::atomic<int> failures{0};
  const auto raise = [&] {
    for (int turn = 0; turn < kTurns; ++turn) {
      auto unit = Begin(Access::kWrite);
      auto row = Load<SequenceRecord>(unit.get(), {{SequenceName::kUser}}).at(0);
      ++row.next;
      ChangeSet changes;
      Update(&changes, row);
      if (!unit->Apply(changes, {}).ok() || !unit->Commit().ok()) ++failures;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(raise);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  const auto row = Load<SequenceRecord>({{SequenceName::kUser}}).at(0);
  EXPECT_EQ(row.next, static_cast<std::uint64_t>(kThreads * kTurns));
}

TEST_P(UnitContract, ReadersAmongWritersSeeWholeUnits) {
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0}, seen{0};
  std::thread reader([&] {
    std::vector<VenueRecord::Key> pair = {{VenueId{1}}, {VenueId{2}}};
    while (!stop) {
      const auto rows = Load<VenueRecord>(Begin(Access::kRead).get(), pair);
      if (rows.size() == 1) ++torn;
      ++seen;
    }
  });
  ChangeSet both = OneVenue(1), neither;
  Insert(&both, OneVenue(2).of<VenueRecord>().changes[0].row);
  for (const auto& change : both.of<VenueRecord>().changes) Remove(&neither, change.row);
  for (int turn = 0; turn < 30; ++turn) {
    EXPECT_TRUE(Write(both).ok());
    EXPECT_TRUE(Write(neither).ok());
  }
  while (seen == 0) std::this_thread::yield();
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

// Opening and closing -----------------------------------------------------------------------------

class LifeContract : public StorageContract {};

TEST_P(LifeContract, AnswersClosedBeforeOpenAndAfterClose) {
  auto fresh = home_->Make();
  EXPECT_EQ(fresh->Begin(Access::kRead, In(0)).status(), Code::kClosed);
  ASSERT_TRUE(storage_->Close().ok());
  AuditReport report;
  EXPECT_EQ(storage_->Begin(Access::kWrite, In(0)).status(), Code::kClosed);
  EXPECT_EQ(storage_->Begin(Access::kRead, In(0)).status(), Code::kClosed);
  EXPECT_EQ(storage_->Audit({}, &report, In(0)), Code::kClosed);
  EXPECT_TRUE(storage_->Close().ok());
}

TEST_P(LifeContract, IsOpenedOnce) {
  EXPECT_EQ(storage_->Open({}).status(), Code::kCannotOpen);
  EXPECT_TRUE(Write(OneVenue(1)).ok());
}

TEST_P(LifeContract, MayBeOpenedAgainAfterClose) {
  ASSERT_TRUE(storage_->Close().ok());
  ASSERT_TRUE(storage_->Open({}).ok());
  EXPECT_TRUE(Write(OneVenue(1)).ok());
}

TEST_P(LifeContract, CloseWaitsForUnitsAndLetsNoneBegin) {
  auto unit = Begin(Access::kWrite);
  ASSERT_TRUE(unit->Apply(OneVenue(1), {}).ok());
  std::atomic<bool> closed{false};
  std::thread closer([&] {
    EXPECT_TRUE(storage_->Close().ok());
    closed = true;
  });
  while (storage_->Begin(Access::kRead, In(0)).status() != Code::kClosed) std::this_thread::yield();
  EXPECT_FALSE(closed);
  EXPECT_TRUE(unit->Commit().ok());
  unit.reset();
  closer.join();
  if (!home_->durable()) return;
  ASSERT_TRUE(storage_->Open({}).ok());
  EXPECT_EQ(VenuesFrom1To(1), 1u);
}

TEST_P(LifeContract, KeepsItsStateWhenItSaysSo) {
  ASSERT_TRUE(Write(OneVenue(1), TimeUs{77}).ok());
  Reopen();
  EXPECT_EQ(VenuesFrom1To(1), home_->durable() ? 1u : 0u);
  EXPECT_EQ(Begin(Access::kRead)->time_mark(), TimeUs{home_->durable() ? 77 : 0});
}

TEST_P(LifeContract, OwnCommitsAreNotForeign) {
  const auto before = storage_->ForeignCommits(Soon());
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE(Write(OneVenue(1)).ok());
  const auto after = storage_->ForeignCommits(Soon());
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(before.value(), after.value());
}

TEST_P(LifeContract, HousekeepingChangesNothing) {
  ASSERT_TRUE(Write(OneVenue(1)).ok());
  EXPECT_TRUE(storage_->Maintain(Soon()).ok());
  EXPECT_EQ(VenuesFrom1To(1), 1u);
}

// Audit -------------------------------------------------------------------------------------------

class AuditContract : public StorageContract {
 protected:
  AuditReport Audit() {
    AuditReport report;
    const Status status = storage_->Audit(SampleSale::kNow, &report, Soon());
    EXPECT_TRUE(status.ok()) << status.text();
    return report;
  }
  static std::string Show(const AuditReport& report) {
    std::string text;
    for (const AuditFinding& finding : report.findings) {
      text += finding.check + ": " + finding.detail + "\n";
    }
    return text;
  }
};

TEST_P(AuditContract, OfNothingIsClean) {
  const AuditReport report = Audit();
  EXPECT_TRUE(report.clean()) << Show(report);
  EXPECT_EQ(report.seats, 0u);
}

TEST_P(AuditContract, OfASaleCountsWhatIsThere) {
  ASSERT_TRUE(Write(SampleSale().Changes()).ok());
  const AuditReport report = Audit();
  EXPECT_TRUE(report.clean()) << Show(report);
  const Currency eur = *ParseCurrency("EUR");
  EXPECT_EQ(report.seats, 8u);
  EXPECT_EQ(report.sold, 3u);
  EXPECT_EQ(report.held, 2u);
  EXPECT_EQ(report.blocked, 1u);
  EXPECT_EQ(report.holds, 4u);
  EXPECT_EQ(report.confirmed, 2u);
  EXPECT_EQ(report.transfers, 6u);
  EXPECT_EQ(report.users, 3u);
  EXPECT_EQ(report.revenue, (std::vector<Money>{{13'500, eur}}));
  EXPECT_EQ(report.wallets, (std::vector<Money>{{11'000, eur}}));
  EXPECT_EQ(report.external, (std::vector<Money>{{24'500, eur}}));
}

TEST_P(AuditContract, DoesNotMindAHoldThatLapsed) {
  ASSERT_TRUE(Write(SampleSale().Changes()).ok());
  AuditReport report;
  ASSERT_TRUE(storage_->Audit(SampleSale::kHeldUntil, &report, Soon()).ok());
  EXPECT_TRUE(report.clean()) << Show(report);
  EXPECT_EQ(report.held, 0u);
}

TEST_P(AuditContract, FindsEachBrokenPromise) {
  const SampleSale sale;
  std::vector<std::string> broken;
  for (const SaleBreak& one : SaleBreaks()) {
    SCOPED_TRACE(one.check);
    broken.emplace_back(one.check);
    ASSERT_TRUE(storage_->Close().ok());
    home_ = GetParam().make();
    storage_ = home_->Make();
    ASSERT_TRUE(storage_->Open({}).ok());
    ASSERT_TRUE(Write(sale.Changes()).ok());
    ChangeSet changes;
    one.changes(sale, &changes);
    ASSERT_TRUE(Write(changes).ok());
    const AuditReport report = Audit();
    const auto found = [&](const AuditFinding& finding) { return finding.check == one.check; };
    EXPECT_TRUE(std::ranges::any_of(report.findings, found)) << Show(report);
  }
  // None of the checks that ran is without its break.
  AuditReport report = Audit();
  std::ranges::sort(report.checks);
  std::ranges::sort(broken);
  EXPECT_EQ(report.checks, broken);
}

TEST_P(AuditContract, FindsEachBrokenClause) {
  int found = 0, kept_out = 0;
  for (const ClauseBreak& one : ClauseBreaks()) {
    SCOPED_TRACE(std::string(one.check) + ": " + one.what);
    ASSERT_TRUE(storage_->Close().ok());
    home_ = GetParam().make();
    storage_ = home_->Make();
    ASSERT_TRUE(storage_->Open({}).ok());
    SampleSale sale;
    ChangeSet more;
    one.breaks(sale, &more);
    ASSERT_TRUE(Write(sale.Changes()).ok());
    if (!more.empty() && !Write(more).ok()) {
      std::printf("the schema keeps out: %s, %s\n", one.check, one.what);
      ++kept_out;
      continue;
    }
    AuditReport report;
    const Status audited = storage_->Audit(SampleSale::kNow, &report, Soon());
    if (audited == Code::kStorageCorrupt) {  // kept out of the database behind it
      ++kept_out;
      continue;
    }
    ASSERT_TRUE(audited.ok()) << audited.text();
    const auto names = [&](const AuditFinding& finding) { return finding.check == one.check; };
    EXPECT_TRUE(std::ranges::any_of(report.findings, names)) << Show(report);
    ++found;
  }
  EXPECT_LE(kept_out, 4);  // a second payment or refund of one hold
  std::printf("COUNT audit_clauses %d\n", found);
}

}  // namespace seathold::testing
