// One file, many names. Gate, -wal and -shm go by name, so that two names would sell every seat.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "tests/storage/sqlite_tools.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

struct Opened {
  std::unique_ptr<Storage> storage;
  Status status;
};

Opened OpenAs(const std::string& path, const StorageOptions& how = {}) {
  Opened opened;
  opened.storage = NewSqliteStorage(SqliteAt(path));
  opened.status = opened.storage->Open(how).status();
  return opened;
}

// The code in a process of its own.
Code OpenElsewhere(const std::string& path) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Code code = OpenAs(path).status.code();
    _exit(write(ends[1], &code, sizeof code) == sizeof code ? 0 : 1);
  }
  close(ends[1]);
  Code code = Code::kInternal;
  EXPECT_EQ(read(ends[0], &code, sizeof code), static_cast<ssize_t>(sizeof code));
  close(ends[0]);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  return code;
}

void Touch(const std::string& path) { std::ofstream(path).flush(); }

void ExpectSecondName(const Status& status, const std::string& path) {
  EXPECT_EQ(status, Code::kSecondName) << status.text();
  EXPECT_NE(status.text().find(path), std::string::npos) << status.text();
}

void ExpectNothingBeside(const std::string& path) {
  for (const char* suffix : {"-gate", "-wal", "-shm"}) EXPECT_FALSE(fs::exists(path + suffix));
}

// A database with venue 1, closed.
void MakeDatabase(const std::string& path) {
  const Opened made = OpenAs(path);
  ASSERT_TRUE(made.status.ok()) << made.status.text();
  ASSERT_TRUE(ApplyTo(made.storage.get(), Venue(1)).ok());
}

// POSIX locks that this process has on the file, as the kernel tells of its descriptors.
int PosixLocksOn(const std::string& path) {
  int most = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (!fs::equivalent(entry.path(), path, gone)) continue;
    std::ifstream info("/proc/self/fdinfo/" + entry.path().filename().string());
    int found = 0;
    for (std::string line; std::getline(info, line);) {
      found += line.find(" POSIX ") != std::string::npos;
    }
    most = std::max(most, found);
  }
  return most;
}

