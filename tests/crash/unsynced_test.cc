// What was synced before it was said: syncs that fail, and processes killed before one, and a host
// that opens the database again and sends every id once more.
#include "tests/crash/disk.h"
#include "tests/crash/script.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

struct Counts {
  int places = 0;
  int acknowledged = 0;
};

bool IsAnswered(const Answer& answer) {
  return answer.outcome() == Outcome::kDone || answer.code == Code::kInsufficientFunds;
}

// All that was acknowledged is on the image of what was synced.
void ExpectSynced(const CrashVfs& disk, const Hall& hall, const std::vector<Told>& told,
                  Counts* counts) {
  CrashVfs machine;
  machine.Load(disk.Synced());
  const auto engine = OpenOn(machine);
  ASSERT_NE(engine, nullptr);
  LedgerCounts found;
  ExpectLedger(*engine, hall, told, &found);
  counts->acknowledged += found.acknowledged;
  EXPECT_TRUE(engine->Close().ok());
}

// The host comes back with the op that it does not know the outcome of, then goes on to the end.
// `told`: what was answered before.
void OpenAgainAndResend(const CrashVfs& disk, const Hall& hall, const std::vector<Op>& script,
                        std::vector<Told> told, Counts* counts) {
  const auto engine = OpenOn(disk);
  ASSERT_NE(engine, nullptr);
  const std::size_t in_doubt = told.size();
  for (std::size_t i = in_doubt; i < script.size(); ++i) {
    const Answer answer = Perform(*engine, hall, script[i]);
    ASSERT_TRUE(IsAnswered(answer)) << i << ": " << FindCode(answer.code)->name;
    told.push_back({script[i], answer});
    if (i == in_doubt) ExpectSynced(disk, hall, told, counts);
  }
  ExpectSynced(disk, hall, told, counts);
}

// The answers up to the first that was none.
std::vector<Told> PlayUntilItFails(CrashVfs* disk, const DiskFault& fault, const Hall& hall,
                                   const std::vector<Op>& script) {
  const auto engine = OpenOn(*disk);
  disk->Inject(fault);
  std::vector<Told> told;
  for (const Op& op : script) {
    const Answer answer = Perform(*engine, hall, op);
    if (!IsAnswered(answer)) break;
    told.push_back({op, answer});
  }
  return told;
}

Counts FailEverySync(bool forever) {
  const BuiltHall built = BuildOnDisk(3, 10);
  const std::vector<Op> script = LongSale();
  Counts counts;
  for (int nth = 1; !::testing::Test::HasFailure(); nth += FullCounts() ? 1 : 10) {
    SCOPED_TRACE("sync " + std::to_string(nth));
    CrashVfs disk;
    disk.Load(built.image);
    const DiskFault fault{.op = DiskFault::Op::kSync, .nth = nth, .forever = forever};
    const std::vector<Told> told = PlayUntilItFails(&disk, fault, built.hall, script);
    if (!disk.fault_hit()) break;
    ++counts.places;
    if (forever && told.size() < script.size()) {
      EXPECT_FALSE(TryOpenOn(disk).ok()) << "it cannot sync what it found";
    }
    disk.ClearFault();
    if (told.size() < script.size()) {
      OpenAgainAndResend(disk, built.hall, script, told, &counts);
    } else {
      ExpectSynced(disk, built.hall, told, &counts);  // it failed behind the last answer
    }
  }
  return counts;
}

Counts KillBeforeEverySync() {
  const BuiltHall built = BuildOnDisk(3, 10);
  const std::vector<Op> script = LongSale();
  Counts counts;
  for (int nth = 1; !::testing::Test::HasFailure(); nth += FullCounts() ? 1 : 10) {
    SCOPED_TRACE("killed at sync " + std::to_string(nth));
    CrashVfs disk, left;
    disk.Load(built.image);
    const auto engine = OpenOn(disk);
    if (engine == nullptr) break;
    bool killed = false;
    int seen = 0;
    disk.BeforeEverySync([&] {
      if (++seen != nth) return;
      left.TakeOver(disk);
      killed = true;
    });
    std::vector<Told> told;
    for (std::size_t i = 0; i < script.size() && !killed; ++i) {
      const Answer answer = Perform(*engine, built.hall, script[i]);
      if (!killed) told.push_back({script[i], answer});
    }
    disk.BeforeEverySync(nullptr);
    if (!killed) break;
    ++counts.places;
    OpenAgainAndResend(left, built.hall, script, told, &counts);
  }
  return counts;
}

void ExpectAll(const char* name, const Counts& counts) {
  EXPECT_GE(counts.places, FullCounts() ? 60 : 6);
  EXPECT_GT(counts.acknowledged, counts.places * 60);
  std::printf("COUNT %s_places %d\n", name, counts.places);
  std::printf("COUNT %s_acknowledged_on_the_synced_image %d\n", name, counts.acknowledged);
}

TEST(Unsynced, WhatIsAcknowledgedAfterAFailedSyncIsOnTheSyncedImage) {
  ExpectAll("unsynced_failed", FailEverySync(false));
}

TEST(Unsynced, WhileSyncsGoOnFailingTheDatabaseIsNotOpened) {
  ExpectAll("unsynced_failing", FailEverySync(true));
}

TEST(Unsynced, WhatIsAcknowledgedAfterAKillBeforeTheSyncIsOnTheSyncedImage) {
  ExpectAll("unsynced_killed", KillBeforeEverySync());
}

}  // namespace
}  // namespace seathold::testing
