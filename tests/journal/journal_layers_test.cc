// Rows in the database, being settled, and in the log alone: whoever asks sees one state. Beside
// memory storage, which has no layers.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "src/storage/journal/change_code.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/journal/busy_storage.h"
#include "tests/storage/storage_homes.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

using Index = ScanSpec::Index;

template <class R>
using RowsByKey = std::map<typename R::Key, R>;
struct Rows : std::tuple<RowsByKey<VenueRecord>, RowsByKey<SeatRecord>, RowsByKey<BlockRecord>,
                         RowsByKey<HoldRecord>, RowsByKey<FeedRecord>, RowsByKey<TransferRecord>> {
  template <class R>
  RowsByKey<R>& of() {
    return std::get<RowsByKey<R>>(*this);
  }
};

class JournalLayers : public ::testing::Test {
 protected:
  void SetUp() override {
    OpenJournal();
    ASSERT_TRUE(memory_->Open({}).ok());
  }
  void OpenJournal(bool settler_thread = false) {
    auto below = std::make_unique<BusyStorage>(NewSqliteStorage(SqliteAt(folder_.File("hall.db"))));
    below_ = below.get();
    JournalOptions options;
    options.settler_thread = settler_thread;
    journal_ = NewJournalStorage(std::move(below), options);
    ASSERT_TRUE(journal_->Open({}).ok());
  }

  std::uint64_t Below(std::uint64_t n) { return random_() % n; }
  // Most are made one behind the other, and some before or behind their turn.
  template <class R>
  Uuid AnyId() {
    const std::uint64_t number = 1 + rows_.of<R>().size() / 2 + Below(9);
    Uuid id{};
    id[14] = static_cast<std::uint8_t>(number >> 8);
    id[15] = static_cast<std::uint8_t>(number);
    return id;
  }

  // --- a row of a key that may be there or not, and another one in its place ---

  void Make(VenueRecord* row) {
    row->venue = {1 + Below(9)};
    row->name = "hall";
    row->zone = "UTC";
  }
  void Make(SeatRecord* row) {
    row->performance = {1 + Below(2)};
    row->ordinal = static_cast<std::uint32_t>(Below(12));
  }
  void Make(BlockRecord* row) {
    row->performance = {1 + Below(2)};
    row->ordinal = static_cast<std::uint32_t>(Below(12));
    row->reason = "reason " + std::to_string(Below(9));
  }
  void Make(HoldRecord* row) {
    row->performance = {1 + Below(2)};
    row->hold = {AnyId<HoldRecord>()};
    row->user = {1 + Below(3)};
    row->currency = *ParseCurrency("EUR");
    row->expires_at = {static_cast<std::int64_t>(Below(6))};
    row->state = HoldState::kHeld;
  }
  void Make(FeedRecord* row) {
    row->performance = {1 + Below(2)};
    row->counter = 1 + Below(12);
    row->kind = FeedKind::kBlocked;
  }
  void Make(TransferRecord* row) {
    row->transfer = {AnyId<TransferRecord>()};
    row->kind = TransferKind::kCharge;
    row->debit = LedgerSide::kExternal;
    row->credit = LedgerSide::kUser;
    // A line of an account is one transfer's.
    row->user = {std::uint64_t{1} + row->transfer.value[15] % 2};
    row->line = std::uint64_t{row->transfer.value[14]} << 8 | row->transfer.value[15];
    row->currency = *ParseCurrency("EUR");
    row->amount_minor = 1;
  }

  void Alter(SeatRecord* row) {
    row->state = static_cast<SeatState>(Below(3));
    row->version += 1 + Below(3);
  }
  void Alter(HoldRecord* row) {
    row->state = Below(2) == 0 ? HoldState::kConfirmed : HoldState::kHeld;
  }
  template <class R>
  static constexpr bool kAlters = std::is_same_v<R, SeatRecord> || std::is_same_v<R, HoldRecord>;
  template <class R>
  static constexpr bool kStays = std::is_same_v<R, SeatRecord>;