int Descriptors() {
  return static_cast<int>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

// Hard links
// --------------------------------------------------------------------------------------

TEST(SqliteNames, AHardLinkIsRefusedByEitherNameUntilItIsGone) {
  TempFolder folder;
  const std::string path = folder.File("hall.db"), link = folder.File("link.db");
  ASSERT_NO_FATAL_FAILURE(MakeDatabase(path));
  fs::create_hard_link(path, link);
  for (const std::string& name : {path, link}) {
    const Opened opened = OpenAs(name);
    ExpectSecondName(opened.status, name);
    EXPECT_NE(opened.status.text().find("2 names (hard links)"), std::string::npos);
    EXPECT_EQ(OpenElsewhere(name), Code::kSecondName);
  }
  ExpectNothingBeside(link);
  fs::remove(link);
  const Opened again = OpenAs(path);
  ASSERT_TRUE(again.status.ok()) << again.status.text();
  EXPECT_EQ(CountVenues(again.storage.get(), 1), 1u);
}

TEST(SqliteNames, AHardLinkMadeWhileItIsOpenIsRefusedAndTheFirstNameSellsOn) {
  TempFolder folder;
  const std::string path = folder.File("hall.db"), link = folder.File("link.db");
  const Opened first = OpenAs(path);
  ASSERT_TRUE(first.status.ok());
  fs::create_hard_link(path, link);
  ExpectSecondName(OpenAs(link).status, link);
  EXPECT_EQ(OpenElsewhere(link), Code::kSecondName);
  ExpectNothingBeside(link);
  EXPECT_TRUE(ApplyTo(first.storage.get(), Venue(1)).ok());
}

// The number of links says nothing here: the old name is gone.
TEST(SqliteNames, AFileThatWasRenamedWhileOpenIsRefusedByItsNewName) {
  TempFolder folder;
  const std::string path = folder.File("hall.db"), other = folder.File("other.db");
  Opened first = OpenAs(path);
  ASSERT_TRUE(first.status.ok());
  fs::rename(path, other);
  ExpectSecondName(OpenAs(other).status, other);
  EXPECT_EQ(OpenElsewhere(other), Code::kSecondName);
  ExpectNothingBeside(other);
  EXPECT_EQ(ApplyTo(first.storage.get(), Venue(1)), Code::kStorageCorrupt);
  fs::rename(other, path);
  EXPECT_TRUE(first.storage->Close().ok());
  EXPECT_TRUE(OpenAs(path).status.ok());
}

// What it would read is another state: the -wal is beside the name that is open.
TEST(SqliteNames, AReaderIsRefusedByASecondNameAsWell) {
  TempFolder folder;
  const std::string path = folder.File("hall.db"), other = folder.File("other.db");
  constexpr StorageOptions kReadOnly{.read_only = true};
  ASSERT_NO_FATAL_FAILURE(MakeDatabase(path));
  {
    const Opened first = OpenAs(path);
    ASSERT_TRUE(first.status.ok());
    EXPECT_TRUE(OpenAs(path, kReadOnly).status.ok());
    fs::rename(path, other);
    ExpectSecondName(OpenAs(other, kReadOnly).status, other);
    fs::rename(other, path);
  }
  const Opened reader = OpenAs(path, kReadOnly);
  ASSERT_TRUE(reader.status.ok()) << reader.status.text();
  EXPECT_TRUE(OpenAs(path).status.ok());
  fs::rename(path, other);
  ExpectSecondName(OpenAs(other).status, other);
  ExpectNothingBeside(other);
}

TEST(SqliteNames, AGateThatWasReplacedIsASecondName) {
  TempFolder folder;
  const std::string path = folder.File("hall.db");
  Opened first = OpenAs(path);
  ASSERT_TRUE(first.status.ok());
  fs::remove(path + "-gate");
  const Opened second = OpenAs(path);
  ExpectSecondName(second.status, path);
  EXPECT_NE(second.status.text().find("-gate"), std::string::npos);
  EXPECT_EQ(OpenElsewhere(path), Code::kSecondName);
  EXPECT_TRUE(first.storage->Close().ok());
  EXPECT_TRUE(OpenAs(path).status.ok());
}

// Other spellings of one name
// ---------------------------------------------------------------------------------

TEST(SqliteNames, OtherSpellingsOfTheNameShareItsGate) {
  TempFolder folder;
  const std::string path = folder.File("hall.db");
  fs::create_directory_symlink(folder.path(), folder.File("here"));
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const Opened first = OpenAs(path);
  ASSERT_TRUE(first.status.ok());
  std::uint64_t n = 0;
  for (const std::string& name : {path, std::string("hall.db"), std::string("./hall.db"),
                                  folder.path() + "//hall.db", folder.path() + "/here/hall.db"}) {
    const Opened other = OpenAs(name);
    ASSERT_TRUE(other.status.ok()) << other.status.text();
    ASSERT_TRUE(ApplyTo(other.storage.get(), Venue(++n)).ok());
    EXPECT_EQ(CountVenues(first.storage.get(), n), n);
    EXPECT_EQ(OpenElsewhere(name), Code::kOk);
  }
  fs::current_path(before);
}

TEST(SqliteNames, ASymbolicLinkToTheFileIsRefusedInAnyFolder) {
  TempFolder folder;
  const std::string path = folder.File("hall.db");
  fs::create_directory(folder.File("elsewhere"));
  ASSERT_NO_FATAL_FAILURE(MakeDatabase(path));
  for (const std::string& link : {folder.File("link.db"), folder.File("elsewhere/hall.db")}) {
    fs::create_symlink(path, link);
    EXPECT_EQ(OpenAs(link).status, Code::kCannotOpen);
    EXPECT_EQ(OpenElsewhere(link), Code::kCannotOpen);
    ExpectNothingBeside(link);
  }
  EXPECT_TRUE(OpenAs(path).status.ok());
}

// Mounts
// ------------------------------------------------------------------------------------------

// `body` in a process with mounts of its own; false when that is not permitted here.
bool WithMounts(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) != 0) _exit(2);
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) _exit(2);
    body();
    fflush(nullptr);
    _exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 2) return false;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return true;
}

