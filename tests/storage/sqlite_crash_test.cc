// Power loss, and disks that fail, under the SQLite storage.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "src/storage/sqlite/db_connection.h"
#include "src/storage/sqlite/schema.h"
#include "tests/storage/sqlite_tools.h"
#include "tests/support/counts.h"
#include "tests/support/crash_vfs.h"

namespace seathold::testing {
namespace {

constexpr const char* kPath = "hall.db";

std::unique_ptr<Storage> StorageOn(const CrashVfs& vfs) {
  SqliteOptions options;
  options.path = kPath;
  options.vfs = vfs.name();
  options.wal_bytes_max = 120'000;  // so that checkpoints of both kinds happen in a short run
  return NewSqliteStorage(options);
}

// The WAL's file stays long once it was: it must not be copied into the database at every commit
// from then on, which costs two syncs more each.
TEST(SqliteWal, IsCheckpointedByWhatWasAddedAndNotByTheLengthOfItsFile) {
  constexpr int kCommits = 300;
  CrashVfs vfs;
  SqliteOptions options;
  options.path = kPath;
  options.vfs = vfs.name();
  options.wal_bytes_max = 1 << 20;
  auto storage = NewSqliteStorage(options);
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), Venue(1, std::string(700'000, 'x'))).ok());
  const int before = vfs.syncs();
  for (std::uint64_t n = 2; n < 2 + kCommits; ++n) {
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(n)).ok());
  }
  const int syncs = vfs.syncs() - before;
  EXPECT_GE(syncs, kCommits) << "every commit is synced";
  EXPECT_LT(syncs, kCommits * 5 / 4);
  EXPECT_LT(vfs.Now().files.at(std::string(kPath) + "-wal").size(), std::size_t{2} << 20);
  ASSERT_TRUE(storage->Close().ok());
}

// Unit n writes venue n (its size varies), raises the counter to n and charges a wallet.
std::string NameOf(std::uint64_t n) {
  return std::string(100 + n * 997 % 9'000, static_cast<char>('a' + n % 26));
}

ChangeSet UnitNumber(std::uint64_t n) {
  ChangeSet changes = Venue(n, NameOf(n));
  const SequenceRecord counter{SequenceName::kVenue, n};
  BalanceRecord balance{{5}, *ParseCurrency("EUR"), static_cast<std::int64_t>(10 * n), n};
  if (n == 1) {
    Insert(&changes, counter);
    Insert(&changes, balance);
  } else {
    Update(&changes, counter);
    Update(&changes, balance, n - 1);
  }
  TransferRecord charge;
  charge.transfer.value = NumberedId(static_cast<std::uint8_t>(n));
  charge.kind = TransferKind::kCharge;
  charge.debit = LedgerSide::kExternal;
  charge.credit = LedgerSide::kUser;
  charge.user = balance.user;
  charge.currency = balance.currency;
  charge.amount_minor = 10;
  charge.line = n;
  charge.balance_after_minor = balance.balance_minor;
  Insert(&changes, charge);
  return changes;
}

// Units 1 .. n are there, whole, and nothing of any other; n is the answer.
std::uint64_t ExpectWholeUnits(Storage* storage, std::uint64_t tried) {
  KeySet keys;
  keys.Add<SequenceRecord>({SequenceName::kVenue});
  for (std::uint64_t id = 1; id <= tried + 1; ++id) keys.Add<VenueRecord>({VenueId{id}});
  keys.Seal();
  RecordSet rows;
  auto unit = storage->Begin(Access::kRead, Soon());
  EXPECT_TRUE(unit.ok()) << unit.status().text();
  if (!unit.ok()) return 0;
  const Status loaded = unit.value()->Load(keys, &rows);
  EXPECT_TRUE(loaded.ok()) << loaded.text();
  const auto& counters = rows.of<SequenceRecord>().rows;
  const std::uint64_t units = counters.empty() ? 0 : counters[0].next;
  const auto& venues = rows.of<VenueRecord>().rows;
  EXPECT_EQ(venues.size(), units);
  for (const VenueRecord& venue : venues) EXPECT_EQ(venue.name, NameOf(venue.venue.value));
  EXPECT_EQ(unit.value()->time_mark(), TimeUs{static_cast<std::int64_t>(units)});
  unit.value().reset();
  AuditReport report;
  const Status audited = storage->Audit({}, &report, Soon());
  EXPECT_TRUE(audited.ok()) << audited.text();
  EXPECT_TRUE(report.clean()) << Findings(report);
  EXPECT_EQ(report.transfers, units);
  return units;
}

// What the machine finds at its next start holds everything acknowledged and at most one unit more.
void ExpectSurvives(const CrashImage& image, std::uint64_t acknowledged, std::uint64_t tried) {
  CrashVfs machine;
  machine.Load(image);
  auto storage = StorageOn(machine);
  const auto opened = storage->Open({});
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  const std::uint64_t units = ExpectWholeUnits(storage.get(), tried);
  EXPECT_GE(units, acknowledged);
  EXPECT_LE(units, tried);
  // And it goes on from there.
  EXPECT_TRUE(
      ApplyTo(storage.get(), UnitNumber(units + 1), TimeUs{static_cast<std::int64_t>(units + 1)})
          .ok());
}

TEST(SqliteCrash, EveryAcknowledgedUnitSurvivesPowerLossAndTheOneInFlightIsWholeOrAbsent) {
  const int images_wanted = Scaled(1'000);
  int images = 0;
  for (std::uint64_t seed = 1; images < images_wanted; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    CrashVfs vfs;
    auto storage = StorageOn(vfs);
    std::uint64_t acknowledged = 0, tried = 0;
    vfs.BeforeEveryChange([&] {
      if (images == images_wanted || random() % 20 != 0 || ::testing::Test::HasFailure()) return;
      ++images;
      ExpectSurvives(vfs.Crash(random()), acknowledged, tried);
    });
    ASSERT_TRUE(storage->Open({}).ok());
    for (std::uint64_t n = 1; n <= 30; ++n) {
      tried = n;
      ASSERT_TRUE(ApplyTo(storage.get(), UnitNumber(n), TimeUs{static_cast<std::int64_t>(n)}).ok());
      acknowledged = n;
      if (n % 13 == 0) {
        ASSERT_TRUE(storage->Close().ok());
        ASSERT_TRUE(storage->Open({}).ok());
      }
    }
    ASSERT_TRUE(storage->Close().ok());
    if (HasFailure()) break;
  }
  EXPECT_EQ(images, images_wanted);
  RecordProperty("images", images);
}

// Runs units until a fault hits; what was answered of each is kept, then the database is opened
// again.
struct FaultRun {
  CrashVfs vfs;
  std::uint64_t acknowledged = 0;
  std::uint64_t possible = 0;  // the highest unit that may be there
  bool unknown = false;

  // False when the run met no fault at all.
  bool Run(const DiskFault& fault) {
    auto storage = StorageOn(vfs);
    vfs.Inject(fault);
    bool open = storage->Open({}).ok();
    for (std::uint64_t n = 1; n <= 12 && open && !unknown; ++n) {
      const Status status =
          ApplyTo(storage.get(), UnitNumber(n), TimeUs{static_cast<std::int64_t>(n)});
      unknown = status == Code::kOutcomeUnknown;
      if (status.ok()) acknowledged = n;
      possible = unknown ? n : acknowledged;
      if (!status.ok()) break;
    }
    if (unknown) ExpectFailedUntilReopened(storage.get());
    EXPECT_TRUE(storage->Close().ok());
    const bool hit = vfs.fault_hit();
    vfs.ClearFault();
    return hit;
  }

  void ExpectFailedUntilReopened(Storage* storage) {
    EXPECT_EQ(storage->Begin(Access::kRead, Soon()).status(), Code::kStorageFailed);
    EXPECT_EQ(storage->Begin(Access::kWrite, Soon()).status(), Code::kStorageFailed);
  }
};

// No answer was "no effect" for something that is there, and nothing acknowledged is missing: on
// the machine as it runs on, and after it lost power.
void ExpectHonest(FaultRun* run) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("crash seed " + std::to_string(seed));
    CrashVfs machine;
    machine.Load(run->vfs.Crash(seed));
    auto after_crash = StorageOn(machine);
    const auto opened = after_crash->Open({});
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    const std::uint64_t units = ExpectWholeUnits(after_crash.get(), run->possible + 1);
    EXPECT_GE(units, run->acknowledged);
    EXPECT_LE(units, run->possible);
  }
  auto reopened = StorageOn(run->vfs);
  const auto opened = reopened->Open({});
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  const std::uint64_t units = ExpectWholeUnits(reopened.get(), run->possible + 1);
  EXPECT_GE(units, run->acknowledged);
  EXPECT_LE(units, run->possible);
}

// Each position of `op` in turn, until a run ends without meeting the fault. Positions seen.
int SweepFaults(DiskFault fault, int step, int* unknowns) {
  for (int position = 1;; position += step) {
    SCOPED_TRACE("fault at operation " + std::to_string(position));
    FaultRun run;
    fault.nth = position;
    if (!run.Run(fault)) return position - 1;
    *unknowns += run.unknown;
    ExpectHonest(&run);
    if (::testing::Test::HasFailure()) return position;
  }
}

TEST(SqliteCrash, AnErrorAtAnySyncIsNeverToldAsNoEffect) {
  int unknowns = 0;
  const int positions = SweepFaults({.op = DiskFault::Op::kSync}, 1, &unknowns);
  EXPECT_GT(positions, 12);
  EXPECT_GE(unknowns, 12);  // at least the sync of each COMMIT
}

TEST(SqliteCrash, AnErrorAtAnyWriteIsNeverToldAsNoEffect) {
  for (const bool half : {false, true}) {
    int unknowns = 0;
    const DiskFault fault{.op = DiskFault::Op::kWrite, .half = half};
    EXPECT_GT(SweepFaults(fault, FullCounts() ? 1 : 7, &unknowns), 100);
    EXPECT_GT(unknowns, 0);
  }
}

TEST(SqliteCrash, AnErrorAtAnyTruncationIsNeverToldAsNoEffect) {
  int unknowns = 0;
  EXPECT_GT(SweepFaults({.op = DiskFault::Op::kTruncate}, 1, &unknowns), 0);
  EXPECT_EQ(unknowns, 0);
}

TEST(SqliteCrash, AFullDiskAtAnyWriteHasNoEffect) {
  for (const bool half : {false, true}) {
    int unknowns = 0;
    const DiskFault fault{
        .op = DiskFault::Op::kWrite, .kind = DiskFault::Kind::kFull, .half = half};
    EXPECT_GT(SweepFaults(fault, FullCounts() ? 1 : 7, &unknowns), 100);
    EXPECT_EQ(unknowns, 0);
  }
}

TEST(SqliteCrash, ADiskThatStaysFullAnswersFullAndIsUsableAfterwards) {
  CrashVfs vfs;
  auto storage = StorageOn(vfs);
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), UnitNumber(1), TimeUs{1}).ok());
  vfs.Inject({.op = DiskFault::Op::kWrite, .kind = DiskFault::Kind::kFull, .forever = true});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ApplyTo(storage.get(), UnitNumber(2), TimeUs{2}), Code::kStorageFull);
  }
  EXPECT_EQ(CountVenues(storage.get(), 2), 1u);
  vfs.ClearFault();
  EXPECT_TRUE(ApplyTo(storage.get(), UnitNumber(2), TimeUs{2}).ok());
  EXPECT_EQ(ExpectWholeUnits(storage.get(), 2), 2u);
}

