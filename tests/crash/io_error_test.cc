// A disk that answers EIO, at every place of a short sale.
#include "tests/crash/disk.h"
#include "tests/crash/script.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kImagesOfFault = 3;  // beside the one that programs see

struct FaultCounts {
  int places = 0;
  int unknown = 0;   // the op that met the fault had no known outcome
  int failed = 0;    // it had none at all
  int unharmed = 0;  // it was done: the fault met a checkpoint behind it
  int images = 0;
  LedgerCounts ledger;
};

// The answers fall in three parts: done, at most one that met the fault, none done.
void ExpectStopsAtTheFault(const std::vector<Told>& told, FaultCounts* counts) {
  std::size_t i = 0;
  while (i < told.size() && (told[i].answer->outcome() == Outcome::kDone ||
                             told[i].answer->code == Code::kInsufficientFunds)) {
    ++i;
  }
  if (i == told.size()) {
    ++counts->unharmed;
    return;
  }
  const Code met = told[i].answer->code;
  EXPECT_TRUE(met == Code::kOutcomeUnknown || met == Code::kStorageFailed) << FindCode(met)->name;
  ++(met == Code::kOutcomeUnknown ? counts->unknown : counts->failed);
  for (++i; i < told.size(); ++i) {
    EXPECT_EQ(told[i].answer->code, Code::kStorageFailed) << FindCode(told[i].answer->code)->name;
  }
}

void ExpectLedgerOn(const CrashImage& image, const Hall& hall, const std::vector<Told>& told,
                    FaultCounts* counts) {
  CrashVfs machine;
  machine.Load(image);
  const auto engine = OpenOn(machine);
  ASSERT_NE(engine, nullptr);
  ExpectLedger(*engine, hall, told, &counts->ledger);
  EXPECT_TRUE(engine->Close().ok());
  ++counts->images;
}

// False: the sale ended before the fault came.
bool MeetFault(const BuiltHall& built, const DiskFault& fault, FaultCounts* counts) {
  CrashVfs disk;
  disk.Load(built.image);
  auto engine = OpenOn(disk);
  if (engine == nullptr) return false;
  disk.Inject(fault);
  const std::vector<Told> told = PlayScript(*engine, built.hall, ShortSale());
  if (!disk.fault_hit()) return false;
  ++counts->places;
  ExpectStopsAtTheFault(told, counts);
  disk.ClearFault();
  for (std::uint64_t seed = 1; seed <= kImagesOfFault; ++seed) {
    SCOPED_TRACE("image " + std::to_string(seed));
    ExpectLedgerOn(disk.Crash(seed), built.hall, told, counts);
  }
  SCOPED_TRACE("reopened without a crash");
  engine.reset();
  ExpectLedgerOn(disk.Now(), built.hall, told, counts);
  return true;
}

FaultCounts MeetFaultEverywhere(const DiskFault& first, int step) {
  const BuiltHall built = BuildOnDisk(5, 10);
  FaultCounts counts;
  DiskFault fault = first;
  for (; !::testing::Test::HasFailure(); fault.nth += step) {
    SCOPED_TRACE("fault at " + std::to_string(fault.nth));
    if (!MeetFault(built, fault, &counts)) break;
  }
  return counts;
}

void Print(const char* name, const FaultCounts& counts) {
  std::printf("COUNT %s_places %d\n", name, counts.places);
  std::printf(
      "%s: %d unknown, %d without effect, %d behind a commit; %d images, "
      "%d acknowledged found, %d in doubt of which %d whole\n",
      name, counts.unknown, counts.failed, counts.unharmed, counts.images,
      counts.ledger.acknowledged, counts.ledger.in_flight, counts.ledger.there);
}

TEST(IoError, AtAnySyncIsUnknownForItsBatchAndFailsTheRestUntilReopened) {
  const FaultCounts counts = MeetFaultEverywhere({.op = DiskFault::Op::kSync}, 1);
  EXPECT_GE(counts.unknown, static_cast<int>(ShortSale().size()));  // one for each commit
  Print("eio_sync", counts);
}

TEST(IoError, AtAnyWriteIsNeverCalledWithoutEffectWhenItHasOne) {
  const FaultCounts counts =
      MeetFaultEverywhere({.op = DiskFault::Op::kWrite}, FullCounts() ? 1 : 5);
  EXPECT_GT(counts.places, BehindJournal() ? 2 : 10);
  EXPECT_GT(counts.unknown + counts.failed, 0);
  Print("eio_write", counts);
}

TEST(IoError, InTheMiddleOfAnyWriteIsNeverCalledWithoutEffectWhenItHasOne) {
  const FaultCounts counts =
      MeetFaultEverywhere({.op = DiskFault::Op::kWrite, .half = true}, FullCounts() ? 1 : 5);
  EXPECT_GT(counts.places, BehindJournal() ? 2 : 10);
  EXPECT_GT(counts.unknown + counts.failed, 0);
  Print("eio_torn_write", counts);
}

TEST(IoError, ForEverAtSyncsLetsNothingThroughUnsynced) {
  const FaultCounts counts =
      MeetFaultEverywhere({.op = DiskFault::Op::kSync, .forever = true}, FullCounts() ? 1 : 3);
  EXPECT_GT(counts.unknown, 0);
  Print("eio_sync_for_ever", counts);
}

TEST(IoError, WhileCreatingIsAClearErrorAndHarmless) {
  int failed = 0;
  for (const auto op : {DiskFault::Op::kWrite, DiskFault::Op::kSync}) {
    for (int nth = 1;; nth += op == DiskFault::Op::kSync || FullCounts() ? 1 : 7) {
      SCOPED_TRACE("fault at " + std::to_string(nth));
      CrashVfs disk;
      disk.Inject({.op = op, .nth = nth});
      const auto opened = TryOpenOn(disk);
      if (!disk.fault_hit()) break;
      disk.ClearFault();
      if (opened.ok()) continue;  // it met the fault behind the last commit
      ++failed;
      EXPECT_EQ(opened.code(), Code::kCannotOpen) << opened.status().text();
      const auto engine = OpenOn(disk);
      ASSERT_NE(engine, nullptr);
      const Hall hall = BuildHall(*engine, 2, 10);
      EXPECT_TRUE((Buyer{*engine, hall, {1}}.Hold({{1}}, {0, 1}).status.ok()));
      ExpectBooks(*engine, 0, 0);
    }
  }
  EXPECT_GT(failed, 0);
  std::printf("COUNT eio_creations %d\n", failed);
}

}  // namespace
}  // namespace seathold::testing