  template <class R>
  void AddChange(ChangeSet* changes) {
    auto& rows = rows_.of<R>();
    R row{};
    Make(&row);
    for (const auto& change : changes->of<R>().changes) {
      if (change.row.key() == row.key()) return;
    }
    const auto known = rows.find(row.key());
    if (known == rows.end()) {
      // Of these alone a row comes back once it was removed.
      if (!std::is_same_v<R, BlockRecord> && !made_.of<R>().emplace(row.key(), row).second) return;
      rows.emplace(row.key(), row);
      changes->of<R>().changes.push_back({row, ChangeKind::kInsert, 0});
      return;
    }
    if constexpr (kAlters<R>) {
      if (Below(3) > 0) {
        std::uint64_t seen = 0;
        if constexpr (Versioned<R>) seen = known->second.version_value();
        Alter(&known->second);
        changes->of<R>().changes.push_back({known->second, ChangeKind::kUpdate, seen});
        return;
      }
    }
    if (kStays<R> || Below(4) > 0) return;
    changes->of<R>().changes.push_back({known->second, ChangeKind::kRemove, 0});
    rows.erase(known);
  }

  template <class R>
  void AskFor(const ChangeSet& changes, KeySet* asked) {
    for (const auto& change : changes.of<R>().changes) {
      if (Below(2) == 0) asked->Add<R>(change.row.key());
    }
  }

  void CommitSomething() {
    ChangeSet changes;
    for (std::uint64_t left = 1 + Below(4); left > 0; --left) {
      AddChange<VenueRecord>(&changes);
      AddChange<SeatRecord>(&changes);
      AddChange<BlockRecord>(&changes);
      AddChange<HoldRecord>(&changes);
      AddChange<FeedRecord>(&changes);
      AddChange<TransferRecord>(&changes);
    }
    KeySet asked;  // as who decides does, or not
    for (std::uint64_t left = Below(6); left > 0; --left) {
      asked.Add<HoldRecord>({PerformanceId{1 + Below(2)}, HoldId{AnyId<HoldRecord>()}});
      asked.Add<TransferRecord>({TransferId{AnyId<TransferRecord>()}});
    }
    AskFor<HoldRecord>(changes, &asked);
    AskFor<TransferRecord>(changes, &asked);
    asked.Seal();
    std::vector<std::uint8_t> found[2];
    for (Storage* storage : {journal_.get(), memory_.get()}) {
      auto unit = storage->Begin(Access::kWrite, Soon());
      ASSERT_TRUE(unit.ok());
      RecordSet rows;
      ASSERT_TRUE((*unit)->Load(asked, &rows).ok());
      std::ranges::sort(rows.of<HoldRecord>().rows, {}, &HoldRecord::key);
      std::ranges::sort(rows.of<TransferRecord>().rows, {}, &TransferRecord::key);
      found[storage == memory_.get()] = Text(rows);
      ASSERT_TRUE((*unit)->Apply(changes, TimeUs{1}).ok());
      ASSERT_TRUE((*unit)->Commit().ok());
    }
    EXPECT_EQ(found[0], found[1]);
  }

  // Settles what there is, or only gets it ready to be.
  void Settle(bool all) {
    below_->busy = !all;
    const Status status = journal_->Maintain(Soon());
    EXPECT_TRUE(status.ok() || !all) << status.text();
    below_->busy = false;
  }

  static std::vector<std::uint8_t> Text(const RecordSet& rows) {
    ChangeSet changes;
    rows.ForEach([&]<class R>(const RowsOf<R>& slot) {
      for (const R& row : slot.rows) changes.of<R>().changes.push_back({row});
    });
    std::vector<std::uint8_t> text;
    journal::EncodeChanges(changes, {}, &text);
    return text;
  }

  void CompareScan(const ScanSpec& scan) {
    RecordSet ours, theirs;
    bool more_of_ours = false, more_of_theirs = false;
    ASSERT_TRUE((*journal_->Begin(Access::kRead, Soon()))->Scan(scan, &ours, &more_of_ours).ok());
    ASSERT_TRUE(
        (*memory_->Begin(Access::kRead, Soon()))->Scan(scan, &theirs, &more_of_theirs).ok());
    EXPECT_EQ(Text(ours), Text(theirs)) << "index " << static_cast<int>(scan.index);
    EXPECT_EQ(more_of_ours, more_of_theirs) << "index " << static_cast<int>(scan.index);
    ++scans_;
  }