// The file under a second name, as a container gets it: a mount of the file alone.
struct Mounted {
  TempFolder folder;
  std::string path = folder.File("hall.db"), other = folder.File("volume/hall.db");

  Mounted() {
    MakeDatabase(path);
    fs::create_directory(folder.File("volume"));
    Touch(other);
  }
  void Mount() const {
    ASSERT_EQ(mount(path.c_str(), other.c_str(), nullptr, MS_BIND, nullptr), 0) << errno;
  }
};

TEST(SqliteNames, AMountOfTheFileAloneIsRefusedWhileTheOtherNameIsOpen) {
  const Mounted hall;
  const bool permitted = WithMounts([&] {
    ASSERT_NO_FATAL_FAILURE(hall.Mount());
    for (const auto& [first_name, second_name] :
         {std::pair(hall.path, hall.other), std::pair(hall.other, hall.path)}) {
      Opened first = OpenAs(first_name);
      ASSERT_TRUE(first.status.ok()) << first.status.text();
      ExpectSecondName(OpenAs(second_name).status, second_name);
      EXPECT_EQ(OpenElsewhere(second_name), Code::kSecondName);
      EXPECT_EQ(OpenElsewhere(first_name), Code::kOk);
      EXPECT_TRUE(OpenAs(first_name).status.ok());
      EXPECT_TRUE(first.storage->Close().ok());
    }
  });
  if (!permitted) GTEST_SKIP() << "mounts of one's own are not permitted here";
}

TEST(SqliteNames, OfTwoNamesThatAreOpenedAtOnceAtMostOneIs) {
  const Mounted hall;
  const bool permitted = WithMounts([&] {
    ASSERT_NO_FATAL_FAILURE(hall.Mount());
    int opened = 0;
    const int rounds = Scaled(300);
    for (int round = 0; round < rounds; ++round) {
      int go[2], told[2], leave[2];
      ASSERT_EQ(pipe(go) | pipe(told) | pipe(leave), 0);
      pid_t children[2];
      for (int i = 0; i < 2; ++i) {
        children[i] = fork();
        if (children[i] != 0) continue;
        char byte = 0;
        close(go[1]);
        close(leave[1]);
        (void)!read(go[0], &byte, 1);
        const Opened mine = OpenAs(i == 0 ? hall.path : hall.other);
        byte = mine.status.ok() ? 'y' : 'n';
        const bool expected = mine.status.ok() || mine.status == Code::kSecondName;
        (void)!write(told[1], &byte, 1);
        (void)!read(leave[0], &byte, 1);  // both have tried
        _exit(expected ? 0 : 1);
      }
      for (int end : {go[0], go[1], leave[0]}) close(end);
      int both = 0;
      for (int i = 0; i < 2; ++i) {
        char byte = 0;
        ASSERT_EQ(read(told[0], &byte, 1), 1);
        both += byte == 'y';
      }
      for (int end : {leave[1], told[0], told[1]}) close(end);
      for (const pid_t child : children) {
        int status = -1;
        waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
      }
      ASSERT_LE(both, 1) << "round " << round;
      opened += both;
    }
    EXPECT_GT(opened, 0);
  });
  if (!permitted) GTEST_SKIP() << "mounts of one's own are not permitted here";
}

// Processes that end
// -----------------------------------------------------------------------------------------

