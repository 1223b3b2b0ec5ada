// A write-ahead log is replayed into the file it was written upon and into no other, and one that
// was lost is told.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/storage/sqlite_tools.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

class StaleWal : public ::testing::Test {
 protected:
  // By another process: closing the file in this one would drop SQLite's locks.
  static void Copy(const std::string& from, const std::string& to) {
    ASSERT_EQ(std::system(("cp -p '" + from + "' '" + to + "'").c_str()), 0);
  }
  std::string File(const std::string& name) const { return home_.path() + name; }

  Result<StorageInfo> Open() {
    storage_ = home_.Make();
    return storage_->Open({});
  }
  void Write(std::uint64_t from, std::uint64_t through) {
    for (std::uint64_t id = from; id <= through; ++id) {
      ASSERT_TRUE(ApplyTo(storage_.get(), Venue(id)).ok());
    }
  }
  // What a crash at this moment would leave, as CRASHED and CRASHED-wal.
  void Crash() {
    Copy(home_.path(), File(".crashed"));
    Copy(File("-wal"), File(".crashed-wal"));
    storage_.reset();
  }
  void PutCrashed() {
    Copy(File(".crashed"), home_.path());
    Copy(File(".crashed-wal"), File("-wal"));
  }
  // `file` in the place of the database that crashed, with that one's log beside it.
  Status OpenWithStaleWal(const std::string& file) {
    fs::remove(File("-shm"));
    Copy(file, home_.path());
    Copy(File(".crashed-wal"), File("-wal"));
    const auto opened = Open();
    const Status status = opened.status();
    if (!status.ok()) storage_.reset();
    return status;
  }

  SqliteHome home_;
  std::unique_ptr<Storage> storage_;
};

TEST_F(StaleWal, ACrashLosesNothingAndIsNoLoss) {
  ASSERT_TRUE(Open().ok());
  Write(1, 5);
  Crash();
  PutCrashed();
  const auto opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  EXPECT_FALSE(opened->wal_lost);
  EXPECT_EQ(CountVenues(storage_.get(), 9), 5u);
}

TEST_F(StaleWal, ACrashAtTheFirstCommitsLosesNothing) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(storage_->Close().ok());
  Copy(home_.path(), File(".clean"));
  ASSERT_TRUE(Open().ok());
  Write(1, 1);
  Crash();
  // The log reached the disk, the note that it is in use did not reach the file.
  EXPECT_TRUE(OpenWithStaleWal(File(".clean")).ok());
  EXPECT_EQ(CountVenues(storage_.get(), 9), 1u);
}

TEST_F(StaleWal, ABackupPutOverACrashIsNotMixedWithItsLog) {
  ASSERT_TRUE(Open().ok());
  Write(1, 3);
  ASSERT_TRUE(storage_->Backup(File(".backup"), Soon()).ok());
  Write(4, 9);
  Crash();
  const Status wrong = OpenWithStaleWal(File(".backup"));
  EXPECT_EQ(wrong, Code::kWrongFile) << wrong.text();
  EXPECT_NE(wrong.text().find("rm '" + File("-wal") + "'"), std::string::npos) << wrong.text();
  // Nothing was changed: the command that the text names mends it.
  fs::remove(File("-wal"));
  fs::remove(File("-shm"));
  const auto opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  EXPECT_FALSE(opened->wal_lost) << "a backup needs no log";
  EXPECT_EQ(CountVenues(storage_.get(), 9), 3u);
}

TEST_F(StaleWal, ABackupOfTheFirstMomentIsNotMixedWithTheLogOfThatMoment) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(storage_->Backup(File(".backup"), Soon()).ok());
  Write(1, 1);
  Crash();
  EXPECT_EQ(OpenWithStaleWal(File(".backup")), Code::kWrongFile);
}

TEST_F(StaleWal, APlainCopyOfAClosedDatabasePutOverACrashIsNotMixedEither) {
  ASSERT_TRUE(Open().ok());
  Write(1, 2);
  ASSERT_TRUE(storage_->Close().ok());
  Copy(home_.path(), File(".nightly"));
  ASSERT_TRUE(Open().ok());
  Write(3, 6);
  Crash();
  EXPECT_EQ(OpenWithStaleWal(File(".nightly")), Code::kWrongFile) << "of the same life";
  PutCrashed();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(CountVenues(storage_.get(), 9), 6u);
  ASSERT_TRUE(storage_->Close().ok());
  ASSERT_TRUE(Open().ok());
  Write(7, 8);
  Crash();
  EXPECT_EQ(OpenWithStaleWal(File(".nightly")), Code::kWrongFile) << "of a later life";
}