  void CompareAll() {
    ScanSpec scan{.currency = *ParseCurrency("EUR")};
    for (const Index index :
         {Index::kVenues, Index::kSeatsOfPerformance, Index::kBlocksOfPerformance, Index::kHoldsDue,
          Index::kHoldsOfUser, Index::kHoldsOfPerformance, Index::kTransfersOfAccount,
          Index::kFeedAfter, Index::kLastHolds, Index::kLastTransfers}) {
      scan.index = index;
      scan.key = 1 + Below(2);
      const bool numbered =
          index == Index::kSeatsOfPerformance || index == Index::kBlocksOfPerformance;
      scan.after = static_cast<std::int64_t>(Below(5)) - (numbered ? 1 : 0);
      scan.after_id = Below(2) == 0 ? Uuid{} : AnyId<HoldRecord>();
      scan.until = {static_cast<std::int64_t>(Below(8))};
      scan.rows_max = static_cast<std::uint32_t>(1 + Below(9));
      CompareScan(scan);
    }
    KeySet keys;
    for (std::uint64_t i = 1; i <= 9; ++i) keys.Add<VenueRecord>({VenueId{i}});
    for (std::uint32_t i = 0; i < 12; ++i) keys.Add<SeatRecord>({PerformanceId{1}, i});
    keys.Seal();
    RecordSet ours, theirs;
    ASSERT_TRUE((*journal_->Begin(Access::kRead, Soon()))->Load(keys, &ours).ok());
    ASSERT_TRUE((*memory_->Begin(Access::kRead, Soon()))->Load(keys, &theirs).ok());
    for (RecordSet* rows : {&ours, &theirs}) {
      std::ranges::sort(rows->of<VenueRecord>().rows, {}, &VenueRecord::key);
      std::ranges::sort(rows->of<SeatRecord>().rows, {}, &SeatRecord::key);
    }
    EXPECT_EQ(Text(ours), Text(theirs));
  }

  TempFolder folder_;
  BusyStorage* below_ = nullptr;
  std::unique_ptr<Storage> journal_;
  std::unique_ptr<Storage> memory_ = NewMemoryStorage();
  std::mt19937_64 random_{20'261'129};
  Rows rows_, made_;  // those that are there, and those that ever were
  int scans_ = 0;
};

TEST_F(JournalLayers, AreOneState) {
  int frozen = 0, settled = 0;
  for (int round = 0; round < Scaled(3'000) && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CommitSomething();
    CompareAll();
    const std::uint64_t what = Below(6);
    if (what == 0) Settle(false), ++frozen;
    if (what == 1) Settle(true), ++settled;
    if (what <= 1) CompareAll();
  }
  EXPECT_GT(frozen, 0);
  EXPECT_GT(settled, 0);
  std::printf("COUNT journal_layers_scans %d\n", scans_);
  ASSERT_TRUE(journal_->Close().ok());
}

TEST_F(JournalLayers, SettlingKeepsNobodyFromCommitting) {
  CommitSomething();
  const int before = below_->begun;
  below_->hangs = true;
  std::thread settler([&] { EXPECT_TRUE(journal_->Maintain(Soon()).ok()); });
  while (below_->begun == before) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) CommitSomething();
  CompareAll();
  below_->hangs = false;
  settler.join();
  CompareAll();
}

TEST_F(JournalLayers, EndWithTheDatabaseBehindThem) {
  CommitSomething();
  below_->fails = true;
  RecordSet rows;
  bool more = false;
  const ScanSpec scan{.index = Index::kVenues};
  EXPECT_EQ((*journal_->Begin(Access::kRead, Soon()))->Scan(scan, &rows, &more),
            Code::kStorageFailed);
  below_->fails = false;
  EXPECT_EQ(journal_->Begin(Access::kWrite, Soon()).status(), Code::kStorageFailed)
      << "until it is opened again";
}