TEST(SqliteNames, AKilledProcessBindsNothingAnyMoreAlsoWhileItsForkLivesOn) {
  TempFolder folder;
  const std::string path = folder.File("hall.db");
  fs::create_directory(folder.File("moved"));
  int ready[2], never[2];
  ASSERT_EQ(pipe(ready) | pipe(never), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const Opened mine = OpenAs(path);
    const bool is_fork = fork() == 0;
    const pid_t self = getpid();
    char byte = 0;
    close(never[1]);
    if (is_fork) (void)!write(ready[1], &self, sizeof self);
    (void)!read(never[0], &byte, 1);
    _exit(0);
  }
  pid_t grandchild = 0;
  ASSERT_EQ(read(ready[0], &grandchild, sizeof grandchild),
            static_cast<ssize_t>(sizeof grandchild));
  ASSERT_EQ(kill(parent, SIGKILL), 0);
  ASSERT_EQ(waitpid(parent, nullptr, 0), parent);
  ASSERT_EQ(kill(grandchild, 0), 0);
  // Everything of it under another name, with a gate that was not there before.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::rename(path + suffix, folder.File("moved/hall.db") + suffix);
  }
  const Opened moved = OpenAs(folder.File("moved/hall.db"));
  EXPECT_TRUE(moved.status.ok()) << moved.status.text();
  for (int end : {ready[0], ready[1], never[0], never[1]}) close(end);
}

// Closing a descriptor drops every POSIX lock that the process has on the file.
TEST(SqliteNames, TheLocksOfTheHostsOwnConnectionsStay) {
  TempFolder folder;
  const std::string path = folder.File("hall.db"), link = folder.File("link.db");
  ASSERT_NO_FATAL_FAILURE(MakeDatabase(path));
  const int before = Descriptors();
  {
    PlainSql host(path);
    host.Run("BEGIN");
    ASSERT_EQ(host.Ask("SELECT count(*) FROM venues"), std::vector<std::string>{"1"});
    const int locks = PosixLocksOn(path);
    for (int round = 0; round < 3; ++round) {
      Opened first = OpenAs(path);
      ASSERT_TRUE(first.status.ok());
      ASSERT_TRUE(ApplyTo(first.storage.get(), Venue(2 + static_cast<std::uint64_t>(round))).ok());
      fs::create_hard_link(path, link);
      EXPECT_EQ(OpenAs(link).status, Code::kSecondName);
      fs::remove(link);
      EXPECT_TRUE(first.storage->Close().ok());
      EXPECT_EQ(PosixLocksOn(path), locks);
    }
    EXPECT_EQ(host.Ask("SELECT count(*) FROM venues"), std::vector<std::string>{"1"});
    EXPECT_LE(Descriptors(), before + 8);
  }
  ASSERT_NO_FATAL_FAILURE(MakeDatabase(folder.File("another.db")));  // what could not be closed
  EXPECT_EQ(Descriptors(), before);
}

TEST(SqliteNames, OneStorageThatClosesLeavesTheLocksOfAnotherOfItsProcess) {
  TempFolder folder;
  const std::string path = folder.File("hall.db");
  const Opened first = OpenAs(path);
  ASSERT_TRUE(first.status.ok());
  const int locks = PosixLocksOn(path), descriptors = Descriptors();
  for (int round = 0; round < 3; ++round) {
    Opened second = OpenAs(path);
    ASSERT_TRUE(second.status.ok());
    EXPECT_TRUE(second.storage->Close().ok());
    EXPECT_EQ(PosixLocksOn(path), locks);
  }
  EXPECT_LE(Descriptors(), descriptors + 4) << "SQLite keeps those that have locks";
  fs::rename(path, folder.File("other.db"));
  EXPECT_EQ(OpenElsewhere(folder.File("other.db")), Code::kSecondName);
  fs::rename(folder.File("other.db"), path);
}

}  // namespace
}  // namespace seathold::testing
