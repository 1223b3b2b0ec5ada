// A disk that fails or is full, at every write and sync of a journal's life: of its log and of the
// database behind it.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/journal/journal_disk.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kUnitsOfRun = 40;
constexpr std::uint64_t kUnitsBetweenOpenings = 30;

struct FaultsMet {
  int places = 0;
  int unknown = 0;  // runs with a unit of unknown outcome
  int full = 0;     // units that were refused since the disk was full
  int failed = 0;   // runs that ended with a failure that was none of a unit's outcome
  int unharmed = 0;
  int not_opened = 0;

  void Print(const char* name) const {
    std::printf("COUNT %s_places %d\n", name, places);
    std::printf("%s: %d unknown, %d failed, %d full, %d not opened, %d unharmed\n", name, unknown,
                failed, full, not_opened, unharmed);
  }
};

class FaultyLife {
 public:
  FaultyLife(const DiskFault& fault, FaultsMet* seen) : fault_(fault), seen_(*seen) {}

  // False when the fault was never met.
  bool Play() {
    storage_ = JournalOn(disk_, false);
    disk_.Inject(fault_);
    if (Open()) ApplyAll();
    if (!disk_.fault_hit()) return false;
    ++seen_.places;
    seen_.unharmed += acknowledged_ == kUnitsOfRun;
    if (storage_ != nullptr && full_) ExpectGoesOn();
    disk_.ClearFault();
    for (std::uint64_t seed = 1; seed <= (FullCounts() ? 3 : 1); ++seed) {
      SCOPED_TRACE("image " + std::to_string(seed));
      CrashVfs machine;
      machine.Load(disk_.Crash(seed));
      ExpectHonest(machine);
    }
    storage_.reset();
    ExpectHonest(disk_);
    return true;
  }

 private:
  bool Open() {
    const auto opened = storage_->Open({});
    if (opened.ok()) return true;
    ++seen_.not_opened;
    const Code wanted =
        fault_.kind == DiskFault::Kind::kFull ? Code::kStorageFull : Code::kCannotOpen;
    EXPECT_EQ(opened.code(), wanted) << opened.status().text();
    storage_.reset();
    return false;
  }

  void ApplyAll() {
    for (std::uint64_t n = 1; n <= kUnitsOfRun; ++n) {
      const Status status = ApplyUnit(storage_.get(), n);
      possible_ = n;
      if (!status.ok()) return Refused(status, n);
      acknowledged_ = n;
      if (n % kUnitsBetweenOpenings != 0) continue;
      (void)storage_->Close();  // what it cannot settle stays in the log
      if (!Open()) return;
    }
  }

  void Refused(const Status& status, std::uint64_t n) {
    if (status == Code::kStorageFull) {
      possible_ = n - 1;
      full_ = true;
      ++seen_.full;
      EXPECT_EQ(fault_.kind, DiskFault::Kind::kFull);
      return;
    }
    const bool unknown = status == Code::kOutcomeUnknown;
    EXPECT_TRUE(unknown || status == Code::kStorageFailed) << status.text();
    ++(unknown ? seen_.unknown : seen_.failed);
    if (!unknown) possible_ = n - 1;
    EXPECT_EQ(ApplyUnit(storage_.get(), n), Code::kStorageFailed) << "until it is opened again";
  }

  // With room again the same storage takes what it refused.
  void ExpectGoesOn() {
    if (fault_.forever) {
      EXPECT_EQ(ApplyUnit(storage_.get(), acknowledged_ + 1), Code::kStorageFull);
    }
    EXPECT_EQ(ExpectSeen(), acknowledged_);
    disk_.ClearFault();
    for (int i = 0; i < 30; ++i) {
      const Status status = ApplyUnit(storage_.get(), acknowledged_ + 1);
      ASSERT_TRUE(status.ok()) << status.text();
      possible_ = ++acknowledged_;
    }
    EXPECT_EQ(ExpectWholeUnits(storage_.get()), acknowledged_);
  }

