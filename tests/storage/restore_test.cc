// The way back: over nothing, over a database, over what a crash left, and cut off half-way.
#include "seathold/restore.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/storage/sqlite_tools.h"
#include "tests/storage/sync_log.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

// Venues 1 .. 3 in the backup; 4 .. 9 in the database that crashed after it.
class Restore : public ::testing::Test {
 protected:
  void SetUp() override {
    auto storage = home_.Make();
    ASSERT_TRUE(storage->Open({}).ok());
    for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(ApplyTo(storage.get(), Venue(id)).ok());
    ASSERT_TRUE(storage->Backup(File(".backup"), Soon()).ok());
    for (std::uint64_t id = 4; id <= 9; ++id) ASSERT_TRUE(ApplyTo(storage.get(), Venue(id)).ok());
    for (const char* suffix : {"", "-wal", "-shm"})
      Copy(File(suffix), File(std::string(".c") + suffix));
    ASSERT_TRUE(storage->Close().ok());
  }
  static void Copy(const std::string& from, const std::string& to) {
    ASSERT_EQ(std::system(("cp -p '" + from + "' '" + to + "'").c_str()), 0);
  }
  std::string File(const std::string& suffix) const { return home_.path() + suffix; }
  void PutCrashed() {
    for (const char* suffix : {"", "-wal", "-shm"})
      Copy(File(std::string(".c") + suffix), File(suffix));
  }
  Status Put(bool replace) const {
    return RestoreSqlite({.backup = File(".backup"), .path = home_.path(), .replace = replace});
  }
  // How many of venues 1 .. 9 the database has once it is opened.
  std::size_t Venues() const {
    auto storage = home_.Make();
    const auto opened = storage->Open({});
    EXPECT_TRUE(opened.ok()) << opened.status().text();
    EXPECT_FALSE(opened.ok() && opened->wal_lost);
    return opened.ok() ? CountVenues(storage.get(), 9) : 0;
  }

  mutable SqliteHome home_;
};

TEST_F(Restore, PutsABackupWhereNothingIs) {
  const std::string path = File(".elsewhere");
  ASSERT_TRUE(RestoreSqlite({.backup = File(".backup"), .path = path}).ok());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0600));
  auto storage = NewSqliteStorage(SqliteAt(path));
  ASSERT_TRUE(storage->Open({}).ok());
  EXPECT_EQ(CountVenues(storage.get(), 9), 3u);
}

TEST_F(Restore, TakesTheBackupsStateWhateverACrashLeft) {
  PutCrashed();
  for (const char* left : {"-line", "-line-wal", "-line-shm"}) std::ofstream(File(left)) << "old";
  EXPECT_EQ(Put(false), Code::kAlreadyExists);
  EXPECT_TRUE(fs::exists(File("-wal")));
  ASSERT_TRUE(Put(true).ok());
  for (const char* left : {"-wal", "-shm", "-line", "-line-wal", "-line-shm", "-part"}) {
    EXPECT_FALSE(fs::exists(File(left))) << left;
  }
  EXPECT_EQ(Venues(), 3u);
}

TEST_F(Restore, RefusesADatabaseThatIsOpen) {
  auto open = home_.Make();
  ASSERT_TRUE(open->Open({}).ok());
  EXPECT_EQ(Put(true), Code::kBusy);
  EXPECT_EQ(CountVenues(open.get(), 9), 9u);
  ASSERT_TRUE(open->Close().ok());
  EXPECT_TRUE(Put(true).ok());
}

