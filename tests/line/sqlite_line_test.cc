// What only the SQLite line promises: restart, crash, several processes, a damaged file.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "src/sqlite/file.h"
#include "tests/line/sqlite_lines.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

TEST(SqliteLine, IsPrivateToItsOwnerWhateverTheUmask) {
  TempDir dir;
  const mode_t old = ::umask(0);
  auto line = MustOpen(dir.File("a.db-line"));
  ASSERT_TRUE(line->OpenLine(kShow, Config(1), kNow, {}).ok());
  ::umask(old);
  for (const char* name : {"a.db-line", "a.db-line-wal", "a.db-line-shm"}) {
    struct stat st;
    ASSERT_EQ(::stat(dir.File(name).c_str(), &st), 0) << name;
    EXPECT_EQ(st.st_mode & 0777, 0600u) << name;
  }
  EXPECT_EQ(SqliteLinePath("/x/a.db"), "/x/a.db-line");
}

TEST(SqliteLine, RefusesASymbolicLinkAMissingDirectoryAndAForeignDatabase) {
  TempDir dir;
  std::filesystem::create_symlink(dir.File("elsewhere"), dir.File("link"));
  EXPECT_EQ(NewSqliteLine(dir.File("link")).code(), Code::kCannotOpen);
  EXPECT_FALSE(std::filesystem::exists(dir.File("elsewhere")));
  EXPECT_EQ(NewSqliteLine(dir.File("none/x-line")).code(), Code::kCannotOpen);
  Sql(dir.File("foreign"), "CREATE TABLE mine(x); INSERT INTO mine VALUES(1)");
  EXPECT_EQ(NewSqliteLine(dir.File("foreign")).code(), Code::kCannotOpen);
  { auto line = MustOpen(dir.File("newer")); }
  Sql(dir.File("newer"), "PRAGMA user_version=2");
  EXPECT_EQ(NewSqliteLine(dir.File("newer")).code(), Code::kNewerSchema);
  EXPECT_EQ(NewSqliteLine("").code(), Code::kInvalidArgument);
}

// Whoever comes while another one makes the file.
TEST(SqliteLine, IsMadeOnceByManyAtOnce) {
  for (int round = 0; round < 30; ++round) {
    TempDir dir;
    std::vector<Status> opened(6);
    std::vector<std::thread> openers;
    for (Status& status : opened) {
      openers.emplace_back([&] { status = NewSqliteLine(dir.File("a.db-line")).status(); });
    }
    for (std::thread& opener : openers) opener.join();
    for (const Status& status : opened) EXPECT_TRUE(status.ok()) << status.text();
  }
}

