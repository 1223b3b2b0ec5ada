// What every Storage must do. To run it on an adapter of your own:
//
//   #include "tests/contract/storage_contract.h"
//   INSTANTIATE_TEST_SUITE_P(Mine, StorageContract,
//                            ::testing::Values(StorageCase{"mine", [] { return ...; }}), CaseName);
//
// where `make` gives a fresh StorageHome: one stored state, and Storage objects over it.
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
#include "tests/contract/storage_home.h"
#include "tests/contract/storage_rows.h"
#include "tests/contract/storage_sale.h"

namespace seathold::testing {

class StorageContract : public ::testing::TestWithParam<StorageCase> {
 protected:
  void SetUp() override {
    home_ = GetParam().make();
    Reopen();
  }

  void Reopen() {
    if (storage_) {
      EXPECT_TRUE(storage_->Close().ok());
    }
    storage_ = home_->Make();
    const auto opened = storage_->Open({});
    ASSERT_TRUE(opened.ok()) << opened.status().text();
  }

  std::unique_ptr<StorageUnit> Begin(Access access) {
    auto unit = storage_->Begin(access, Soon());
    EXPECT_TRUE(unit.ok()) << unit.status().text();
    return unit.ok() ? std::move(unit).value() : nullptr;
  }

  // Applies and commits. kOk or what refused it.
  Status Write(const ChangeSet& changes, TimeUs mark = {}) {
    auto unit = Begin(Access::kWrite);
    if (Status status = unit->AwaitOthers(); !status.ok()) return status;
    if (Status status = unit->Apply(changes, mark); !status.ok()) return status;
    return unit->Commit();
  }

  template <class R>
  std::vector<R> Load(StorageUnit* unit, std::vector<typename R::Key> wanted) {
    KeySet keys;
    for (const auto& key : wanted) keys.Add<R>(key);
    keys.Seal();
    RecordSet rows;
    const Status status = unit->Load(keys, &rows);
    EXPECT_TRUE(status.ok()) << status.text();
    std::vector<R>& found = rows.of<R>().rows;
    std::ranges::sort(found, {}, &R::key);  // they come in any order
    return found;
  }
  template <class R>
  std::vector<R> Load(std::vector<typename R::Key> wanted) {
    return Load<R>(Begin(Access::kRead).get(), std::move(wanted));
  }

  template <class R>
  std::vector<R> Scan(ScanSpec spec, bool* more) {
    RecordSet rows;
    const Status status = Begin(Access::kRead)->Scan(spec, &rows, more);
    EXPECT_TRUE(status.ok()) << status.text();
    return rows.of<R>().rows;
  }

  static ChangeSet OneVenue(std::uint64_t id, const std::string& name = "hall") {
    VenueRecord venue;
    venue.venue = {id};
    venue.name = name;
    ChangeSet changes;
    Insert(&changes, venue);
    return changes;
  }
  std::size_t VenuesFrom1To(std::uint64_t last) {
    std::vector<VenueRecord::Key> keys;
    for (std::uint64_t id = 1; id <= last; ++id) keys.push_back({VenueId{id}});
    return Load<VenueRecord>(keys).size();
  }

  std::unique_ptr<StorageHome> home_;
  std::unique_ptr<Storage> storage_;
};

// Rows -------------------------------------------------------------------------------------------

template <class R>
struct RoundTrip {
  std::vector<R> rows;
  std::vector<typename R::Key> keys;

