// A disk without space: everything is refused clearly, nothing is done by halves, and the sale goes
// on when there is room again.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "tests/crash/disk.h"
#include "tests/crash/script.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

struct FullCounters {
  int places = 0;
  int refused_full = 0;
  LedgerCounts ledger;
};

// Long enough to be settled, where that is what needs room: a log has it.
std::vector<Op> SaleToFill() { return BehindJournal() ? SaleOfRounds(9) : ShortSale(); }

// Done until the disk is full, from then on kStorageFull or a plain refusal (such as a payment for
// a hold that could not be stored). A small op may still fit into a log that has no room for a
// larger one.
void ExpectFullFrom(const std::vector<Told>& told, FullCounters* counts) {
  bool full = false;
  for (const Told& one : told) {
    SCOPED_TRACE("op " + std::to_string(one.op.number));
    const Code code = one.answer->code;
    full = full || code == Code::kStorageFull;
    counts->refused_full += code == Code::kStorageFull;
    if (full && !(BehindJournal() && code == Code::kOk)) {
      EXPECT_TRUE(code == Code::kStorageFull || one.answer->outcome() == Outcome::kRefused)
          << FindCode(code)->name;
    } else {
      EXPECT_TRUE(code == Code::kOk || code == Code::kInsufficientFunds) << FindCode(code)->name;
    }
  }
}

bool FillUp(const BuiltHall& built, const DiskFault& fault, FullCounters* counts) {
  CrashVfs disk;
  disk.Load(built.image);
  auto engine = OpenOn(disk);
  if (engine == nullptr) return false;
  disk.Inject(fault);
  const std::vector<Told> told = PlayScript(*engine, built.hall, SaleToFill());
  if (!disk.fault_hit()) return false;
  ++counts->places;
  ExpectFullFrom(told, counts);
  disk.ClearFault();
  const CrashImage image = disk.Crash(static_cast<std::uint64_t>(fault.nth));
  {
    SCOPED_TRACE("the same engine, with space again");
    ExpectLedger(*engine, built.hall, told, &counts->ledger);
  }
  SCOPED_TRACE("power lost while full");
  CrashVfs machine;
  machine.Load(image);
  const auto reopened = OpenOn(machine);
  if (reopened == nullptr) return false;
  ExpectLedger(*reopened, built.hall, told, &counts->ledger);
  return true;
}

FullCounters FillUpEverywhere(bool half) {
  const BuiltHall built = BuildOnDisk(6, 10);
  FullCounters counts;
  const int step = FullCounts() ? 1 : BehindJournal() && SEATHOLD_SANITIZED ? 11 : 5;
  for (int nth = 1; !::testing::Test::HasFailure(); nth += step) {
    SCOPED_TRACE("full from write " + std::to_string(nth));
    const DiskFault fault{.op = DiskFault::Op::kWrite,
                          .kind = DiskFault::Kind::kFull,
                          .nth = nth,
                          .forever = true,
                          .half = half,
                          .spared = BehindJournal() ? "hall.db-log" : ""};
    if (!FillUp(built, fault, &counts)) break;
  }
  return counts;
}

TEST(FullDisk, FromAnyWriteOnRefusesClearlyAndSellsOnWhenThereIsSpace) {
  const FullCounters counts = FillUpEverywhere(false);
  EXPECT_GT(counts.places, 10);
  EXPECT_GT(counts.refused_full, counts.places);
  std::printf("COUNT full_disk_places %d\n", counts.places);
}

TEST(FullDisk, InTheMiddleOfAnyWriteRefusesClearlyAndSellsOnWhenThereIsSpace) {
  const FullCounters counts = FillUpEverywhere(true);
  EXPECT_GT(counts.places, 10);
  EXPECT_GT(counts.refused_full, counts.places);
  std::printf("COUNT full_disk_torn_places %d\n", counts.places);
}

TEST(FullDisk, WhileCreatingIsAClearErrorAndOpensOnceThereIsSpace) {
  int refused = 0;
  for (int nth = 1;; nth += FullCounts() ? 1 : 7) {
    SCOPED_TRACE("full from write " + std::to_string(nth));
    CrashVfs disk;
    disk.Inject(
        {.op = DiskFault::Op::kWrite, .kind = DiskFault::Kind::kFull, .nth = nth, .forever = true});
    const auto opened = TryOpenOn(disk);
    if (opened.ok()) break;
    ++refused;
    EXPECT_EQ(opened.code(), Code::kStorageFull) << opened.status().text();
    disk.ClearFault();
    const auto engine = OpenOn(disk);
    ASSERT_NE(engine, nullptr);
    const Hall hall = BuildHall(*engine, 2, 10);
    EXPECT_TRUE((Buyer{*engine, hall, {1}}.Hold({{1}}, {0, 1}).status.ok()));
    ExpectBooks(*engine, 0, 0);
  }
  EXPECT_GT(refused, 0);
  std::printf("COUNT full_disk_creations %d\n", refused);
}

// 0, or why this process may not mount.
int MountSmallDisk(const std::string& at) {
  if (unshare(CLONE_NEWNS) != 0) return errno;
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return errno;
  if (mount("tmpfs", at.c_str(), "tmpfs", 0, "size=4m") != 0) return errno;
  return 0;
}