TEST(SqliteCrash, AFullDiskAtTheFirstOpenIsToldAndLeavesNothingHalfMade) {
  CrashVfs vfs;
  vfs.Inject({.op = DiskFault::Op::kWrite, .kind = DiskFault::Kind::kFull, .forever = true});
  auto storage = StorageOn(vfs);
  EXPECT_EQ(storage->Open({}).status(), Code::kStorageFull);
  vfs.ClearFault();
  ASSERT_TRUE(storage->Open({}).ok());
  EXPECT_EQ(ExpectWholeUnits(storage.get(), 1), 0u);
}

// Migration
// -----------------------------------------------------------------------------------------

constexpr std::uint32_t kLaterVersion = sqlite::kSchemaVersion + 2;

// Two steps of a later release on top of today's schema.
std::vector<sqlite::MigrationStep> LaterSteps() {
  std::vector<sqlite::MigrationStep> steps(sqlite::MigrationSteps().begin(),
                                           sqlite::MigrationSteps().end());
  steps.push_back({sqlite::kSchemaVersion,
                   "ALTER TABLE venues ADD COLUMN town TEXT NOT NULL DEFAULT '';"
                   "UPDATE venues SET town = 'Vienna';",
                   1});
  steps.push_back({sqlite::kSchemaVersion + 1,
                   "CREATE TABLE doors (venue INTEGER NOT NULL PRIMARY KEY, door TEXT) STRICT;"
                   "INSERT INTO doors SELECT venue, 'north' FROM venues;",
                   kLaterVersion});
  return steps;
}

