// The files of the SQLite storage: who may read them, what is refused, what happens when they are
// damaged, replaced or copied.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "src/storage/sqlite/gate.h"
#include "tests/storage/sqlite_tools.h"
#include "tests/support/counts.h"
#include "tests/support/crash_vfs.h"

namespace seathold::testing {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

Status OpenAt(const std::string& path, bool create = true) {
  StorageOptions how;
  how.create = create;
  auto storage = NewSqliteStorage(SqliteAt(path));
  return storage->Open(how).status();
}

// `body` in a child process; its result is whether it passed.
template <class Body>
bool InChild(const Body& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(SqliteFiles, AreForTheOwnerOnlyWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{077}, mode_t{0777}}) {
    TempFolder folder;
    const std::string path = folder.File("hall.db");
    const mode_t before = umask(mask);
    auto storage = NewSqliteStorage(SqliteAt(path));
    const bool opened = storage->Open({}).ok() && ApplyTo(storage.get(), Venue(1)).ok();
    umask(before);
    ASSERT_TRUE(opened);
    for (const char* suffix : {"", "-wal", "-shm", "-gate"}) {
      EXPECT_EQ(ModeOf(path + suffix), mode_t{0600}) << suffix << " under umask " << mask;
    }
  }
}

TEST(SqliteFiles, ASymbolicLinkIsRefusedAndItsTargetUntouched) {
  TempFolder folder;
  for (const char* link : {"hall.db", "other.db-gate"}) {
    std::filesystem::create_symlink(folder.File("elsewhere"), folder.File(link));
  }
  const Status database = OpenAt(folder.File("hall.db"));
  EXPECT_EQ(database, Code::kCannotOpen);
  EXPECT_NE(database.text().find("symbolic link"), std::string::npos) << database.text();
  EXPECT_EQ(OpenAt(folder.File("other.db")), Code::kCannotOpen);
  EXPECT_FALSE(std::filesystem::exists(folder.File("elsewhere")));
}

TEST(SqliteFiles, AFolderThatIsReachedThroughALinkIsFine) {
  TempFolder folder;
  std::filesystem::create_directory(folder.File("real"));
  std::filesystem::create_directory_symlink(folder.File("real"), folder.File("link"));
  EXPECT_TRUE(OpenAt(folder.File("link") + "/hall.db").ok());
  EXPECT_TRUE(std::filesystem::exists(folder.File("real") + "/hall.db"));
}