// Whoever asks for what is in the database by now does not wait for those who look besides.
TEST_F(JournalLayers, AreSettledOnceTheDatabaseHasThem) {
  ASSERT_TRUE(journal_->Close().ok());
  OpenJournal(true);
  CommitSomething();
  const int before = below_->begun;
  below_->hangs = true;
  auto settled = std::async(std::launch::async, [&] { return journal_->Maintain(In(40'000)); });
  while (below_->begun == before) std::this_thread::yield();
  auto looks = journal_->Begin(Access::kRead, Soon());
  ASSERT_TRUE(looks.ok());
  below_->hangs = false;
  EXPECT_EQ(settled.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  looks->reset();
  EXPECT_TRUE(settled.get().ok());
}

// Whoever settles clears a layer beside nobody who looks at it, also once it is closed.
TEST_F(JournalLayers, AreClearedBesideNobodyWhoLooks) {
  CommitSomething();
  const int before = below_->begun;
  below_->hangs = true;
  auto settled = std::async(std::launch::async, [&] { return journal_->Maintain(Soon()); });
  while (below_->begun == before) std::this_thread::yield();
  auto looks = journal_->Begin(Access::kRead, Soon());
  ASSERT_TRUE(looks.ok());
  auto closed = std::async(std::launch::async, [&] { return journal_->Close(); });
  while (journal_->Begin(Access::kRead, Soon()).ok()) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it waits for who looks
  below_->hangs = false;
  EXPECT_EQ(settled.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  looks->reset();
  const Status told = settled.get();
  EXPECT_TRUE(told.ok() || told == Code::kClosed) << told.text();
  EXPECT_TRUE(closed.get().ok());
}

// What the overlay knows of others does not make a page longer.
TEST_F(JournalLayers, APageOfTheFeedReadsAPage) {
  const auto commit = [&](PerformanceId performance, std::uint64_t first, std::uint64_t events) {
    ChangeSet changes;
    for (std::uint64_t counter = first; counter < first + events; ++counter) {
      FeedRecord row;
      row.performance = performance;
      row.counter = counter;
      row.kind = FeedKind::kBlocked;
      changes.of<FeedRecord>().changes.push_back({row});
    }
    auto unit = journal_->Begin(Access::kWrite, Soon());
    ASSERT_TRUE((*unit)->Apply(changes, TimeUs{1}).ok());
    ASSERT_TRUE((*unit)->Commit().ok());
  };
  commit({1}, 1, 1'000);
  Settle(true);
  commit({1}, 1'001, 1'000);
  commit({2}, 1, 1'000);
  std::uint64_t after = 0;
  below_->rows_scanned = 0;
  for (int page = 0; page < 21; ++page) {
    RecordSet rows;
    bool more = false;
    const ScanSpec scan{.index = Index::kFeedAfter,
                        .key = 1,
                        .after = static_cast<std::int64_t>(after),
                        .rows_max = 100};
    ASSERT_TRUE((*journal_->Begin(Access::kRead, Soon()))->Scan(scan, &rows, &more).ok());
    EXPECT_EQ(rows.of<FeedRecord>().rows.size(), page < 20 ? 100u : 0u);
    EXPECT_EQ(more, page < 19);
    for (const FeedRecord& row : rows.of<FeedRecord>().rows) EXPECT_EQ(row.counter, ++after);
  }
  EXPECT_LE(below_->rows_scanned, 1'100u);
}

// Two halves are all that may be unsettled.
TEST_F(JournalLayers, AFullLogSaysWhyItCannotBeSettled) {
  ASSERT_TRUE(journal_->Close().ok());
  auto below = std::make_unique<BusyStorage>(NewSqliteStorage(SqliteAt(folder_.File("hall.db"))));
  below_ = below.get();
  JournalOptions options;
  options.half_bytes = 4 << 10;
  journal_ = NewJournalStorage(std::move(below), options);
  ASSERT_TRUE(journal_->Open({}).ok());
  below_->busy = true;
  Status status;
  int committed = 0;
  for (std::uint64_t i = 1; status.ok() && i < 1'000; ++i, ++committed) {
    ChangeSet changes;
    changes.of<VenueRecord>().changes.push_back({{.venue = {i}, .name = "hall", .zone = "UTC"}});
    auto unit = journal_->Begin(Access::kWrite, In(50));
    ASSERT_TRUE(unit.ok());
    ASSERT_TRUE((*unit)->Apply(changes, {}).ok());
    status = (*unit)->Commit();
  }
  EXPECT_EQ(status, Code::kBusy) << status.text();
  EXPECT_GT(committed, 50);
  below_->busy = false;
  ASSERT_TRUE(journal_->Maintain(Soon()).ok());
  RecordSet rows;
  bool more = false;
  ScanSpec scan{.index = Index::kVenues, .rows_max = 2'000};
  ASSERT_TRUE((*journal_->Begin(Access::kRead, Soon()))->Scan(scan, &rows, &more).ok());
  EXPECT_EQ(rows.of<VenueRecord>().rows.size(), static_cast<std::size_t>(committed - 1));
}

// The database is not asked for events beyond those that its performance has counted.
TEST_F(JournalLayers, AnEventComesOnce) {
  const auto event = [](std::uint64_t counter) {
    FeedRecord row;
    row.performance = {1};
    row.counter = counter;
    row.kind = FeedKind::kBlocked;
    return row;
  };
  const auto commit = [&](std::uint64_t counter, ChangeKind kind, std::uint64_t seen) {
    ChangeSet changes;
    changes.of<PerformanceStateRecord>().changes.push_back(
        {{.performance = {1}, .feed = std::max(counter, seen)}, kind, seen});
    changes.of<FeedRecord>().changes.push_back({event(counter)});
    auto unit = journal_->Begin(Access::kWrite, Soon());
    const Status applied = (*unit)->Apply(changes, TimeUs{1});
    return applied.ok() ? (*unit)->Commit() : applied;
  };
  ASSERT_TRUE(commit(1, ChangeKind::kInsert, 0).ok());
  for (std::uint64_t counter : {2, 3}) {
    ASSERT_TRUE(commit(counter, ChangeKind::kUpdate, counter - 1).ok());
  }
  EXPECT_EQ(commit(2, ChangeKind::kUpdate, 3), Code::kAborted);
  Settle(true);
  ASSERT_TRUE(commit(4, ChangeKind::kUpdate, 3).ok());
  EXPECT_EQ(commit(2, ChangeKind::kUpdate, 4), Code::kAborted) << "it is in the database alone";
}

// Nobody is asked for holds beyond the highest of their performance.
Status CommitHold(Storage* storage, int id) {
  HoldRecord hold;
  hold.performance = {1};
  hold.hold.value[0] = static_cast<std::uint8_t>(id);
  hold.currency = *ParseCurrency("EUR");
  KeySet keys;
  keys.Add<HoldRecord>(hold.key());
  auto unit = storage->Begin(Access::kWrite, Soon());
  RecordSet rows;
  EXPECT_TRUE((*unit)->Load(keys, &rows).ok());
  ChangeSet changes;
  changes.of<HoldRecord>().changes.push_back({hold});
  const Status applied = (*unit)->Apply(changes, TimeUs{1});
  EXPECT_EQ(applied.ok(), rows.of<HoldRecord>().rows.empty()) << "what is loaded goes with it";
  return applied.ok() ? (*unit)->Commit() : applied;
}

TEST_F(JournalLayers, AHoldComesOnceWhateverItsId) {
  for (const int id : {10, 20, 15}) ASSERT_TRUE(CommitHold(journal_.get(), id).ok());
  for (const bool settled : {false, true}) {
    if (settled) Settle(true);
    for (const int id : {10, 15, 20}) EXPECT_EQ(CommitHold(journal_.get(), id), Code::kAborted);
  }
  ASSERT_TRUE(CommitHold(journal_.get(), 30).ok());
  EXPECT_EQ(CommitHold(journal_.get(), 30), Code::kAborted);
  // Found in the database, whatever is inserted first.
  for (const int first : {40, 35}) {
    ASSERT_TRUE(journal_->Close().ok());
    OpenJournal();
    ASSERT_TRUE(CommitHold(journal_.get(), first).ok());
    for (const int id : {10, 30, 40}) EXPECT_EQ(CommitHold(journal_.get(), id), Code::kAborted);
    ASSERT_TRUE(CommitHold(journal_.get(), first + 10).ok());
    EXPECT_EQ(CommitHold(journal_.get(), first + 10), Code::kAborted);
  }
}

TEST_F(JournalLayers, AHoldThatTheLogGaveComesOnce) {
  for (const int id : {10, 20}) ASSERT_TRUE(CommitHold(journal_.get(), id).ok());
  const TempFolder left;  // by a process that was killed
  for (const char* suffix : {"", "-wal", "-log"}) {
    std::filesystem::copy_file(folder_.File("hall.db") + suffix, left.File("hall.db") + suffix);
  }
  const auto storage = NewJournalStorage(NewSqliteStorage(SqliteAt(left.File("hall.db"))), {});
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(CommitHold(storage.get(), 5).ok());
  for (const int id : {5, 10, 20}) EXPECT_EQ(CommitHold(storage.get(), id), Code::kAborted) << id;
  ASSERT_TRUE(storage->Close().ok());
}

}  // namespace
}  // namespace seathold::testing