std::unique_ptr<sqlite::DbConnection> ConnectTo(const CrashVfs& vfs) {
  auto connection = sqlite::DbConnection::Open(kPath, vfs.name(), Soon());
  EXPECT_TRUE(connection.ok()) << connection.status().text();
  return connection.ok() ? std::move(connection).value() : nullptr;
}

std::int64_t Ask(sqlite::Connection* connection, const char* sql) {
  std::int64_t value = -1;
  EXPECT_EQ(connection->QueryInt(sql, &value), SQLITE_OK) << sql;
  return value;
}

// A database of today's release with ten venues.
CrashImage TodaysDatabase() {
  CrashVfs vfs;
  auto storage = StorageOn(vfs);
  EXPECT_TRUE(storage->Open({}).ok());
  for (std::uint64_t n = 1; n <= 10; ++n) {
    EXPECT_TRUE(ApplyTo(storage.get(), UnitNumber(n), TimeUs{static_cast<std::int64_t>(n)}).ok());
  }
  EXPECT_TRUE(storage->Close().ok());
  return vfs.Now();
}

void ExpectWhollyOldOrNew(const CrashImage& image) {
  CrashVfs machine;
  machine.Load(image);
  auto connection = ConnectTo(machine);
  const std::int64_t version = Ask(connection.get(), "PRAGMA user_version");
  EXPECT_TRUE(version == sqlite::kSchemaVersion || version == kLaterVersion) << version;
  EXPECT_EQ(Ask(connection.get(), "SELECT schema_version FROM control"), version);
  EXPECT_EQ(Ask(connection.get(), "SELECT count(*) FROM venues"), 10);
  EXPECT_EQ(Ask(connection.get(), "SELECT count(*) FROM sqlite_schema WHERE name = 'doors'"),
            version == kLaterVersion);
  EXPECT_EQ(Ask(connection.get(),
                "SELECT count(*) FROM pragma_table_info('venues') "
                "WHERE name = 'town'"),
            version == kLaterVersion);
}