TEST(SqliteFiles, WhatIsNoDatabaseIsToldByPathAndCause) {
  TempFolder folder;
  std::filesystem::create_directory(folder.File("folder.db"));
  WriteText(folder.File("text.db"), std::string(5'000, 'x'));
  WriteText(folder.File("empty.db"), "");
  const std::string foreign = folder.File("foreign.db");
  WriteText(foreign, "");
  PlainSql(foreign).Run("CREATE TABLE t (x)");
  struct Case {
    std::string path;
    bool create;
    Code code;
  };
  const Case cases[] = {
      {folder.File("absent.db"), false, Code::kCannotOpen},
      {folder.File("empty.db"), false, Code::kCannotOpen},
      {folder.File("folder.db"), true, Code::kCannotOpen},
      {folder.File("text.db"), true, Code::kStorageCorrupt},
      {foreign, true, Code::kCannotOpen},
      {folder.File("no/such/folder.db"), true, Code::kCannotOpen},
      {"", true, Code::kInvalidArgument},
      {folder.File(""), true, Code::kInvalidArgument},
      {std::string("a\0b", 3), true, Code::kInvalidArgument},
  };
  for (const Case& one : cases) {
    const Status status = OpenAt(one.path, one.create);
    EXPECT_EQ(status, one.code) << one.path << ": " << status.text();
    if (one.code == Code::kCannotOpen) {
      EXPECT_NE(status.text().find(".db"), std::string::npos) << status.text();
    }
  }
  EXPECT_FALSE(std::filesystem::exists(folder.File("absent.db")));
  EXPECT_TRUE(OpenAt(folder.File("empty.db")).ok());
}

TEST(SqliteFiles, AFolderThatCannotBeWrittenIsTold) {
  TempFolder folder;
  const std::string path = folder.File("hall.db");
  ASSERT_TRUE(OpenAt(path).ok());
  std::filesystem::remove(path + "-gate");
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  const bool told = InChild([&] {
    if (geteuid() == 0 && (chown(path.c_str(), 65534, 65534) != 0 || setuid(65534) != 0)) {
      return false;
    }
    const Status existing = OpenAt(path), absent = OpenAt(folder.File("new.db"));
    return !existing.ok() && existing.outcome() == Outcome::kRefused && !absent.ok() &&
           absent.text().find("ermission denied") != std::string::npos;
  });
  EXPECT_TRUE(told);
  ASSERT_EQ(chmod(folder.path().c_str(), 0700), 0);
}

TEST(SqliteFiles, TwoFirstOpensAtOnceMakeOneDatabase) {
  for (int round = 0; round < Scaled(50); ++round) {
    TempFolder folder;
    const std::string path = folder.File("hall.db");
    int go[2];
    ASSERT_EQ(pipe(go), 0);
    pid_t children[3];
    for (std::uint64_t i = 0; i < 3; ++i) {
      children[i] = fork();
      if (children[i] != 0) continue;
      char byte = 0;
      close(go[1]);
      (void)!read(go[0], &byte, 1);
      auto storage = NewSqliteStorage(SqliteAt(path));
      const bool done = storage->Open({}).ok() && ApplyTo(storage.get(), Venue(i + 1)).ok();
      _exit(done ? 0 : 1);
    }
    close(go[0]);
    close(go[1]);
    for (const pid_t child : children) {
      int status = -1;
      waitpid(child, &status, 0);
      EXPECT_EQ(status, 0);
    }
    auto storage = NewSqliteStorage(SqliteAt(path));
    const auto opened = storage->Open({});
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    EXPECT_EQ(CountVenues(storage.get(), 3), 3u);
  }
}

// Who may use it
// ------------------------------------------------------------------------------------

TEST(SqliteControl, ANewerReleaseKeepsOlderOnesOut) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  PlainSql(home.path()).Run("UPDATE control SET schema_version = 9, oldest_writer = 9");
  EXPECT_EQ(storage->Begin(Access::kRead, Soon()).status(), Code::kNewerSchema);
  EXPECT_EQ(storage->Begin(Access::kWrite, Soon()).status(), Code::kNewerSchema);
  AuditReport report;
  EXPECT_EQ(storage->Audit({}, &report, Soon()), Code::kNewerSchema);
  EXPECT_EQ(home.Make()->Open({}).status(), Code::kNewerSchema);
}

TEST(SqliteControl, ANewerSchemaThatOnlyAddedIsUsable) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  PlainSql(home.path())
      .Run(
          "UPDATE control SET schema_version = 9; PRAGMA user_version = 9;"
          "ALTER TABLE venues ADD COLUMN town TEXT");
  EXPECT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
  ASSERT_TRUE(storage->Close().ok());
  EXPECT_TRUE(home.Make()->Open({}).ok());
}

TEST(SqliteControl, AnotherModeBelongsToAnotherProcess) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  PlainSql(home.path()).Run("UPDATE control SET mode = 'exclusive'");
  EXPECT_EQ(storage->Begin(Access::kRead, Soon()).status(), Code::kNotOwner);
  EXPECT_EQ(storage->Begin(Access::kWrite, Soon()).status(), Code::kNotOwner);
  EXPECT_EQ(storage->ForeignCommits(Soon()).status(), Code::kNotOwner);
  EXPECT_EQ(home.Make()->Open({}).status(), Code::kNotOwner);
  PlainSql(home.path()).Run("UPDATE control SET mode = 'shared'");
  EXPECT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
}

TEST(SqliteControl, SaysWhenAnotherStorageHasCommitted) {
  SqliteHome home;
  auto one = home.Make(), two = home.Make();
  ASSERT_TRUE(one->Open({}).ok());
  ASSERT_TRUE(two->Open({}).ok());
  std::uint64_t seen = one->ForeignCommits(Soon()).value();
  for (std::uint64_t n = 1; n <= 6; n += 2) {
    ASSERT_TRUE(ApplyTo(two.get(), Venue(n)).ok());
    ASSERT_TRUE(ApplyTo(one.get(), Venue(n + 1)).ok());  // ours is the last, theirs must show
    const std::uint64_t now = one->ForeignCommits(Soon()).value();
    EXPECT_NE(now, seen);
    seen = now;
    EXPECT_EQ(one->ForeignCommits(Soon()).value(), seen);
  }
}

// Files that go away
// --------------------------------------------------------------------------------