  // What readers see while nothing can be written.
  std::uint64_t ExpectSeen() {
    RecordSet rows;
    KeySet keys;
    keys.Add<SequenceRecord>({SequenceName::kVenue});
    keys.Seal();
    auto unit = storage_->Begin(Access::kRead, Soon());
    EXPECT_TRUE(unit.ok()) << unit.status().text();
    if (!unit.ok() || !(*unit)->Load(keys, &rows).ok()) return 0;
    return rows.of<SequenceRecord>().rows.empty() ? 0 : rows.of<SequenceRecord>().rows[0].next;
  }

  void ExpectHonest(const CrashVfs& machine) {
    const auto storage = JournalOn(machine, false);
    const auto opened = storage->Open({});
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    const std::uint64_t units = ExpectWholeUnits(storage.get());
    EXPECT_GE(units, acknowledged_);
    EXPECT_LE(units, possible_);
    EXPECT_TRUE(ApplyUnit(storage.get(), units + 1).ok());
    EXPECT_TRUE(storage->Close().ok());
  }

  const DiskFault fault_;
  FaultsMet& seen_;
  CrashVfs disk_;
  std::unique_ptr<Storage> storage_;
  std::uint64_t acknowledged_ = 0, possible_ = 0;
  bool full_ = false;
};

FaultsMet FailEverywhere(const char* name, DiskFault fault, int step) {
  FaultsMet seen;
  for (fault.nth = 1; !::testing::Test::HasFailure(); fault.nth += step) {
    SCOPED_TRACE("fault at " + std::to_string(fault.nth));
    if (!FaultyLife(fault, &seen).Play()) break;
  }
  seen.Print(name);
  return seen;
}

// Under a sanitizer every place takes several times as long.
int Step(int of_ci) { return FullCounts() ? 1 : SEATHOLD_SANITIZED ? 4 * of_ci : of_ci; }

TEST(JournalDiskFaults, AtAnySyncAreNeverToldAsNoEffect) {
  const FaultsMet once = FailEverywhere("journal_eio_sync", {.op = DiskFault::Op::kSync}, Step(1));
  EXPECT_GT(once.unknown * Step(1), 15);
  const FaultsMet ever = FailEverywhere("journal_eio_sync_for_ever",
                                        {.op = DiskFault::Op::kSync, .forever = true}, Step(5));
  EXPECT_GT(ever.unknown * Step(5), 15);
}

TEST(JournalDiskFaults, AtAnyWriteAreNeverToldAsNoEffect) {
  for (const bool half : {false, true}) {
    const FaultsMet once = FailEverywhere(half ? "journal_eio_torn_write" : "journal_eio_write",
                                          {.op = DiskFault::Op::kWrite, .half = half}, Step(5));
    EXPECT_GT(once.unknown, 0);
    EXPECT_GT(once.failed, 0);
  }
  (void)FailEverywhere("journal_eio_write_for_ever", {.op = DiskFault::Op::kWrite, .forever = true},
                       Step(5));
}

TEST(JournalDiskFaults, AtAnyTruncationHarmNothing) {
  const FaultsMet seen =
      FailEverywhere("journal_eio_truncate", {.op = DiskFault::Op::kTruncate}, 1);
  EXPECT_EQ(seen.unknown, 0);
}

// The log has its room: it is what settles that finds the disk full.
TEST(JournalDiskFaults, AFullDiskIsToldAndTheSaleGoesOnOnceThereIsRoom) {
  for (const bool forever : {false, true}) {
    for (const bool half : {false, true}) {
      const std::string name =
          std::string("journal_full") + (half ? "_torn" : "") + (forever ? "_for_ever" : "");
      const DiskFault fault{.op = DiskFault::Op::kWrite,
                            .kind = DiskFault::Kind::kFull,
                            .forever = forever,
                            .half = half,
                            .spared = "hall.db-log"};
      const FaultsMet seen = FailEverywhere(name.c_str(), fault, Step(5));
      EXPECT_GT(seen.full, 0);
      EXPECT_EQ(seen.unknown + seen.failed, 0);
    }
  }
}

Status AddVenue(Storage* storage, std::uint64_t number, std::size_t name_bytes) {
  ChangeSet changes;
  Insert(&changes,
         VenueRecord{.venue = {number}, .name = std::string(name_bytes, 'x'), .zone = "UTC"});
  auto unit = storage->Begin(Access::kWrite, Soon());
  if (!unit.ok()) return unit.status();
  if (Status status = (*unit)->Apply(changes, {}); !status.ok()) return status;
  return (*unit)->Commit();
}

