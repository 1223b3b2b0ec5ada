// What excludes whom, and what is lost, when one process has two copies of SQLite.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/processes/rendezvous.h"
#include "tests/two_sqlites/two_sqlites.h"

namespace seathold::testing {
namespace {

constexpr const char* kForeignRow =
    "BEGIN IMMEDIATE; INSERT INTO notes_of_another VALUES ('acknowledged'); COMMIT";

// A database that another program keeps open, with a table of that program's own.
void MakeDatabase(const std::string& path) {
  InChild([&] {
    const auto storage = OpenStorage(path);
    HostConnection other(path);
    ASSERT_EQ(other.Run("CREATE TABLE notes_of_another (note TEXT)"), SQLITE_OK);
  });
}

std::size_t Occurrences(const std::string& file, const std::string& what) {
  std::ifstream in(file);
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) count += line.find(what) != std::string::npos;
  return count;
}

// How many locks of this kind a process has on the file, by what the kernel says of its
// descriptors: /proc/locks lists all of the machine while they change, some twice or not at all.
std::size_t LocksOn(const std::string& path, const std::string& kind, pid_t process = getpid()) {
  EXPECT_TRUE(std::filesystem::exists(path)) << path;
  const std::filesystem::path proc = "/proc/" + std::to_string(process);
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(proc / "fd")) {
    std::error_code gone;  // the descriptor of this very listing, and of what is no file
    if (!std::filesystem::equivalent(file.path(), path, gone)) continue;
    const std::size_t listed = Occurrences(proc / "fdinfo" / file.path().filename(), kind);
    // A POSIX lock is the process', told of each descriptor; the others are one descriptor's.
    count = kind == "POSIX" ? std::max(count, listed) : count + listed;
  }
  return count;
}

TEST(TwoSqlites, AreTwo) {
  EXPECT_NE(reinterpret_cast<void*>(Host().open), reinterpret_cast<void*>(&sqlite3_open_v2));
  InChild([] {
    Use(Locks::kPrivate);
    const auto call = [](sqlite3_vfs* vfs) { return vfs->xGetSystemCall(vfs, "fcntl"); };
    EXPECT_NE(call(sqlite3_vfs_find("unix")), call(Host().vfs_find("unix")));
  });
  EXPECT_GT(Occurrences("/proc/self/maps", "libsqlite3.so"), 0u);
}

// One process (A) stands in a write transaction while its host reads the database with a copy of
// its own. Another (B) then asks for the write lock and, given it, commits a row. Both answers of B
// and A are acknowledgements.
struct Told {
  Rendezvous opened, both_opened, in_transaction, other_is_done, all_done;
  std::atomic<int> b_write{-1};
  std::atomic<int> a_commit{-1};
};

void WriteWhileTheHostReads(const std::string& path, Locks locks, Told* told) {
  Use(locks);
  const auto storage = OpenStorage(path);
  ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
  ASSERT_TRUE(told->opened.Meet(2));
  ASSERT_TRUE(told->both_opened.Meet(2));
  {
    auto unit = storage->Begin(Access::kWrite, Soon());
    ASSERT_TRUE(unit.ok()) << unit.status().text();
    ASSERT_TRUE(unit.value()->Apply(Venue(2), {}).ok());
    EXPECT_EQ(OpenReadAndClose(path), "1");
    ASSERT_TRUE(told->in_transaction.Meet(2));
    ASSERT_TRUE(told->other_is_done.Meet(2));
    told->a_commit = static_cast<int>(unit.value()->Commit().code());
  }
  ASSERT_TRUE(told->all_done.Meet(2));
  EXPECT_TRUE(storage->Close().ok());
}

void WriteBeside(const std::string& path, Told* told) {
  ASSERT_TRUE(told->opened.Meet(2));  // while it opens, a reader that does not wait may hear busy
  HostConnection other(path);
  other.Ask("SELECT count(*) FROM venues");  // from here on the WAL cannot be tidied away
  ASSERT_TRUE(told->both_opened.Meet(2));
  ASSERT_TRUE(told->in_transaction.Meet(2));
  told->b_write = other.Run(kForeignRow);
  ASSERT_TRUE(told->other_is_done.Meet(2));
  ASSERT_TRUE(told->all_done.Meet(2));
}