TEST(SqliteFiles, AThousandDatabasesAreOpenInOneProcessAndOneMoreIsTold) {
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  const rlimit before = files;
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4'096);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_cur < 1'100) GTEST_SKIP() << "fewer descriptors than gates";
  const TempFolder folder;
  {
    std::vector<sqlite::Gate> gates(1'024);
    for (sqlite::Gate& gate : gates) ASSERT_TRUE(gate.Open(folder.File("gate")).ok());
    sqlite::Gate one_more;
    EXPECT_EQ(one_more.Open(folder.File("gate")), Code::kTooManyEngines);
    gates[500].Close();
    EXPECT_TRUE(one_more.Open(folder.File("gate")).ok());
  }
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(SqliteFiles, AnUnlinkedWalMakesTheCommitUnknownAndLaterCallsCorrupt) {
  for (const char* suffix : {"-wal", "-shm", ""}) {
    SqliteHome home;
    auto storage = home.Make();
    ASSERT_TRUE(storage->Open({}).ok());
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
    auto unit = storage->Begin(Access::kWrite, Soon());
    ASSERT_TRUE(unit.ok());
    ASSERT_TRUE(unit.value()->Apply(Venue(2), {}).ok());
    ASSERT_TRUE(std::filesystem::remove(home.path() + suffix));
    EXPECT_EQ(unit.value()->Commit(), Code::kOutcomeUnknown);
    unit.value().reset();
    EXPECT_EQ(storage->Begin(Access::kWrite, Soon()).status(), Code::kStorageCorrupt);
    EXPECT_EQ(storage->Begin(Access::kRead, Soon()).status(), Code::kStorageCorrupt);
    EXPECT_TRUE(storage->Close().ok());
  }
}

TEST(SqliteFiles, AReplacedDatabaseIsFoundBeforeAnythingIsWritten) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  WriteText(home.path() + ".new", "");
  std::filesystem::rename(home.path() + ".new", home.path());
  EXPECT_EQ(storage->Begin(Access::kWrite, Soon()).status(), Code::kStorageCorrupt);
  EXPECT_EQ(storage->Begin(Access::kRead, Soon()).status(), Code::kStorageCorrupt);
}

// Damage
// --------------------------------------------------------------------------------------------

// Opens what is left and reads all of it. Whatever is found, it is said in words or it is rows.
std::string ReadAll(const CrashImage& image) {
  CrashVfs vfs;
  vfs.Load(image);
  SqliteOptions options;
  options.path = "hall.db";
  options.vfs = vfs.name();
  auto storage = NewSqliteStorage(options);
  const auto opened = storage->Open({});
  if (!opened.ok()) return opened.status().text();
  AuditReport report;
  const Status audited = storage->Audit(SampleSale::kNow, &report, Soon());
  std::string said = audited.ok() ? "" : audited.text();
  if (!report.clean()) said += Findings(report);
  for (int index = 0; index <= static_cast<int>(ScanSpec::Index::kLastTransfers); ++index) {
    auto unit = storage->Begin(Access::kRead, Soon());
    if (!unit.ok()) return said + unit.status().text();
    ScanSpec scan{.index = static_cast<ScanSpec::Index>(index), .key = 1, .after = -1};
    scan.until = TimeUs{1'000'000};
    RecordSet rows;
    bool more = false;
    const Status status = unit.value()->Scan(scan, &rows, &more);
    if (!status.ok()) said += status.text();
  }
  const Status written = ApplyTo(storage.get(), Venue(77));
  if (!written.ok()) said += written.text();
  return said;
}