TEST(SqliteLine, SaysThatADirectoryIsReadOnly) {
  TempDir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0555));
  const pid_t child = ::fork();
  if (child == 0) {  // root may write anywhere: be somebody else
    if (::geteuid() == 0 && ::setuid(65'534) != 0) ::_exit(3);
    const auto line = NewSqliteLine(dir.File("x-line"));
    const bool clear = line.code() == Code::kReadOnly &&
                       line.status().text().find("Permission denied") != std::string::npos;
    ::_exit(clear ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  EXPECT_EQ(status, 0);
}

TEST(SqliteLine, RestartKeepsEveryPlace) {
  TempDir dir;
  std::vector<LineEntry> tokens;
  {
    auto line = MustOpen(dir.File("x-line"));
    ASSERT_TRUE(line->OpenLine(kShow, Config(3), kNow, {}).ok());
    for (std::uint64_t user = 1; user <= 500; ++user) tokens.push_back(Join(*line, user));
    ASSERT_TRUE(line->Leave(kShow, 1, {&tokens[10], 1}, {}).ok());
    (void)Poll(*line, tokens[400], 1, AddMs(kNow, 1'000));
  }
  auto line = MustOpen(dir.File("x-line"));
  std::uint64_t ahead = 0;
  for (const LineEntry& token : tokens) {
    const LineEntry again = Poll(*line, token, 1, AddMs(kNow, 2'000));
    const bool left = token.user == tokens[10].user;
    EXPECT_EQ(again.state, left ? LineState::kAbsent : token.state);
    if (again.state == LineState::kAdmitted) {
      EXPECT_EQ(again.admitted_until, token.admitted_until);
    }
    if (again.state == LineState::kWaiting) {
      EXPECT_EQ(again.ahead, ahead++);
    }
  }
  EXPECT_EQ(ahead, 496u);
  EXPECT_EQ(Join(*line, 10'000).sequence, Sequence::Of(1, 501));
}

TEST(SqliteLine, EveryAcknowledgedJoinSurvivesAKill) {
  TempDir dir;
  const std::string path = dir.File("x-line");
  { ASSERT_TRUE(MustOpen(path)->OpenLine(kShow, Config(3), kNow, {}).ok()); }
  const int rounds = Scaled(50);
  std::map<std::uint64_t, std::uint64_t> sequences;  // by user, as acknowledged
  std::uint64_t next_user = 1;
  for (int round = 0; round < rounds; ++round) {
    int acks[2];
    ASSERT_EQ(::pipe(acks), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto line = MustOpen(path);
      for (std::uint64_t user = next_user;; ++user) {
        const LineEntry entry = Join(*line, user);
        const std::uint64_t ack[2] = {user, entry.sequence.value};
        if (::write(acks[1], ack, sizeof ack) != sizeof ack) ::_exit(1);
      }
    }
    ::close(acks[1]);
    ::usleep(static_cast<useconds_t>(15'000 + round * 997 % 10'000));
    ::kill(child, SIGKILL);
    std::uint64_t ack[2];
    while (::read(acks[0], ack, sizeof ack) == sizeof ack) {
      sequences[ack[0]] = ack[1];
      next_user = ack[0] + 1;
    }
    ::close(acks[0]);
    ::waitpid(child, nullptr, 0);
    ++next_user;  // the one in flight may be there, too
  }
  ASSERT_GT(sequences.size(), static_cast<std::size_t>(rounds));
  auto line = MustOpen(path);
  std::set<std::uint64_t> unique;
  for (const auto& [user, sequence] : sequences) {
    EXPECT_TRUE(unique.insert(sequence).second);
    EXPECT_NE(Poll(*line, {.user = UserId{user}, .sequence = Sequence{sequence}}).state,
              LineState::kAbsent);
  }
}

// Whatever stands where the numbers stood: sums with them stay in range, and the next epoch opens.
TEST(SqliteLine, ALineThatCannotBeReadIsLostAsAWhole) {
  const char* const parts[] = {
      "DELETE FROM line",
      "UPDATE line SET active_max = -1",
      "UPDATE line SET grace_ms = 0",
      "UPDATE line SET next_counter = 0",
      "UPDATE line SET seen_us = 9223372036854775807",
      "UPDATE line SET served_us = 9223372036854775807",
      "UPDATE line SET credit_at_us = -1",
      "UPDATE line SET credit = 9223372036854775807",
      "UPDATE entry SET user = 5 WHERE user = 4",
      "UPDATE entry SET sequence = sequence + 100",
      "DROP TABLE entry",
      "DROP TABLE line",
  };
  for (const char* part : parts) {
    SCOPED_TRACE(part);
    TempDir dir;
    const std::string path = dir.File("x-line");
    auto line = MustOpen(path);
    ASSERT_TRUE(line->OpenLine(kShow, Config(2, 5), kNow, {}).ok());
    std::vector<LineEntry> tokens;
    for (std::uint64_t user = 1; user <= 6; ++user) tokens.push_back(Join(*line, user, 5));
    line.reset();
    Sql(path, part);
    line = MustOpen(path);
    ExpectLost(*line, 5, tokens[4]);
    ExpectRebuilt(*line, 7, tokens);
  }
}

// After a power loss sequences may be missing that were given out: a second line of that epoch
// would give them to others.
TEST(SqliteLine, ALineOfAnotherBootIsLostAndItsEpochStaysClosed) {
  TempDir dir;
  auto line = MustOpen(dir.File("x-line"));
  ASSERT_TRUE(line->OpenLine(kShow, Config(2), kNow, {}).ok());
  std::vector<LineEntry> tokens;
  for (std::uint64_t user = 1; user <= 5; ++user) tokens.push_back(Join(*line, user));
  Sql(dir.File("x-line"), "UPDATE line SET boot = boot + 1");
  ExpectLost(*line, 1, tokens[3]);
  EXPECT_EQ(line->OpenLine(kShow, Config(2), kNow, {}).code(), Code::kLineLost);
  ExpectRebuilt(*line, 2, tokens);
}

TEST(SqliteLine, AFileOfRelease01IsSetAsideAndTheNextEpochOpens) {
  TempDir dir;
  const std::string path = dir.File("x-line");
  std::vector<LineEntry> tokens;
  {
    auto line = MustOpen(path);
    ASSERT_TRUE(line->OpenLine(kShow, Config(2), kNow, {}).ok());
    for (std::uint64_t user = 1; user <= 5; ++user) tokens.push_back(Join(*line, user));
  }
  Sql(path, "DROP TABLE file; CREATE TABLE file(id INTEGER PRIMARY KEY, commits INTEGER)");
  EXPECT_EQ(NewSqliteLine(path, {.read_only = true}).code(), Code::kLineLost);
  EXPECT_FALSE(std::filesystem::exists(path + ".damaged"));
  auto line = MustOpen(path);
  EXPECT_TRUE(std::filesystem::exists(path + ".damaged"));
  ExpectLost(*line, 1, tokens[3]);
  ExpectRebuilt(*line, 2, tokens);
}

// Each catches up by what has changed since it looked, and by the whole line where that is cheaper.
TEST(SqliteLine, TwoThatTakeTurnsAgreeOnEveryPlace) {
  TempDir dir;
  auto one = MustOpen(dir.File("x-line"));
  auto two = MustOpen(dir.File("x-line"));
  ASSERT_TRUE(one->OpenLine(kShow, Config(2), kNow, {}).ok());
  std::vector<LineEntry> places;
  for (std::uint64_t user = 1; user <= 40; ++user) {
    places.push_back(Join(user % 3 == 0 ? *two : *one, user));
    if (user % 5 == 0) {
      ASSERT_TRUE((user % 2 == 0 ? *one : *two).Leave(kShow, 1, {&places[user / 2], 1}, {}).ok());
    }
    std::uint32_t admitted = 0;
    ASSERT_TRUE((user % 2 == 0 ? *two : *one).Admit(kShow, 1, 2, kNow, {}, &admitted).ok());
    for (const LineEntry& place : places) {
      const LineEntry here = Poll(*one, place), there = Poll(*two, place);
      ASSERT_EQ(here.state, there.state) << place.user.value;
      ASSERT_EQ(here.ahead, there.ahead) << place.user.value;
    }
  }
}

TEST(SqliteLine, ADeletedFileIsALostLineAndIsMadeAgain) {
  TempDir dir;
  const std::string path = dir.File("x-line");
  auto line = MustOpen(path);
  ASSERT_TRUE(line->OpenLine(kShow, Config(2), kNow, {}).ok());
  std::vector<LineEntry> tokens;
  for (std::uint64_t user = 1; user <= 5; ++user) tokens.push_back(Join(*line, user));
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  ExpectLost(*line, 1, tokens[3]);
  ExpectRebuilt(*line, 2, tokens);
}

// Whatever stands in the file: no crash, no admission, and the next epoch opens.
TEST(SqliteLine, GarbageAndTruncationNeverCrashAndTheNextEpochOpens) {
  for (const bool live : {false, true}) {
    for (int kind = 0; kind < 6; ++kind) {
      SCOPED_TRACE(std::to_string(kind) + (live ? " live" : " closed"));
      TempDir dir;
      const std::string path = dir.File("x-line");
      auto line = MustOpen(path);
      ASSERT_TRUE(line->OpenLine(kShow, Config(2), kNow, {}).ok());
      std::vector<LineEntry> tokens;
      for (std::uint64_t user = 1; user <= 300; ++user) tokens.push_back(Join(*line, user));
      if (!live) line.reset();
      const auto size = std::filesystem::file_size(path);
      if (kind == 0) std::filesystem::resize_file(path, 0);
      if (kind == 1) std::filesystem::resize_file(path, size / 2);
      if (kind == 2) std::filesystem::resize_file(path, 100);
      if (kind >= 3) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const std::uint64_t from = kind == 3 ? 0 : kind == 4 ? 4'096 : size / 2;
        file.seekp(static_cast<std::streamoff>(from));
        file << std::string(std::max<std::uint64_t>(size - from, 64), 'x');
      }
      if (!live) line = MustOpen(path);
      ASSERT_NE(line, nullptr);
      std::uint32_t admitted = 0;
      const Status status = line->Admit(kShow, 1, 100, kNow, {}, &admitted);
      EXPECT_EQ(admitted, 0u);
      EXPECT_TRUE(status.ok() || status == Code::kLineLost || status == Code::kBusy)
          << status.text();
      LineConfig config = Config(2, 2);
      Status opened = line->OpenLine(kShow, config, kNow, {});
      if (!opened.ok()) opened = line->OpenLine(kShow, config, kNow, {});
      EXPECT_TRUE(opened.ok()) << opened.text();
      EXPECT_EQ(Poll(*line, tokens[5], 2).state, LineState::kWaiting);
    }
  }
}

TEST(SqliteLine, AnotherProcessSeesAnAdmissionWithinMaxAge) {
  TempDir dir;
  auto admits = MustOpen(dir.File("x-line"));
  auto polls = MustOpen(dir.File("x-line"), 250);
  ASSERT_TRUE(admits->OpenLine(kShow, Config(1), kNow, {}).ok());
  const LineEntry in = Join(*admits, 1);
  const LineEntry waiting = Join(*polls, 2);
  ASSERT_TRUE(admits->Leave(kShow, 1, {&in, 1}, {}).ok());
  std::uint32_t admitted = 0;
  ASSERT_TRUE(admits->Admit(kShow, 1, 1, kNow, {}, &admitted).ok());
  ASSERT_EQ(admitted, 1u);
  const std::int64_t start_ns = MonotonicNs();
  while (Poll(*polls, waiting).state != LineState::kAdmitted) {
    ASSERT_LT(MonotonicNs() - start_ns, 400'000'000);
  }
}

TEST(SqliteLine, HeartbeatsGivenToOneProcessCountInTheOther) {
  TempDir dir;
  auto admits = MustOpen(dir.File("x-line"));
  auto polls = MustOpen(dir.File("x-line"), 250);
  ASSERT_TRUE(admits->OpenLine(kShow, Config(1), kNow, {}).ok());
  LineEntry in = Join(*admits, 1);
  in.admitted_until = AddMs(kNow, 10'000'000);
  ASSERT_TRUE(admits->Keep(kShow, 1, {&in, 1}, {}).ok());
  const LineEntry alive = Join(*polls, 2);
  (void)Join(*polls, 3);  // silent
  TimeUs now = kNow;
  for (int i = 0; i < 40; ++i) {
    now = AddMs(now, 5'000);
    EXPECT_EQ(Poll(*polls, alive, 1, now).state, LineState::kWaiting);
    std::uint32_t admitted = 0;
    ASSERT_TRUE(admits->Admit(kShow, 1, 1, now, {}, &admitted).ok());
  }
  LineStats stats;
  ASSERT_TRUE(admits->Stats(kShow, now, &stats, {}).ok());
  EXPECT_EQ(stats.waiting, 1u);
  EXPECT_EQ(stats.dropped_total, 1u);
}

TEST(SqliteLine, IsBusyByTheDeadlineWhileAnotherHoldsTheFile) {
  TempDir dir;
  auto line = MustOpen(dir.File("x-line"), 60'000);
  ASSERT_TRUE(line->OpenLine(kShow, Config(1), kNow, {}).ok());
  const LineEntry in = Join(*line, 1);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(dir.File("x-line").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  LineEntry second{.user = UserId{2}};
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(line->Join(kShow, 1, {&second, 1}, kNow, Deadline::After({50})).code(), Code::kBusy);
  EXPECT_LT(MonotonicNs() - start_ns, 250'000'000);
  EXPECT_EQ(Poll(*line, in).state, LineState::kAdmitted);  // polls go on
  sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  EXPECT_EQ(Join(*line, 2).state, LineState::kWaiting);
}

TEST(SqliteLine, AForkedChildIsRefusedAndHarmsNothing) {
  TempDir dir;
  auto line = MustOpen(dir.File("x-line"));
  ASSERT_TRUE(line->OpenLine(kShow, Config(1), kNow, {}).ok());
  const pid_t child = ::fork();
  if (child == 0) {
    LineEntry entry{.user = UserId{2}};
    const bool refused = line->Join(kShow, 1, {&entry, 1}, kNow, {}) == Code::kForked;
    line.reset();
    ::_exit(refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(Join(*line, 1).state, LineState::kAdmitted);
}

TEST(SqliteLine, TwoProcessesShareOneOrderAndOneCap) {
  TempDir dir;
  const std::string path = dir.File("x-line");
  constexpr std::uint32_t kCap = 20;
  { ASSERT_TRUE(MustOpen(path)->OpenLine(kShow, Config(kCap), kNow, {}).ok()); }
  const int each = Scaled(5'000);
  int out[2];
  ASSERT_EQ(::pipe(out), 0);
  pid_t children[2];
  for (std::uint64_t c = 0; c < 2; ++c) {
    children[c] = ::fork();
    if (children[c] != 0) continue;
    auto line = MustOpen(path);
    std::uint64_t last = 0;
    bool good = true;
    for (int i = 0; i < each; ++i) {
      const LineEntry entry = Join(*line, 1 + c * 1'000'000 + static_cast<std::uint64_t>(i));
      good = good && entry.sequence.value > last;
      last = entry.sequence.value;
      std::uint32_t admitted = 0;
      LineStats stats;
      good = good && line->Admit(kShow, 1, 3, kNow, {}, &admitted).ok() &&
             line->Stats(kShow, kNow, &stats, {}).ok() && stats.active <= kCap;
      if (entry.state == LineState::kAdmitted) (void)line->Leave(kShow, 1, {&entry, 1}, {});
      good = good && ::write(out[1], &last, sizeof last) == sizeof last;
    }
    ::_exit(good ? 0 : 1);
  }
  ::close(out[1]);
  std::set<std::uint64_t> unique;
  std::uint64_t sequence = 0;
  while (::read(out[0], &sequence, sizeof sequence) == sizeof sequence) unique.insert(sequence);
  ::close(out[0]);
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(unique.size(), static_cast<std::size_t>(2 * each));
  EXPECT_EQ(*unique.rbegin(), Sequence::Of(1, static_cast<std::uint64_t>(2 * each)).value);
}

TEST(SqliteLine, MapsEveryDriverErrorToOneOfOurs) {
  const std::pair<int, Code> table[] = {
      {SQLITE_OK, Code::kOk},
      {SQLITE_DONE, Code::kOk},
      {SQLITE_ROW, Code::kOk},
      {SQLITE_BUSY, Code::kBusy},
      {SQLITE_BUSY_SNAPSHOT, Code::kBusy},
      {SQLITE_LOCKED, Code::kBusy},
      {SQLITE_PROTOCOL, Code::kBusy},
      {SQLITE_INTERRUPT, Code::kBusy},
      {SQLITE_IOERR_FSYNC, Code::kBusy},
      {SQLITE_IOERR_SHORT_READ, Code::kBusy},
      {SQLITE_FULL, Code::kStorageFull},
      {SQLITE_NOMEM, Code::kOutOfMemory},
      {SQLITE_READONLY_DIRECTORY, Code::kReadOnly},
      {SQLITE_PERM, Code::kReadOnly},
      {SQLITE_CANTOPEN_SYMLINK, Code::kCannotOpen},
      {SQLITE_CORRUPT_VTAB, Code::kLineLost},
      {SQLITE_NOTADB, Code::kLineLost},
      {SQLITE_ERROR, Code::kLineLost},
      {SQLITE_CONSTRAINT_DATATYPE, Code::kLineLost},
      {SQLITE_MISMATCH, Code::kLineLost},
      {SQLITE_MISUSE, Code::kInternal},
      {SQLITE_TOOBIG, Code::kInternal},
  };
  constexpr auto kPhase = sqlite::Phase::kLine;
  for (const auto& [code, ours] : table) {
    EXPECT_EQ(sqlite::MapError(code, kPhase, "x").code(), ours) << code;
  }
  EXPECT_EQ(sqlite::FileError("x", EROFS, kPhase), Code::kReadOnly);
  EXPECT_EQ(sqlite::FileError("x", EACCES, kPhase), Code::kReadOnly);
  EXPECT_EQ(sqlite::FileError("x", ENOSPC, kPhase), Code::kStorageFull);
  EXPECT_EQ(sqlite::FileError("x", ENOTDIR, kPhase), Code::kCannotOpen);
  EXPECT_EQ(sqlite::FileError("x", EACCES), Code::kCannotOpen);  // for a database, as ever
}

}  // namespace
}  // namespace seathold::testing