struct Kept {
  std::string ours, theirs;
};

Kept RunBoth(Locks locks, Told* told) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  MakeDatabase(path);
  const pid_t a = Spawn([&] { WriteWhileTheHostReads(path, locks, told); });
  const pid_t b = Spawn([&] { WriteBeside(path, told); });
  ExpectClean(a);
  ExpectClean(b);
  HostConnection after(path);
  EXPECT_EQ(after.Ask("PRAGMA integrity_check"), "ok");
  return {after.Ask("SELECT count(*) FROM venues"),
          after.Ask("SELECT count(*) FROM notes_of_another")};
}

// The hazard is real; were it not, the next test would show nothing. What is lost is at least not
// acknowledged.
TEST(TwoSqlites, WithPosixLocksACommitIsLost) {
  SharedValue<Told> told;
  const Kept kept = RunBoth(Locks::kPosix, &*told);
  EXPECT_EQ(told->b_write.load(), SQLITE_OK) << "two writers at once";
  EXPECT_EQ(told->a_commit.load(), static_cast<int>(Code::kOutcomeUnknown));
  EXPECT_EQ(kept.ours + " + " + kept.theirs, "1 + 1") << "of 2 + 1 that were written";
}

TEST(TwoSqlites, WithPrivateLocksTheOtherProcessIsKeptOutAndNothingIsLost) {
  SharedValue<Told> told;
  const Kept kept = RunBoth(Locks::kPrivate, &*told);
  EXPECT_EQ(told->b_write.load(), SQLITE_BUSY);
  EXPECT_EQ(told->a_commit.load(), static_cast<int>(Code::kOk));
  EXPECT_EQ(kept.ours + " + " + kept.theirs, "2 + 0");
}

// The host's copy is the last one that it can see: its close would tidy the WAL away.
TEST(TwoSqlites, WithPosixLocksTheHostsCloseTakesTheWalAndNoCommitIsOkAfterIt) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  InChild([&] {
    const auto storage = OpenStorage(path);
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
    auto unit = storage->Begin(Access::kWrite, Soon());
    ASSERT_TRUE(unit.ok() && unit.value()->Apply(Venue(2), {}).ok());
    EXPECT_EQ(OpenReadAndClose(path), "1");
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
    EXPECT_EQ(unit.value()->Commit(), Code::kOutcomeUnknown);
    unit.value().reset();
    EXPECT_EQ(ApplyTo(storage.get(), Venue(3)), Code::kStorageCorrupt);
  });
}

TEST(TwoSqlites, WithPrivateLocksTheHostsCloseLeavesTheWal) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  InChild([&] {
    Use(Locks::kPrivate);
    const auto storage = OpenStorage(path);
    for (std::uint64_t n = 1; n <= 20; ++n) {
      ASSERT_TRUE(ApplyTo(storage.get(), Venue(n)).ok());
      EXPECT_EQ(OpenReadAndClose(path), std::to_string(n));
      EXPECT_TRUE(std::filesystem::exists(path + "-wal"));
    }
    EXPECT_EQ(LocksOn(path, "POSIX"), 0u);
    EXPECT_GT(LocksOn(path, "OFDLCK"), 0u);
    EXPECT_GT(LocksOn(path + "-shm", "OFDLCK"), 0u);
    ASSERT_TRUE(storage->Close().ok());
    EXPECT_EQ(LocksOn(path, "OFDLCK"), 0u);
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));  // ours was the last: it tidies up
  });
  EXPECT_EQ(OpenReadAndClose(path), "20");
}

// One process, two copies: the host's write transaction holds ours off, and ours the host's.
TEST(TwoSqlites, WithPrivateLocksTheCopiesExcludeEachOtherInOneProcess) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  InChild([&] {
    Use(Locks::kPrivate);
    const auto storage = OpenStorage(path);
    HostConnection host(path);
    ASSERT_EQ(host.Run("BEGIN IMMEDIATE"), SQLITE_OK);
    EXPECT_EQ(storage->Begin(Access::kWrite, In(50)).status(), Code::kBusy);
    ASSERT_EQ(host.Run("ROLLBACK"), SQLITE_OK);
    auto unit = storage->Begin(Access::kWrite, Soon());
    ASSERT_TRUE(unit.ok()) << unit.status().text();
    EXPECT_EQ(host.Run("BEGIN IMMEDIATE"), SQLITE_BUSY);
  });
}