TEST(SqliteDamage, IsToldInWordsOrDoesNotMatter) {
  CrashImage whole;
  {
    CrashVfs vfs;
    SqliteOptions options;
    options.path = "hall.db";
    options.vfs = vfs.name();
    auto storage = NewSqliteStorage(options);
    ASSERT_TRUE(storage->Open({}).ok());
    ASSERT_TRUE(ApplyTo(storage.get(), SampleSale().Changes()).ok());
    ASSERT_TRUE(storage->Close().ok());
    whole = vfs.Now();
  }
  ASSERT_EQ(ReadAll(whole), "");
  const std::uint64_t first_seed = 20261122;
  int told = 0;
  const int runs = Scaled(1'000);
  for (int run = 0; run < runs; ++run) {
    std::mt19937_64 random(first_seed + static_cast<std::uint64_t>(run));
    SCOPED_TRACE("seed " + std::to_string(first_seed + static_cast<std::uint64_t>(run)));
    CrashImage damaged = whole;
    std::string& file = damaged.files["hall.db"];
    if (run % 4 == 0) {
      file.resize(random() % file.size());
    } else {
      for (std::uint64_t flips = 1 + random() % 8; flips > 0; --flips) {
        file[random() % file.size()] ^= static_cast<char>(1 + random() % 255);
      }
    }
    told += !ReadAll(damaged).empty();
  }
  // Most of a small file is free space; of what is cut off, everything is noticed.
  EXPECT_GT(told, runs / 4);
  RecordProperty("told", told);
}

// Disks and copies
// ----------------------------------------------------------------------------------

TEST(SqliteFiles, ASmallDiskThatFillsUpAnswersFullAndKeepsWhatWasAcknowledged) {
  TempFolder folder;
  if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "mounting a tmpfs is not permitted here";
  }
  {
    auto storage = NewSqliteStorage(SqliteAt(folder.File("hall.db")));
    EXPECT_TRUE(storage->Open({}).ok());
    std::uint64_t written = 0;
    Status status;
    while (written < 1'000 && status.ok()) {
      status = ApplyTo(storage.get(), Venue(written + 1, std::string(20'000, 'x')));
      written += status.ok();
    }
    EXPECT_EQ(status, Code::kStorageFull) << status.text();
    EXPECT_EQ(CountVenues(storage.get(), written + 1), written);
    (void)storage->Close();
    auto again = NewSqliteStorage(SqliteAt(folder.File("hall.db")));
    const auto opened = again->Open({});
    // Not even the shared memory file may fit; then it is said so.
    if (opened.ok()) {
      EXPECT_EQ(CountVenues(again.get(), written + 1), written);
    } else {
      EXPECT_EQ(opened.status(), Code::kStorageFull) << opened.status().text();
    }
  }
  EXPECT_EQ(umount2(folder.path().c_str(), MNT_DETACH), 0);
}

TEST(SqliteBackup, IsAPlainFileWithEverythingCommitted) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ASSERT_TRUE(ApplyTo(storage.get(), SampleSale().Changes(), TimeUs{42}).ok());
  auto writing = storage->Begin(Access::kWrite, Soon());
  ASSERT_TRUE(writing.value()->Apply(Venue(9), {}).ok());
  const std::string copy = home.path() + ".copy";
  const Status status = storage->Backup(copy, Soon());
  ASSERT_TRUE(status.ok()) << status.text();
  EXPECT_EQ(ModeOf(copy), mode_t{0600});
  EXPECT_FALSE(std::filesystem::exists(copy + "-wal"));
  EXPECT_EQ(PlainSql(copy).Ask("PRAGMA integrity_check"), std::vector<std::string>{"ok"});

  auto restored = NewSqliteStorage(SqliteAt(copy));
  ASSERT_TRUE(restored->Open({}).ok());
  AuditReport report;
  ASSERT_TRUE(restored->Audit(SampleSale::kNow, &report, Soon()).ok());
  EXPECT_TRUE(report.clean()) << Findings(report);
  EXPECT_EQ(report.sold, 3u);
  EXPECT_EQ(CountVenues(restored.get(), 9), 0u);
  EXPECT_EQ(restored->Begin(Access::kRead, Soon()).value()->time_mark(), TimeUs{42});
}

TEST(SqliteBackup, RefusesAPathThatExistsAndLeavesNothingWhenItFails) {
  SqliteHome home;
  auto storage = home.Make();
  ASSERT_TRUE(storage->Open({}).ok());
  ChangeSet many;
  for (std::uint64_t id = 1; id <= 3'000; ++id) {
    many.of<VenueRecord>().changes.push_back(Venue(id).of<VenueRecord>().changes[0]);
  }
  ASSERT_TRUE(ApplyTo(storage.get(), many).ok());
  EXPECT_EQ(storage->Backup(home.path(), Soon()), Code::kAlreadyExists);
  const std::string copy = home.path() + ".copy";
  WriteText(copy, "mine");
  EXPECT_EQ(storage->Backup(copy, Soon()), Code::kAlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(copy), 4u);
  EXPECT_EQ(storage->Backup("/no/such/folder/copy", Soon()), Code::kCannotOpen);
  EXPECT_EQ(storage->Backup("", Soon()), Code::kInvalidArgument);
  EXPECT_EQ(storage->Backup(home.path() + ".late", In(0)), Code::kBusy);
  EXPECT_FALSE(std::filesystem::exists(home.path() + ".late"));
}

TEST(SqliteWal, IsCutAfterManyReadersThatCameAndWent) {
  SqliteHome home;
  SqliteOptions options = SqliteAt(home.path());
  options.wal_bytes_max = 1 << 20;
  auto storage = NewSqliteStorage(options);
  ASSERT_TRUE(storage->Open({}).ok());
  std::unique_ptr<StorageUnit> reader;
  for (std::uint64_t n = 1; n <= 400; ++n) {
    if (n % 10 == 0) reader = storage->Begin(Access::kRead, Soon()).value();
    if (n % 10 == 5) reader.reset();
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(n, std::string(20'000, 'x'))).ok());
  }
  reader.reset();
  ASSERT_TRUE(storage->Maintain(Soon()).ok());
  EXPECT_LE(std::filesystem::file_size(home.path() + "-wal"), std::uintmax_t{1} << 20);
  EXPECT_EQ(CountVenues(storage.get(), 400), 400u);
  ASSERT_TRUE(storage->Close().ok());
  EXPECT_FALSE(std::filesystem::exists(home.path() + "-wal"));
}

}  // namespace
}  // namespace seathold::testing