std::size_t CountVenues(Storage* storage, std::uint64_t first, std::uint64_t last) {
  KeySet keys;
  for (std::uint64_t n = first; n <= last; ++n) keys.Add<VenueRecord>({VenueId{n}});
  keys.Seal();
  RecordSet rows;
  auto unit = storage->Begin(Access::kRead, Soon());
  EXPECT_TRUE(unit.ok() && (*unit)->Load(keys, &rows).ok());
  return rows.of<VenueRecord>().rows.size();
}

// The log had its number already; what comes next takes that, and the place.
class TooLongAndRefused {
 public:
  // `before`: units in the log by then; `killed`: not told, the process ended there.
  TooLongAndRefused(std::uint64_t before, bool killed) {
    storage_ = JournalOn(disk_, false);
    EXPECT_TRUE(storage_->Open({}).ok());
    for (std::uint64_t n = 1; n <= before; ++n) EXPECT_TRUE(AddVenue(storage_.get(), n, 10).ok());
    EXPECT_TRUE(storage_->Maintain(Soon()).ok());
    disk_.Inject({.op = DiskFault::Op::kWrite,
                  .kind = DiskFault::Kind::kFull,
                  .forever = true,
                  .spared = "hall.db-log"});
    EXPECT_EQ(AddVenue(storage_.get(), 5'000, kUnitHalfBytes + 500), Code::kStorageFull);
    disk_.ClearFault();
    if (killed) CrashAndOpen();
  }
  // As the next process finds it.
  void CrashAndOpen() {
    auto machine = std::make_unique<CrashVfs>();
    machine->Load(machine_ != nullptr ? machine_->Now() : disk_.Now());
    storage_ = JournalOn(*machine, false);
    machine_ = std::move(machine);
    const auto opened = storage_->Open({});
    ASSERT_TRUE(opened.ok()) << opened.status().text();
  }
  Storage* storage() { return storage_.get(); }

 private:
  CrashVfs disk_;
  std::unique_ptr<CrashVfs> machine_;
  std::unique_ptr<Storage> storage_;
};

TEST(JournalDiskFaults, WhatIsTooLongForTheLogAndWasRefusedIsMissedByNobody) {
  constexpr std::size_t kAlmostAHalf = kUnitHalfBytes - 200;
  for (const std::uint64_t before : {0, 1, 5, 20, 40}) {
    for (const bool killed : {false, true}) {
      for (const std::size_t bytes : {std::size_t{10}, kAlmostAHalf}) {
        for (const std::uint64_t after : {1, 2, 3}) {
          SCOPED_TRACE(::testing::Message() << before << " before, killed " << killed << ", "
                                            << bytes << " bytes, " << after << " after");
          TooLongAndRefused run(before, killed);
          for (std::uint64_t n = 1; n <= after; ++n) {
            ASSERT_TRUE(AddVenue(run.storage(), 1'000 + n, n == 1 ? bytes : 10).ok());
          }
          for (std::uint64_t crash = 1; crash <= 3; ++crash) {
            ASSERT_NO_FATAL_FAILURE(run.CrashAndOpen());
            EXPECT_EQ(CountVenues(run.storage(), 1, before), before);
            EXPECT_EQ(CountVenues(run.storage(), 1'001, 1'000 + after), after);
            EXPECT_EQ(CountVenues(run.storage(), 2'001, 2'000 + crash), crash - 1);
            EXPECT_EQ(CountVenues(run.storage(), 5'000, 5'000), 0u);
            ASSERT_TRUE(AddVenue(run.storage(), 2'000 + crash, 10).ok());
            ASSERT_TRUE(run.storage()->Maintain(Soon()).ok());
          }
        }
      }
    }
  }
}

// A log that is being made needs room as any file does.
TEST(JournalDiskFaults, AFullDiskAtOpeningIsTold) {
  const DiskFault fault{.op = DiskFault::Op::kWrite, .kind = DiskFault::Kind::kFull};
  const FaultsMet seen = FailEverywhere("journal_full_anywhere", fault, Step(5));
  EXPECT_GT(seen.not_opened, 0);
}

}  // namespace
}  // namespace seathold::testing