// Connections and forks
// ---------------------------------------------------------------------------------

class OurConnection {
 public:
  explicit OurConnection(const std::string& path) {
    EXPECT_EQ(
        sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr),
        SQLITE_OK);
  }
  ~OurConnection() { EXPECT_EQ(sqlite3_close(db_), SQLITE_OK); }
  OurConnection(const OurConnection&) = delete;
  OurConnection& operator=(const OurConnection&) = delete;
  int Run(const char* sql) { return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }

 private:
  sqlite3* db_ = nullptr;
};

// SQLite takes a file's lock through one connection and gives it back through another.
TEST(PrivateLocks, TakenThroughOneConnectionAreReleasedThroughAnother) {
  const ScratchFolder folder;
  const std::string path = folder.File("plain.db");
  InChild([&] {
    Use(Locks::kPrivate);
    OurConnection first(path), second(path);
    ASSERT_EQ(first.Run("CREATE TABLE t (x); INSERT INTO t VALUES (1)"), SQLITE_OK);
    ASSERT_EQ(first.Run("BEGIN; SELECT * FROM t"), SQLITE_OK);   // SHARED, through the first
    ASSERT_EQ(second.Run("BEGIN; SELECT * FROM t"), SQLITE_OK);  // counted only
    EXPECT_EQ(LocksOn(path, "OFDLCK"), 1u);
    ASSERT_EQ(first.Run("COMMIT"), SQLITE_OK);
    EXPECT_EQ(LocksOn(path, "OFDLCK"), 1u);
    ASSERT_EQ(second.Run("COMMIT"), SQLITE_OK);
    EXPECT_EQ(LocksOn(path, "OFDLCK"), 0u);
    EXPECT_EQ(second.Run("BEGIN EXCLUSIVE; COMMIT"), SQLITE_OK);
  });
}

TEST(PrivateLocks, OutliveTheConnectionThatTookThem) {
  const ScratchFolder folder;
  const std::string path = folder.File("plain.db");
  InChild([&] {
    Use(Locks::kPrivate);
    OurConnection second(path);
    {
      OurConnection first(path);
      ASSERT_EQ(first.Run("CREATE TABLE t (x); BEGIN; SELECT * FROM t"), SQLITE_OK);
      ASSERT_EQ(second.Run("BEGIN; SELECT * FROM t"), SQLITE_OK);
    }
    EXPECT_EQ(LocksOn(path, "OFDLCK"), 1u);
    HostConnection host(path);
    EXPECT_EQ(host.Run("BEGIN EXCLUSIVE"), SQLITE_BUSY);
    ASSERT_EQ(second.Run("COMMIT"), SQLITE_OK);
    EXPECT_EQ(host.Run("BEGIN EXCLUSIVE; COMMIT"), SQLITE_OK);
  });
}

// Closing a descriptor would drop them: until its own Close, a storage closes none.
TEST(PrivateLocks, LeaveTheHostItsOwnWhileAStorageIsOpen) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  InChild([&] {
    Use(Locks::kPrivate);
    const auto storage = OpenStorage(path);
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
    HostConnection host(path);
    ASSERT_EQ(host.Run("BEGIN; SELECT count(*) FROM venues"), SQLITE_OK);
    const std::size_t on_file = LocksOn(path, "POSIX"), on_wal = LocksOn(path + "-shm", "POSIX");
    ASSERT_GT(on_file, 0u);
    ASSERT_GT(on_wal, 0u);
    {
      std::vector<std::unique_ptr<StorageUnit>> readers;
      for (int i = 0; i < 4; ++i) {
        readers.push_back(storage->Begin(Access::kRead, Soon()).value());
      }
      ASSERT_TRUE(ApplyTo(storage.get(), Venue(2)).ok());
    }
    ASSERT_TRUE(storage->Maintain(Soon()).ok());
    ASSERT_TRUE(storage->Backup(path + ".copy", Soon()).ok());
    for (int round = 0; round < 3; ++round) {
      const auto second = OpenStorage(path);
      ASSERT_TRUE(ApplyTo(second.get(), Venue(3 + static_cast<std::uint64_t>(round))).ok());
      ASSERT_TRUE(second->Close().ok());
    }
    EXPECT_EQ(LocksOn(path, "POSIX"), on_file);
    EXPECT_EQ(LocksOn(path + "-shm", "POSIX"), on_wal);
    EXPECT_EQ(host.Ask("SELECT count(*) FROM venues"), "1");  // its snapshot
  });
}