TEST(SqliteMigration, TakesEveryStepFromAnOlderVersion) {
  CrashVfs vfs;
  vfs.Load(TodaysDatabase());
  auto connection = ConnectTo(vfs);
  std::uint32_t version = 0;
  ASSERT_EQ(sqlite::Migrate(connection.get(), LaterSteps(), &version), SQLITE_OK);
  EXPECT_EQ(version, kLaterVersion);
  EXPECT_EQ(Ask(connection.get(), "SELECT count(*) FROM doors WHERE door = 'north'"), 10);
  EXPECT_EQ(Ask(connection.get(), "SELECT count(*) FROM venues WHERE town = 'Vienna'"), 10);
  EXPECT_EQ(Ask(connection.get(), "SELECT oldest_writer FROM control"), kLaterVersion);
  connection.reset();
  auto storage = StorageOn(vfs);
  EXPECT_EQ(storage->Open({}).status(), Code::kNewerSchema);
}

TEST(SqliteMigration, AStepThatFailsLeavesTheOldVersion) {
  CrashVfs vfs;
  vfs.Load(TodaysDatabase());
  auto steps = LaterSteps();
  steps.push_back({kLaterVersion, "CREATE TABLE doors (broken);", 1});
  std::uint32_t version = 0;
  EXPECT_NE(sqlite::Migrate(ConnectTo(vfs).get(), steps, &version), SQLITE_OK);
  ExpectWhollyOldOrNew(vfs.Now());
  EXPECT_EQ(Ask(ConnectTo(vfs).get(), "PRAGMA user_version"), sqlite::kSchemaVersion);
}

TEST(SqliteMigration, IsWholeOrAbsentAfterPowerLossAtAnyMoment) {
  const CrashImage before = TodaysDatabase();
  int images = 0;
  for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(Scaled(50)); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    CrashVfs vfs;
    vfs.Load(before);
    auto connection = ConnectTo(vfs);
    vfs.BeforeEveryChange([&] {
      ++images;
      ExpectWhollyOldOrNew(vfs.Crash(seed * 1'000 + static_cast<std::uint64_t>(images)));
    });
    std::uint32_t version = 0;
    ASSERT_EQ(sqlite::Migrate(connection.get(), LaterSteps(), &version), SQLITE_OK);
    connection.reset();
    if (HasFailure()) break;
  }
  EXPECT_GT(images, 50);
}

}  // namespace
}  // namespace seathold::testing
