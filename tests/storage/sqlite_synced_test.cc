// What an answer leans on is synced before it leaves: files, the names of new files, and what
// another process left in the WAL.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "seathold/restore.h"
#include "src/accounts/key_file.h"
#include "src/storage/sqlite/db_connection.h"
#include "tests/storage/sqlite_tools.h"
#include "tests/storage/sync_log.h"

namespace seathold::testing {
namespace {

constexpr const char* kWal = "hall.db-wal";

std::size_t Count(const std::vector<std::string>& paths, const std::string& path) {
  return static_cast<std::size_t>(std::ranges::count(paths, path));
}

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// The first commit is copied into the database, so that the second starts the WAL anew and syncs
// its header first; from the third on, one sync is one commit.
bool WriteTwoVenues(Storage* storage) {
  return ApplyTo(storage, Venue(3)).ok() && ApplyTo(storage, Venue(4)).ok();
}

// A process that writes venues 3 and 4, and is killed before the WAL with venue 2 is synced.
void BeKilledAtTheSync(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    SyncLog log;
    auto storage = NewSqliteStorage(SqliteAt(path));
    if (!storage->Open({}).ok() || !WriteTwoVenues(storage.get())) _exit(1);
    log.Kill(kWal);
    (void)ApplyTo(storage.get(), Venue(2));
    _exit(2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(SqliteSynced, TheNamesOfNewFilesAreOnDiskOnceItIsOpen) {
  SqliteHome home;
  auto storage = home.Make();
  SyncLog log;
  ASSERT_TRUE(storage->Open({}).ok());
  // Behind the making of the WAL, which may be another process' that was killed just then.
  ASSERT_FALSE(log.paths().empty());
  EXPECT_EQ(log.paths().back(), FolderOf(home.path()));
  log.Clear();
  ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
  EXPECT_GE(Count(log.paths(), home.path() + "-wal"), 1u);
  auto second = home.Make();
  log.Clear();
  ASSERT_TRUE(second->Open({}).ok());
  EXPECT_EQ(log.paths().back(), FolderOf(home.path()));
}

TEST(SqliteSynced, WhoOpensBesideOthersSyncsTheWalToo) {
  SqliteHome home;
  auto first = home.Make(), second = home.Make();
  ASSERT_TRUE(first->Open({}).ok());
  ASSERT_TRUE(ApplyTo(first.get(), Venue(1)).ok());
  SyncLog log;
  ASSERT_TRUE(second->Open({}).ok());
  EXPECT_GE(Count(log.paths(), home.path() + "-wal"), 1u);
}

TEST(SqliteSynced, WhatAKilledProcessLeftIsSyncedOrNotOpened) {
  SqliteHome home;
  {
    auto storage = home.Make();
    ASSERT_TRUE(storage->Open({}).ok());
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
  }
  ASSERT_NO_FATAL_FAILURE(BeKilledAtTheSync(home.path()));
  SyncLog log;
  for (const std::string& name :
       {std::string(kWal), std::filesystem::path(home.path()).parent_path().filename().string()}) {
    log.Fail(name);
    auto storage = home.Make();
    const auto opened = storage->Open({});
    EXPECT_FALSE(opened.ok()) << name;
    EXPECT_EQ(opened.status().outcome(), Outcome::kRefused) << opened.status().text();
    EXPECT_GT(std::filesystem::file_size(home.path() + "-wal"), 0u) << "the close took it";
  }
  log.Fail("");
  log.Clear();
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  EXPECT_GE(Count(log.paths(), home.path() + "-wal"), 1u);
  EXPECT_EQ(CountVenues(storage.get(), 4), 4u);  // it was written, and now it is synced
}

// SQLite shows a commit to others only behind its sync.
TEST(SqliteSynced, WhoIsThereNeverSeesWhatAKilledProcessDidNotSync) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
  ASSERT_NO_FATAL_FAILURE(BeKilledAtTheSync(home.path()));
  EXPECT_EQ(CountVenues(storage.get(), 4), 3u);
  auto third = home.Make();
  ASSERT_TRUE(third->Open({}).ok());
  EXPECT_EQ(CountVenues(third.get(), 4), 3u);
  EXPECT_TRUE(ApplyTo(third.get(), Venue(2)).ok());
  EXPECT_EQ(CountVenues(storage.get(), 4), 4u);
}

// A process whose disk failed has no connections any more, although it was not closed: who opens
// then recovers the WAL.
TEST(SqliteSynced, AFailedStorageThatWasNotClosedDoesNotVouchForTheWal) {
  SqliteHome home;
  auto failed = home.Make();
  ASSERT_TRUE(failed->Open({}).ok());
  ASSERT_TRUE(WriteTwoVenues(failed.get()));
  SyncLog log;
  log.Fail(kWal);
  EXPECT_EQ(ApplyTo(failed.get(), Venue(2)), Code::kOutcomeUnknown);
  log.Fail("");
  const std::string wal = home.path() + "-wal";
  const auto before = std::filesystem::last_write_time(wal) - std::chrono::hours(1);
  std::filesystem::last_write_time(wal, before);
  auto storage = home.Make();
  const auto opened = storage->Open({});
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  EXPECT_EQ(CountVenues(storage.get(), 4), 3u);
  // After a failed sync a second one says nothing: what is not written again is not tried again.
  EXPECT_GT(std::filesystem::last_write_time(wal), before);
}

TEST(SqliteSynced, AReaderSyncsWhatItFindsAndLeavesItWhereItIs) {
  SqliteHome home;
  ASSERT_NO_FATAL_FAILURE(BeKilledAtTheSync(home.path()));
  const std::string wal = home.path() + "-wal";
  const auto bytes = std::filesystem::file_size(wal);
  SyncLog log;
  log.Fail(kWal);
  const auto failed = home.Make();
  EXPECT_FALSE(failed->Open({.read_only = true}).ok());
  log.Fail("");
  log.Clear();
  {
    const auto reader = home.Make();
    ASSERT_TRUE(reader->Open({.read_only = true}).ok());
    EXPECT_GE(Count(log.paths(), wal), 1u);
    EXPECT_EQ(CountVenues(reader.get(), 4), 3u);
    EXPECT_TRUE(reader->Close().ok());
  }
  EXPECT_EQ(std::filesystem::file_size(wal), bytes);
}

TEST(SqliteSynced, ABackupIsWithItsName) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
  const std::string copy = home.path() + ".copy";
  SyncLog log;
  ASSERT_TRUE(storage->Backup(copy, Soon()).ok());
  EXPECT_EQ(log.paths().back(), FolderOf(copy));
  EXPECT_TRUE(log.content(copy + "-part") == Bytes(copy)) << "synced before its last write";
  log.Clear();
  const std::string again = home.path() + ".again";
  ASSERT_TRUE(RestoreSqlite({.backup = copy, .path = again}).ok());
  EXPECT_EQ(log.paths().back(), FolderOf(again));
  EXPECT_TRUE(log.content(again + "-part") == Bytes(again)) << "synced before its last write";
}

TEST(SqliteSynced, KeysAreWithTheirNameAlsoWhenAnotherProcessMadeThem) {
  TempFolder folder;
  const std::string path = folder.File("hall.db.keys");
  const auto entropy = NewSystemEntropy();
  FileKeys keys;
  ASSERT_TRUE(AddCurrentKey(keys, *entropy, TimeUs{}).ok());
  SyncLog log;
  ASSERT_TRUE(CreateKeyFile(path, keys).ok());
  EXPECT_EQ(log.paths().back(), folder.path());
  log.Clear();
  ASSERT_TRUE(CreateKeyFile(path, keys).ok());
  ASSERT_FALSE(log.paths().empty());
  EXPECT_EQ(log.paths().back(), folder.path()) << "it may have been killed before its sync";
}

}  // namespace
}  // namespace seathold::testing