// Of the same copy and the same life; but the log was begun anew since, upon what it lacks.
TEST_F(StaleWal, ACopyThatWasTakenInUsePutOverALaterCrashIsNotMixedEither) {
  ASSERT_TRUE(Open().ok());
  Write(1, 3);
  PlainSql(home_.path()).Ask("PRAGMA wal_checkpoint(RESTART)");
  Write(4, 4);
  Copy(home_.path(), File(".copied"));
  PlainSql(home_.path()).Ask("PRAGMA wal_checkpoint(RESTART)");
  Write(5, 6);
  Crash();
  EXPECT_EQ(OpenWithStaleWal(File(".copied")), Code::kWrongFile);
  fs::remove(File("-shm"));
  PutCrashed();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(CountVenues(storage_.get(), 9), 6u);
}

TEST_F(StaleWal, AnotherDatabasesLogIsRefused) {
  SqliteHome other;
  auto stranger = other.Make();
  ASSERT_TRUE(stranger->Open({}).ok());
  ASSERT_TRUE(stranger->Close().ok());
  ASSERT_TRUE(Open().ok());
  Write(1, 2);
  Crash();
  EXPECT_EQ(OpenWithStaleWal(other.path()), Code::kWrongFile);
}

TEST_F(StaleWal, ALogThatWasLostIsTold) {
  ASSERT_TRUE(Open().ok());
  Write(1, 5);
  Crash();
  PutCrashed();
  fs::remove(File("-wal"));
  const auto opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  EXPECT_TRUE(opened->wal_lost);
  for (const bool build_upon_it : {false, true}) {
    ASSERT_TRUE(storage_->Close().ok());
    const auto again = Open();
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again->wal_lost) << "who was refused later, or only looked, has not accepted it";
    if (build_upon_it) Write(6, 6);
  }
  ASSERT_TRUE(storage_->Close().ok());
  const auto accepted = Open();
  ASSERT_TRUE(accepted.ok());
  EXPECT_FALSE(accepted->wal_lost);
}

// What is left when a database is moved away, or lost, may be all there is of its latest sales.
TEST_F(StaleWal, NoDatabaseIsMadeBesideALogOfOneThatWasThere) {
  ASSERT_TRUE(Open().ok());
  Write(1, 5);
  Crash();
  PutCrashed();
  const std::string log = Bytes(File("-wal"));
  for (const bool emptied : {false, true}) {
    fs::rename(home_.path(), File(".moved"));
    fs::remove(File("-shm"));
    if (emptied) std::ofstream(home_.path()).flush();
    const Status refused = Open().status();
    storage_.reset();
    EXPECT_EQ(refused, Code::kWrongFile) << refused.text();
    EXPECT_NE(refused.text().find("mv '" + File("-wal") + "' old/"), std::string::npos)
        << refused.text();
    EXPECT_EQ(fs::exists(home_.path()), emptied);
    EXPECT_TRUE(Bytes(File("-wal")) == log);
    fs::rename(File(".moved"), home_.path());
  }
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(CountVenues(storage_.get(), 9), 5u);
}

TEST_F(StaleWal, ACleanCloseLeavesNothingToTell) {
  ASSERT_TRUE(Open().ok());
  Write(1, 2);
  auto second = home_.Make();
  ASSERT_TRUE(second->Open({}).ok());
  ASSERT_TRUE(storage_->Close().ok());
  ASSERT_TRUE(ApplyTo(second.get(), Venue(3)).ok());
  ASSERT_TRUE(second->Close().ok());
  EXPECT_FALSE(fs::exists(File("-wal")));
  EXPECT_EQ(PlainSql(home_.path()).Ask("SELECT wal FROM control"), std::vector<std::string>{"0"});
  const auto opened = Open();
  ASSERT_TRUE(opened.ok());
  EXPECT_FALSE(opened->wal_lost);
}

}  // namespace
}  // namespace seathold::testing