// Takes the space that is left but for `spare` bytes, by a file that can be removed.
void FillWith(const std::string& path, off_t spare) {
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  const std::string block(4'096, 'x');
  ssize_t written = 0;
  while ((written = write(fd, block.data(), block.size())) > 0) {
  }
  EXPECT_EQ(errno, ENOSPC);
  const off_t size = lseek(fd, 0, SEEK_END);
  ASSERT_GT(size, spare);
  EXPECT_EQ(ftruncate(fd, size - spare), 0);
  close(fd);
}

// With a log that fits beside it.
std::unique_ptr<Engine> OpenOnSmallDisk(const std::string& path) {
  if (!BehindJournal()) return OpenFile(path);
  EngineParts parts;
  JournalOptions journal;
  journal.half_bytes = 16 << 10;
  journal.settler_thread = false;
  parts.storage = NewJournalStorage(NewSqliteStorage({.path = path}), journal);
  auto engine = Engine::Open({.storage = "sqlite:" + path}, std::move(parts));
  EXPECT_TRUE(engine.ok()) << engine.status().text();
  return engine.ok() ? std::move(engine).value() : nullptr;
}

void SellUntilFull(Engine& engine, const Hall& hall, std::vector<Told>* told) {
  Seller seller(hall, 7, 0);
  for (int full = 0; full < 10;) {
    const Op op = seller.Next();
    const Answer answer = Perform(engine, hall, op);
    told->push_back({op, answer});
    seller.Hear(op, answer);
    full += answer.code == Code::kStorageFull;
    ASSERT_NE(answer.outcome(), Outcome::kUnknown) << FindCode(answer.code)->name;
    ASSERT_LT(told->size(), 10'000u) << "the disk never fills";
  }
}

// Runs in a child: the mount goes with it.
void SellOnSmallDisk(const std::string& folder) {
  const std::string path = folder + "/hall.db";
  std::vector<Told> told;
  LedgerCounts counts;
  auto engine = OpenOnSmallDisk(path);
  ASSERT_NE(engine, nullptr);
  const Hall hall = BuildHall(*engine, 10, 30);
  FillWith(folder + "/ballast", 512 << 10);
  SellUntilFull(*engine, hall, &told);
  ASSERT_EQ(unlink((folder + "/ballast").c_str()), 0);
  ExpectLedger(*engine, hall, told, &counts);
  EXPECT_TRUE(engine->Close().ok());
  EXPECT_GT(counts.acknowledged, 0);
  EXPECT_GE(counts.without_effect, 10);
  std::printf("COUNT full_tmpfs_ops %zu\n", told.size());
  std::fflush(stdout);

  FillWith(folder + "/ballast", 0);
  const auto other = Engine::Open({.storage = "sqlite:" + folder + "/other.db"});
  EXPECT_EQ(other.code(), Code::kStorageFull) << other.status().text();
  ASSERT_EQ(unlink((folder + "/ballast").c_str()), 0);
  EXPECT_NE(OpenOnSmallDisk(path), nullptr);
  EXPECT_NE(OpenOnSmallDisk(folder + "/other.db"), nullptr);
}

// Opening with `spare` bytes left: it works, or says that the disk is full, and never waits long.
// The waiting line's file hung an open at 48 KiB.
void OpenWithSpace(const std::string& folder, const std::string& name, off_t spare) {
  SCOPED_TRACE(name + " with " + std::to_string(spare >> 10) + " KiB");
  FillWith(folder + "/ballast", spare);
  const std::int64_t began_ns = MonotonicNs();
  {
    const auto opened = Engine::Open({.storage = "sqlite:" + folder + "/" + name});
    EXPECT_TRUE(opened.ok() || opened.code() == Code::kStorageFull) << opened.status().text();
  }
  EXPECT_LT((MonotonicNs() - began_ns) / 1'000'000, 5'000);
  ASSERT_EQ(unlink((folder + "/ballast").c_str()), 0);
}

void OpenOnFullDisk(const std::string& folder) {
  { ASSERT_NE(OpenFile(folder + "/hall.db"), nullptr); }
  for (off_t spare = 0; spare <= 128 << 10; spare += 4 << 10) {
    ASSERT_NO_FATAL_FAILURE(OpenWithSpace(folder, "hall.db", spare));
    ASSERT_NO_FATAL_FAILURE(OpenWithSpace(folder, "new.db", spare));
    for (const char* suffix : {"", "-wal", "-shm", "-line", "-line-wal", "-line-shm", ".keys"}) {
      (void)unlink((folder + "/new.db" + suffix).c_str());
    }
  }
  EXPECT_NE(OpenFile(folder + "/hall.db"), nullptr) << "there is space again";
}

TEST(FullDisk, IsToldByAnOpenThatNeverHangs) {
  const ScratchFolder folder;
  Pipe pipe;
  InChild([&] {
    const int refused = MountSmallDisk(folder.path());
    pipe.Send(refused);
    if (refused == 0) OpenOnFullDisk(folder.path());
  });
  pipe.CloseWriter();
  const int refused = pipe.Receive<int>().value_or(-1);
  if (refused != 0) {
    GTEST_SKIP() << "a 4 MiB tmpfs cannot be mounted here: " << std::strerror(refused);
  }
}

TEST(FullDisk, OfFourMegabytesRefusesClearlyAndSellsOnWhenThereIsSpace) {
  const ScratchFolder folder;
  Pipe pipe;
  InChild([&] {
    const int refused = MountSmallDisk(folder.path());
    pipe.Send(refused);
    if (refused == 0) SellOnSmallDisk(folder.path());
  });
  pipe.CloseWriter();
  const int refused = pipe.Receive<int>().value_or(-1);
  if (refused != 0) {
    GTEST_SKIP() << "a 4 MiB tmpfs cannot be mounted here: " << std::strerror(refused);
  }
}

}  // namespace
}  // namespace seathold::testing