  RoundTrip() {
    for (const Extreme extreme : {Extreme::kLow, Extreme::kHigh, Extreme::kOdd}) {
      rows.push_back(ExtremeRow<R>(extreme));
    }
    Sort();
  }
  void Sort() {
    std::ranges::sort(rows, {}, &R::key);
    keys.clear();
    for (const R& row : rows) keys.push_back(row.key());
  }
};

TEST_P(StorageContract, KeepsExtremeValuesOfEveryRecord) {
  ForEachRecord(AllRecords{}, [&]<class R>() {
    SCOPED_TRACE(R::kTable);
    const RoundTrip<R> trip;
    ChangeSet changes;
    for (const R& row : trip.rows) Insert(&changes, row);
    const Status written = Write(changes);
    ASSERT_TRUE(written.ok()) << written.text();
    if (home_->durable()) Reopen();
    EXPECT_EQ(ShowRows(Load<R>(trip.keys)), ShowRows(trip.rows));
  });
}

TEST_P(StorageContract, UpdatesEveryFieldOfEveryRecord) {
  ForEachRecord(AllRecords{}, [&]<class R>() {
    if (!HasFields<R>()) return;
    SCOPED_TRACE(R::kTable);
    RoundTrip<R> trip;
    ChangeSet inserts, updates;
    for (const R& row : trip.rows) Insert(&inserts, row);
    ASSERT_TRUE(Write(inserts).ok());
    Extreme next = Extreme::kHigh;
    for (R& row : trip.rows) {
      std::uint64_t seen = 0;
      if constexpr (Versioned<R>) seen = row.version_value();
      R::Columns(row, FillFields(next));
      next = next == Extreme::kHigh ? Extreme::kLow : Extreme::kOdd;
      Update(&updates, row, seen);
    }
    const Status written = Write(updates);
    ASSERT_TRUE(written.ok()) << written.text();
    EXPECT_EQ(ShowRows(Load<R>(trip.keys)), ShowRows(trip.rows));
  });
}

TEST_P(StorageContract, RemovesRowsOfEveryRecord) {
  ForEachRecord(AllRecords{}, [&]<class R>() {
    SCOPED_TRACE(R::kTable);
    const RoundTrip<R> trip;
    ChangeSet inserts, removals;
    for (const R& row : trip.rows) Insert(&inserts, row);
    Remove(&removals, trip.rows[1]);
    ASSERT_TRUE(Write(inserts).ok());
    ASSERT_TRUE(Write(removals).ok());
    const std::vector<R> left = {trip.rows[0], trip.rows[2]};
    EXPECT_EQ(ShowRows(Load<R>(trip.keys)), ShowRows(left));
  });
}

TEST_P(StorageContract, PagesHaveEveryRowOfEveryTableOnce) {
  ChangeSet changes;
  std::vector<std::string> written;
  ForEachRecord(AllRecords{}, [&]<class R>() {
    for (const R& row : RoundTrip<R>().rows) {
      Insert(&changes, row);
      written.push_back(R::kTable + ShowRow(row));
    }
  });
  ASSERT_TRUE(Write(changes).ok());
  std::ranges::sort(written);
  for (const std::uint32_t rows_max : {1u, 2u, 3u, 1'000u}) {
    std::vector<std::string> read;
    auto unit = Begin(Access::kRead);
    RecordSet page;
    for (std::size_t before = 1; before != read.size();) {
      before = read.size();
      const Status status = unit->Page(rows_max, &page);
      ASSERT_TRUE(status.ok()) << status.text();
      int tables = 0;
      page.ForEach([&]<class R>(const RowsOf<R>& slot) {
        tables += slot.rows.empty() ? 0 : 1;
        EXPECT_LE(slot.rows.size(), rows_max);
        for (const R& row : slot.rows) read.push_back(R::kTable + ShowRow(row));
      });
      EXPECT_LE(tables, 1);
    }
    std::ranges::sort(read);
    EXPECT_EQ(read == written, true) << read.size() << " of " << written.size() << " rows";
  }
}

TEST_P(StorageContract, PagesOfNothingAreEmpty) {
  RecordSet page;
  ASSERT_TRUE(Begin(Access::kRead)->Page(10, &page).ok());
  page.ForEach([](const auto& slot) { EXPECT_TRUE(slot.rows.empty()); });
  EXPECT_EQ(Begin(Access::kRead)->Page(0, &page), Code::kInvalidArgument);
}

TEST_P(StorageContract, LoadLeavesOutWhatDoesNotExistAndAddsToWhatIsThere) {
  ASSERT_TRUE(Write(OneVenue(2)).ok());
  KeySet keys;
  for (const std::uint64_t id : {1, 2, 3}) keys.Add<VenueRecord>({VenueId{id}});
  keys.Add<HoldRecord>({PerformanceId{2}, HoldId{}});
  keys.Seal();
  RecordSet rows;
  rows.of<VenueRecord>().rows.emplace_back().name = "was here";
  auto unit = Begin(Access::kRead);
  ASSERT_TRUE(unit->Load(keys, &rows).ok());
  ASSERT_EQ(rows.of<VenueRecord>().rows.size(), 2u);
  EXPECT_EQ(rows.of<VenueRecord>().rows[0].name, "was here");
  EXPECT_EQ(rows.of<VenueRecord>().rows[1].venue, VenueId{2});
  EXPECT_TRUE(rows.of<HoldRecord>().rows.empty());
}

TEST_P(StorageContract, WritesChangesThatComeInNoOrder) {
  ChangeSet changes;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    VenueRecord venue;
    venue.venue = {1 + (i * 7'919) % 2'000};
    Insert(&changes, venue);
  }
  ASSERT_TRUE(Write(changes).ok());
  EXPECT_EQ(VenuesFrom1To(2'000), 2'000u);
}

// Scans ------------------------------------------------------------------------------------------

// Rows that a scan should give, by filtering and sorting everything.
template <class R, class Keep, class Order>
std::vector<std::string> Expected(const ChangeSet& all, const Keep& keep, const Order& order) {
  std::vector<R> rows;
  for (const auto& change : all.of<R>().changes) {
    if (keep(change.row)) rows.push_back(change.row);
  }
  std::ranges::sort(rows, {}, order);
  return ShowRows(rows);
}

class ScanContract : public StorageContract {
 protected:
  void SetUp() override {
    StorageContract::SetUp();
    for (std::uint64_t owner = 1; owner <= 3; ++owner) Populate(owner);
    ASSERT_TRUE(Write(all_).ok());
  }

  // Twelve rows of everything an index goes over.
  void Populate(std::uint64_t owner) {
    for (std::uint32_t i = 0; i < 12; ++i) {
      // Numbers with gaps, not in the order of insertion.
      const std::uint32_t n = (i * 5 + static_cast<std::uint32_t>(owner)) % 12 * 3;
      const std::uint64_t id = owner * 1'000 + n;
      Add<VenueRecord>([&](auto& r) { r.venue = {id}; });
      Add<ShowRecord>([&](auto& r) { r.show = {id}; });
      Add<PerformanceRecord>([&](auto& r) { r.performance = {id}; });
      Add<CategoryRecord>([&](auto& r) { r.venue = {owner}, r.category = n; });
      Add<PlanRowRecord>([&](auto& r) { r.venue = {owner}, r.row = n; });
      Add<PlanSeatRecord>([&](auto& r) { r.venue = {owner}, r.ordinal = n; });
      Add<SeatRecord>([&](auto& r) { r.performance = {owner}, r.ordinal = n; });
      Add<BlockRecord>([&](auto& r) { r.performance = {owner}, r.ordinal = n; });
      Add<PriceRecord>(
          [&](auto& r) { r.performance = {owner}, r.category = n % 7, r.ticket_type = n; });
      Add<FeedRecord>(
          [&](auto& r) { r.performance = {owner}, r.counter = n + 1, r.kind = FeedKind::kHeld; });
      AddHold(owner, n);
      AddTransfer(owner, n);
    }
  }

  void AddHold(std::uint64_t owner, std::uint32_t n) {
    Add<HoldRecord>([&](auto& r) {
      r.performance = {owner};
      r.hold.value = NumberedId(static_cast<std::uint8_t>(0xFF - n));
      // The same user at every performance, one of them a number of the engine's.
      r.user = {n % 2 == 0 ? 7 : kEngineUserBit | 7};
      r.state = n % 4 == 3 ? HoldState::kExpired : HoldState::kHeld;
      r.expires_at = {static_cast<std::int64_t>(n / 9)};  // several of one deadline
    });
  }

  void AddTransfer(std::uint64_t owner, std::uint32_t n) {
    Add<TransferRecord>([&](auto& r) {
      r.transfer.value = NumberedId(static_cast<std::uint8_t>(n));
      r.transfer.value[1] = static_cast<std::uint8_t>(owner);
      r.kind = TransferKind::kCharge;
      r.debit = LedgerSide::kExternal;
      r.credit = LedgerSide::kUser;
      r.user = {owner | kEngineUserBit};
      r.currency = *ParseCurrency(n % 2 == 0 ? "EUR" : "JPY");
      r.line = n % 5 == 0 ? 0 : n;
      r.code = n == 9 ? Code::kInsufficientFunds : Code::kOk;
    });
  }

  template <class R, class Set>
  void Add(const Set& set) {
    R row;
    set(row);
    Insert(&all_, row);
  }

  // Reads the whole index in pages of 1, 2, 5 and all; `next` moves the spec behind a page's last
  // row.
  template <class R, class Next>
  void ExpectPages(ScanSpec spec, const std::vector<std::string>& expected, const Next& next) {
    ASSERT_FALSE(expected.empty());
    for (const std::uint32_t page : {1u, 2u, 5u, 1'000u}) {
      SCOPED_TRACE(page);
      ScanSpec at = spec;
      at.rows_max = page;
      std::vector<std::string> found;
      bool more = true;
      while (more && found.size() <= expected.size()) {
        const std::vector<R> rows = Scan<R>(at, &more);
        ASSERT_LE(rows.size(), page);
        ASSERT_TRUE(!more || rows.size() == page);
        for (const R& row : rows) found.push_back(ShowRow(row));
        if (!rows.empty()) next(rows.back(), &at);
      }
      EXPECT_EQ(found, expected);
    }
  }

  ChangeSet all_;
};

TEST_P(ScanContract, GivesTheCatalogueInOrderOfIds) {
  using Index = ScanSpec::Index;
  const auto any = [](const auto&) { return true; };
  const auto after = [](const auto& row, ScanSpec* at) {
    at->after = static_cast<std::int64_t>(std::get<0>(row.key()).value);
  };
  ExpectPages<VenueRecord>({.index = Index::kVenues},
                           Expected<VenueRecord>(all_, any, &VenueRecord::key), after);
  ExpectPages<ShowRecord>({.index = Index::kShows},
                          Expected<ShowRecord>(all_, any, &ShowRecord::key), after);
  ExpectPages<PerformanceRecord>({.index = Index::kPerformances},
                                 Expected<PerformanceRecord>(all_, any, &PerformanceRecord::key),
                                 after);
}

TEST_P(ScanContract, GivesRowsOfOneOwnerInOrderOfTheirNumbers) {
  using Index = ScanSpec::Index;
  const auto owned = [](const auto& row) { return std::get<0>(row.key()).value == 2; };
  const auto after = [](const auto& row, ScanSpec* at) {
    at->after = static_cast<std::int64_t>(std::get<1>(row.key()));
  };
  const auto check = [&]<class R>(Index index, std::int64_t start) {
    SCOPED_TRACE(R::kTable);
    ExpectPages<R>({.index = index, .key = 2, .after = start}, Expected<R>(all_, owned, &R::key),
                   after);
  };
  check.operator()<CategoryRecord>(Index::kCategoriesOfVenue, -1);
  check.operator()<PlanRowRecord>(Index::kRowsOfVenue, -1);
  check.operator()<PlanSeatRecord>(Index::kSeatsOfVenue, -1);
  check.operator()<SeatRecord>(Index::kSeatsOfPerformance, -1);
  check.operator()<BlockRecord>(Index::kBlocksOfPerformance, -1);
  check.operator()<FeedRecord>(Index::kFeedAfter, 0);
}

TEST_P(ScanContract, GivesThePricesOfAPerformance) {
  bool more = true;
  const auto rows =
      Scan<PriceRecord>({.index = ScanSpec::Index::kPricesOfPerformance, .key = 2}, &more);
  const auto owned = [](const auto& row) { return row.performance.value == 2; };
  EXPECT_EQ(ShowRows(rows), Expected<PriceRecord>(all_, owned, &PriceRecord::key));
  EXPECT_FALSE(more);
}

TEST_P(ScanContract, GivesLiveHoldsThatAreDueSoonestFirst) {
  const auto due = [](const HoldRecord& hold) {
    return hold.state == HoldState::kHeld && hold.expires_at <= TimeUs{2};
  };
  const auto soonest = [](const HoldRecord& hold) {
    return std::tuple(hold.expires_at, hold.performance, hold.hold);
  };
  ScanSpec spec{.index = ScanSpec::Index::kHoldsDue, .until = TimeUs{2}};
  const auto expected = Expected<HoldRecord>(all_, due, soonest);
  ASSERT_GT(expected.size(), 3u);
  bool more = true;
  EXPECT_EQ(ShowRows(Scan<HoldRecord>(spec, &more)), expected);
  EXPECT_FALSE(more);
  spec.rows_max = 3;
  const auto first = ShowRows(Scan<HoldRecord>(spec, &more));
  EXPECT_EQ(first, std::vector<std::string>(expected.begin(), expected.begin() + 3));
  EXPECT_TRUE(more);
}

TEST_P(ScanContract, ForgetsAHoldThatEndedAmongTheDueOnes) {
  HoldRecord hold;
  for (const auto& change : all_.of<HoldRecord>().changes) {
    if (change.row.state == HoldState::kHeld) hold = change.row;
  }
  hold.state = HoldState::kCancelled;
  ChangeSet changes;
  Update(&changes, hold);
  ASSERT_TRUE(Write(changes).ok());
  bool more = true;
  const ScanSpec spec{.index = ScanSpec::Index::kHoldsDue, .until = TimeUs{1'000}};
  const auto rows = Scan<HoldRecord>(spec, &more);
  EXPECT_EQ(std::ranges::count(rows, hold.key(), &HoldRecord::key), 0);
  EXPECT_FALSE(rows.empty());
}

TEST_P(ScanContract, GivesTheHoldsOfAUserAcrossPerformances) {
  for (const std::uint64_t user : {std::uint64_t{7}, kEngineUserBit | 7}) {
    SCOPED_TRACE(user);
    const auto of_user = [&](const HoldRecord& hold) { return hold.user.value == user; };
    ExpectPages<HoldRecord>({.index = ScanSpec::Index::kHoldsOfUser, .key = user},
                            Expected<HoldRecord>(all_, of_user, &HoldRecord::key),
                            [](const HoldRecord& row, ScanSpec* at) {
                              at->after = static_cast<std::int64_t>(row.performance.value);
                              at->after_id = row.hold.value;
                            });
  }
}

TEST_P(ScanContract, GivesTheHoldsOfAPerformance) {
  const auto owned = [](const HoldRecord& hold) { return hold.performance.value == 2; };
  ExpectPages<HoldRecord>(
      {.index = ScanSpec::Index::kHoldsOfPerformance, .key = 2},
      Expected<HoldRecord>(all_, owned, &HoldRecord::key),
      [](const HoldRecord& row, ScanSpec* at) { at->after_id = row.hold.value; });
}

TEST_P(ScanContract, GivesTheLinesOfAStatementWithoutRefusedOnes) {
  const Currency currency = *ParseCurrency("JPY");
  const std::uint64_t user = 2 | kEngineUserBit;
  const auto line = [&](const TransferRecord& transfer) {
    return transfer.user.value == user && transfer.currency == currency && transfer.line > 0 &&
           transfer.code == Code::kOk;
  };
  ScanSpec spec{.index = ScanSpec::Index::kTransfersOfAccount, .key = user};
  spec.currency = currency;
  ExpectPages<TransferRecord>(spec, Expected<TransferRecord>(all_, line, &TransferRecord::line),
                              [](const TransferRecord& row, ScanSpec* at) {
                                at->after = static_cast<std::int64_t>(row.line);
                              });
}

TEST_P(ScanContract, GivesTheLastHoldsAndTransfersFirst) {
  const auto check = [&]<class R>(ScanSpec::Index index, std::vector<std::string> expected) {
    SCOPED_TRACE(R::kTable);
    std::ranges::reverse(expected);
    ASSERT_GT(expected.size(), 3u);
    for (const std::size_t rows : {std::size_t{1}, std::size_t{3}, expected.size()}) {
      bool more = rows == expected.size();
      const ScanSpec spec{.index = index, .key = 2, .rows_max = static_cast<std::uint32_t>(rows)};
      const auto found = ShowRows(Scan<R>(spec, &more));
      EXPECT_EQ(found, std::vector(expected.begin(), expected.begin() + std::ptrdiff_t(rows)));
      EXPECT_EQ(more, rows < expected.size());
    }
  };
  const auto owned = [](const HoldRecord& hold) { return hold.performance.value == 2; };
  const auto all = [](const TransferRecord&) { return true; };
  check.operator()<HoldRecord>(ScanSpec::Index::kLastHolds,
                               Expected<HoldRecord>(all_, owned, &HoldRecord::key));
  check.operator()<TransferRecord>(ScanSpec::Index::kLastTransfers,
                                   Expected<TransferRecord>(all_, all, &TransferRecord::key));
}

TEST_P(ScanContract, OfNothingIsEmpty) {
  using Index = ScanSpec::Index;
  for (int index = 0; index <= static_cast<int>(Index::kLastHolds); ++index) {
    SCOPED_TRACE(index);
    ScanSpec spec{.index = static_cast<Index>(index), .key = 77};
    spec.after = std::int64_t{1} << 40;
    spec.until = TimeUs{-1};
    RecordSet rows;
    bool more = true;
    ASSERT_TRUE(Begin(Access::kRead)->Scan(spec, &rows, &more).ok());
    EXPECT_FALSE(more);
    rows.ForEach([](const auto& slot) { EXPECT_TRUE(slot.rows.empty()); });
  }
}

TEST_P(ScanContract, RefusesAPageOfNoRows) {
  RecordSet rows;
  bool more = false;
  EXPECT_EQ(Begin(Access::kRead)->Scan({.rows_max = 0}, &rows, &more), Code::kInvalidArgument);
}

}  // namespace seathold::testing

#include "tests/contract/storage_contract_units.h"  // IWYU pragma: export