TEST(PrivateLocks, DescriptorsStayAsManyWhileDatabasesAreOpenedAndClosed) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  InChild([&] {
    Use(Locks::kPrivate);
    ASSERT_TRUE(OpenStorage(path)->Close().ok());
    const auto before = descriptors();
    for (int round = 0; round < 50; ++round) {
      const auto storage = OpenStorage(path);
      ASSERT_TRUE(ApplyTo(storage.get(), Venue(static_cast<std::uint64_t>(round + 1))).ok());
      OpenReadAndClose(path);
      ASSERT_TRUE(storage->Close().ok());
    }
    EXPECT_EQ(descriptors(), before);
  });
}

TEST(PrivateLocks, AForkThatOpensTheDatabaseItselfLeavesItsParentsAlone) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  InChild([&] {
    Use(Locks::kPrivate);
    const auto storage = OpenStorage(path);
    ASSERT_TRUE(ApplyTo(storage.get(), Venue(1)).ok());
    Pipe go;
    const pid_t child = Spawn([&] {
      ASSERT_TRUE(go.Receive<char>());  // the parent stands in a transaction that it began since
      EXPECT_EQ(NewSqliteStorage(SqliteAt(path))->Open({.busy_ms = 50}).status(), Code::kBusy);
      HostConnection host(path);
      EXPECT_EQ(host.Run("BEGIN IMMEDIATE"), SQLITE_BUSY);
    });
    {
      auto unit = storage->Begin(Access::kWrite, Soon());
      ASSERT_TRUE(unit.ok() && unit.value()->Apply(Venue(2), {}).ok());
      go.Send('g');
      ExpectClean(child);
      EXPECT_EQ(unit.value()->Commit(), Code::kOk);
    }
    InChild([&] { EXPECT_TRUE(ApplyTo(OpenStorage(path).get(), Venue(3)).ok()); });
    EXPECT_GT(LocksOn(path, "OFDLCK"), 0u);
    EXPECT_EQ(CountVenues(storage.get(), 3), 3u);
    ASSERT_TRUE(storage->Close().ok());
  });
}

TEST(PrivateLocks, AForkThatLivesOnDoesNotKeepTheLocksOfAKilledParent) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  Pipe ready, never;
  const pid_t parent = Spawn([&] {
    Use(Locks::kPrivate);
    const auto storage = OpenStorage(path);
    auto unit = storage->Begin(Access::kWrite, Soon());
    ASSERT_TRUE(unit.ok() && unit.value()->Apply(Venue(1), {}).ok());
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      ready.Send(getpid());
      never.Receive<char>();
      _exit(0);
    }
    never.Receive<char>();
  });
  const pid_t grandchild = ready.Receive<pid_t>().value_or(0);
  ASSERT_GT(grandchild, 0);
  ASSERT_EQ(kill(parent, SIGKILL), 0);
  ASSERT_EQ(waitpid(parent, nullptr, 0), parent);
  EXPECT_EQ(kill(grandchild, 0), 0);
  EXPECT_EQ(LocksOn(path, "OFDLCK", grandchild), 0u);
  EXPECT_EQ(LocksOn(path + "-shm", "OFDLCK", grandchild), 0u);
  InChild([&] { EXPECT_TRUE(ApplyTo(OpenStorage(path).get(), Venue(2)).ok()); });
  kill(grandchild, SIGKILL);
  EXPECT_EQ(OpenReadAndClose(path), "1");
}

}  // namespace
}  // namespace seathold::testing