TEST_F(Restore, ADamagedBackupReplacesNothing) {
  const std::string good = Bytes(File(".backup"));
  const std::string before = Bytes(home_.path());
  std::string cut = good.substr(0, good.size() / 2);
  std::string flipped = good;
  for (std::size_t i = good.size() / 2; i < good.size() / 2 + 8'192; ++i) flipped[i] ^= 0x5a;
  // Pages that are well, with a row that could not have been written.
  PlainSql(File(".backup"))
      .Run("PRAGMA ignore_check_constraints = ON; UPDATE venues SET seats = -1");
  const std::string unlawful = Bytes(File(".backup"));
  ASSERT_TRUE(unlawful != good);
  for (const std::string& bad : {cut, flipped, unlawful, std::string(), std::string(9'000, 'x')}) {
    std::ofstream(File(".backup"), std::ios::binary) << bad;
    const Status status = Put(true);
    EXPECT_FALSE(status.ok()) << bad.size();
    EXPECT_TRUE(status == Code::kStorageCorrupt || status == Code::kCannotOpen) << status.text();
    EXPECT_TRUE(Bytes(home_.path()) == before);
    EXPECT_FALSE(fs::exists(File("-part")));
  }
}

TEST_F(Restore, RefusesWhatIsNoBackup) {
  EXPECT_EQ(RestoreSqlite({.backup = home_.path(), .path = home_.path(), .replace = true}),
            Code::kInvalidArgument);
  PutCrashed();
  EXPECT_EQ(RestoreSqlite({.backup = home_.path(), .path = File(".x")}), Code::kCannotOpen)
      << "its latest commits are in the -wal";
  PlainSql(File(".backup")).Run("PRAGMA user_version = 99");
  EXPECT_EQ(Put(true), Code::kNewerSchema);
}

// The states that a crash can leave, in the order of restoring: each opens as one of the two
// databases, or not at all until it is done again; never as a mixture.
TEST_F(Restore, CutOffAnywhereLeavesOneDatabaseOrARefusal) {
  PutCrashed();
  std::ofstream(File("-part")) << "half a copy";
  EXPECT_EQ(Venues(), 9u) << "the copy was not whole yet";
  ASSERT_TRUE(Put(true).ok());
  EXPECT_EQ(Venues(), 3u);

  PutCrashed();
  Copy(File(".backup"), home_.path());  // it has the name, the old log is still there
  auto storage = home_.Make();
  EXPECT_EQ(storage->Open({}).status(), Code::kWrongFile);
  storage.reset();
  ASSERT_TRUE(Put(true).ok());
  EXPECT_EQ(Venues(), 3u);

  std::ofstream(File("-line")) << "old";  // the log is gone, the line not yet
  EXPECT_EQ(Venues(), 3u);
}

// Killed at the sync of the copy, by SIGKILL in a process of its own.
template <class Call>
void KilledAtSyncOf(const std::string& name, const Call& call) {
  const pid_t child = fork();
  if (child == 0) {
    SyncLog log;
    log.Kill(name);
    (void)call();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << name << " was never synced";
}

TEST_F(Restore, KilledBeforeTheCopyIsWholeLeavesTheOldDatabaseAndWorksTheNextTime) {
  PutCrashed();
  KilledAtSyncOf("hall.db-part", [&] { return Put(true); });
  EXPECT_TRUE(fs::exists(File("-part")));
  EXPECT_EQ(Venues(), 9u);
  ASSERT_TRUE(Put(true).ok());
  EXPECT_EQ(Venues(), 3u);
}

TEST_F(Restore, IsOnTheDiskBeforeItHasItsNameAndItsNameBeforeItIsDone) {
  const std::string folder = fs::path(home_.path()).parent_path().string();
  SyncLog log;
  ASSERT_TRUE(Put(true).ok());
  const auto paths = log.paths();
  const auto copy = std::ranges::find(paths, File("-part"));
  ASSERT_NE(copy, paths.end());
  EXPECT_GE(std::count(copy, paths.end(), folder), 2) << "its name, and what is gone";
}

TEST_F(Restore, ABackupKilledBeforeItIsWholeHasNoNameAndBlocksNothing) {
  KilledAtSyncOf("hall.db.next-part", [&] {
    auto storage = home_.Make();
    if (!storage->Open({}).ok()) return Status(Code::kCannotOpen);
    return storage->Backup(File(".next"), Soon());
  });
  EXPECT_FALSE(fs::exists(File(".next")));
  auto storage = home_.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  EXPECT_TRUE(storage->Backup(File(".next"), Soon()).ok());
}

TEST_F(Restore, TwiceFromOneBackupGivesTwoLives) {
  ASSERT_TRUE(Put(true).ok());
  auto storage = home_.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), Venue(4)).ok());
  Copy(File("-wal"), File(".first-wal"));
  ASSERT_TRUE(storage->Close().ok());
  ASSERT_TRUE(Put(true).ok());
  Copy(File(".first-wal"), File("-wal"));
  auto second = home_.Make();
  EXPECT_EQ(second->Open({}).status(), Code::kWrongFile);
}

TEST_F(Restore, TakesABackupOfRelease01) {
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  const std::string old =
      std::string(source == nullptr ? "." : source) + "/tests/fixtures/0.1/hall.db";
  PutCrashed();
  ASSERT_TRUE(RestoreSqlite({.backup = old, .path = home_.path(), .replace = true}).ok());
  EXPECT_EQ(PlainSql(home_.path()).Ask("PRAGMA user_version"), std::vector<std::string>{"2"});
  Copy(File(".c-wal"), File("-wal"));
  auto storage = home_.Make();
  EXPECT_EQ(storage->Open({}).status(), Code::kWrongFile);
}

TEST_F(Restore, ABackupThatWasCutOffDoesNotBlockTheNext) {
  std::ofstream(File(".next-part")) << "half";
  auto storage = home_.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(storage->Backup(File(".next"), Soon()).ok());
  EXPECT_FALSE(fs::exists(File(".next-part")));
  EXPECT_EQ(storage->Backup(File(".next"), Soon()), Code::kAlreadyExists);
}

}  // namespace
}  // namespace seathold::testing
