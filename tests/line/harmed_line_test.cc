// What becomes of a line whose file is harmed while it is open: no crash, nobody let in beyond the
// cap, no place given twice; it goes on, or is lost as a whole and rebuilt by those who come back,
// or says what is wrong.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <span>

#include "tests/line/sqlite_lines.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kHarmedCap = 2;
constexpr std::uint64_t kHarmedUsers = 40;

// A line of kHarmedUsers, kHarmedCap of them inside, with some of it in the -wal and some in the
// file.
struct OpenLineOf {
  explicit OpenLineOf(const std::string& at, const std::string& pair = "")
      : path(at), line(std::move(NewSqliteLine(at, {.max_age_ms = 0, .pair = pair})).value()) {
    EXPECT_TRUE(line->OpenLine(kShow, Config(kHarmedCap), kNow, {}).ok());
    for (std::uint64_t user = 1; user <= kHarmedUsers; ++user) {
      tokens.push_back(Join(*line, user));
      if (user == kHarmedUsers / 2) Sql(path, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  std::string path;
  std::unique_ptr<Line> line;
  std::vector<LineEntry> tokens;
};

// Whatever the file says: an answer with a code that is meant, nobody let in, no sequence twice.
class Watch {
 public:
  explicit Watch(OpenLineOf& of) : of_(of) {
    for (const LineEntry& token : of.tokens) sequences_.insert(token.sequence.value);
  }

  void CallAll() {
    LineEntry fresh{.user = UserId{next_user_++}};
    if (Note(of_.line->Join(kShow, 1, {&fresh, 1}, kNow, {}))) {
      EXPECT_EQ(fresh.state, LineState::kWaiting) << "beyond the cap";
      EXPECT_TRUE(sequences_.insert(fresh.sequence.value).second)
          << fresh.sequence.value << " was somebody else's";
    }
    std::uint32_t admitted = 0;
    (void)Note(of_.line->Admit(kShow, 1, 100, kNow, {}, &admitted));
    EXPECT_EQ(admitted, 0u);
    for (const LineEntry& token : {of_.tokens.front(), of_.tokens.back()}) {
      LineEntry polled = token;
      if (!Note(of_.line->Poll(kShow, 1, {&polled, 1}, kNow, {}))) continue;
      EXPECT_EQ(polled.state, token.state) << token.user.value;
    }
    (void)Note(of_.line->Keep(kShow, 1, {&of_.tokens.front(), 1}, {}));
    LineStats stats;
    if (Note(of_.line->Stats(kShow, kNow, &stats, {}))) {
      EXPECT_EQ(stats.active, kHarmedCap);
    }
  }
  int lost() const { return lost_; }
  int refused() const { return refused_; }

 private:
  // Whether the call was done.
  bool Note(const Status& status) {
    if (status == Code::kLineLost || status == Code::kBusy) ++lost_;
    const Code refusals[] = {Code::kWrongFile, Code::kReadOnly, Code::kCannotOpen};
    if (std::ranges::find(refusals, status.code()) != std::end(refusals)) ++refused_;
    const Code meant[] = {Code::kOk,        Code::kLineLost, Code::kBusy,
                          Code::kWrongFile, Code::kReadOnly, Code::kCannotOpen};
    EXPECT_NE(std::ranges::find(meant, status.code()), std::end(meant)) << status.text();
    return status.ok();
  }

  OpenLineOf& of_;
  std::set<std::uint64_t> sequences_;
  std::uint64_t next_user_ = 1'000;
  int lost_ = 0, refused_ = 0;
};

void Overwrite(const std::string& path, std::uint64_t from, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(from));
  file << bytes;
}

std::string Noise(std::size_t bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string noise(bytes, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  return noise;
}

std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Harm {
  const char* name;
  void (*apply)(const std::string& path);
};
constexpr Harm kHarms[] = {
    {"deleted", [](const std::string& path) { fs::remove(path); }},
    {"all of it deleted",
     [](const std::string& path) {
       for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(path + suffix);
     }},
    {"emptied", [](const std::string& path) { fs::resize_file(path, 0); }},
    {"cut to a header", [](const std::string& path) { fs::resize_file(path, 100); }},
    {"cut to a page", [](const std::string& path) { fs::resize_file(path, 4'096); }},
    {"cut within a page",
     [](const std::string& path) { fs::resize_file(path, fs::file_size(path) - 1'000); }},
    {"lengthened", [](const std::string& path) { fs::resize_file(path, 1 << 20); }},
    {"noise from the start",
     [](const std::string& path) { Overwrite(path, 0, Noise(fs::file_size(path), 1)); }},
    {"noise behind the header",
     [](const std::string& path) {
       Overwrite(path, 4'096, Noise(fs::file_size(path) - 4'096, 2));
     }},
    {"zeros",
     [](const std::string& path) { Overwrite(path, 0, std::string(fs::file_size(path), 0)); }},
};
constexpr Harm kHarmsOfTheLog[] = {
    {"log deleted", [](const std::string& path) { fs::remove(path + "-wal"); }},
    {"log emptied", [](const std::string& path) { fs::resize_file(path + "-wal", 0); }},
    {"log cut",
     [](const std::string& path) {
       fs::resize_file(path + "-wal", fs::file_size(path + "-wal") / 2);
     }},
    {"noise in the log",
     [](const std::string& path) {
       Overwrite(path + "-wal", 0, Noise(fs::file_size(path + "-wal"), 3));
     }},
    {"log and file emptied",
     [](const std::string& path) {
       fs::resize_file(path, 0);
       fs::resize_file(path + "-wal", 0);
     }},
};

// Whatever it was, the next epoch takes all of them back.
void ExpectNextEpoch(OpenLineOf& of) {
  LineConfig config = Config(kHarmedCap, 2);
  config.missing_active = kHarmedCap;
  config.missing_until = AddMs(kNow, 900'000);
  Status opened = of.line->OpenLine(kShow, config, kNow, {});
  for (int i = 0; i < 3 && !opened.ok(); ++i) opened = of.line->OpenLine(kShow, config, kNow, {});
  ASSERT_TRUE(opened.ok()) << opened.text();
  ExpectRebuilt(*of.line, 2, of.tokens);
}

TEST(HarmedLine, LetsNobodyInAndGivesNoPlaceTwice) {
  for (const bool log : {false, true}) {
    for (const Harm& harm : log ? std::span<const Harm>(kHarmsOfTheLog) : kHarms) {
      SCOPED_TRACE(harm.name);
      const TempDir dir;
      OpenLineOf of(dir.File("x-line"));
      harm.apply(of.path);
      Watch watch(of);
      for (int i = 0; i < 3; ++i) watch.CallAll();
    }
  }
}

TEST(HarmedLine, IsRebuiltInTheNextEpochByThoseWhoComeBack) {
  for (const bool log : {false, true}) {
    for (const Harm& harm : log ? std::span<const Harm>(kHarmsOfTheLog) : kHarms) {
      SCOPED_TRACE(harm.name);
      const TempDir dir;
      OpenLineOf of(dir.File("x-line"));
      harm.apply(of.path);
      Watch(of).CallAll();
      ExpectNextEpoch(of);
    }
  }
}

TEST(HarmedLine, NoiseAnywhereIsNeverMore) {
  for (int seed = 1; seed <= Scaled(60) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const TempDir dir;
    OpenLineOf of(dir.File("x-line"));
    const std::string target = of.path + (seed % 3 == 0 ? "-wal" : "");
    const std::uint64_t size = fs::file_size(target);
    Overwrite(target, random() % size, Noise(1 + random() % 600, random()));
    Watch watch(of);
    for (int i = 0; i < 3; ++i) watch.CallAll();
  }
}

TEST(HarmedLine, AFolderInItsPlaceIsNamedUntilItIsTakenAway) {
  const TempDir dir;
  OpenLineOf of(dir.File("x-line"));
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(of.path + suffix);
  fs::create_directory(of.path);
  Watch watch(of);
  watch.CallAll();
  EXPECT_GE(watch.refused(), 6);
  fs::remove(of.path);
  ExpectLost(*of.line, 1, of.tokens.back());
  ExpectNextEpoch(of);
}

// What a backup of the file would put back: its next places are somebody's already.
TEST(HarmedLine, AnOlderStateOfItselfIsLost) {
  for (const bool in_place : {false, true}) {
    SCOPED_TRACE(in_place ? "overwritten" : "renamed");
    const TempDir dir;
    OpenLineOf of(dir.File("x-line"));
    Sql(of.path, "PRAGMA wal_checkpoint(TRUNCATE)");
    fs::copy_file(of.path, dir.File("backup"));
    for (std::uint64_t user = 101; user <= 103; ++user) of.tokens.push_back(Join(*of.line, user));
    if (in_place) {
      fs::copy_file(dir.File("backup"), of.path, fs::copy_options::overwrite_existing);
      for (const char* suffix : {"-wal", "-shm"}) fs::remove(of.path + suffix);
      fs::resize_file(of.path, fs::file_size(of.path) - 1);  // or it is not looked at
      fs::copy_file(dir.File("backup"), of.path, fs::copy_options::overwrite_existing);
    } else {
      for (const char* suffix : {"-wal", "-shm"}) fs::remove(of.path + suffix);
      fs::rename(dir.File("backup"), of.path);
    }
    Watch watch(of);
    for (int i = 0; i < 3; ++i) watch.CallAll();
    if (!in_place) {
      EXPECT_GT(watch.lost(), 0);
      ExpectLost(*of.line, 1, of.tokens.back());
    }
    ExpectNextEpoch(of);
  }
}

TEST(HarmedLine, AnotherDatabasesFileInItsPlaceIsNamedAndLeftAsItIs) {
  const TempDir dir;
  OpenLineOf other(dir.File("other-line"), "the other");
  OpenLineOf of(dir.File("x-line"), "mine");
  other.line.reset();
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(of.path + suffix);
  fs::rename(other.path, of.path);
  const std::string bytes = BytesOf(of.path);
  Watch watch(of);
  for (int i = 0; i < 3; ++i) watch.CallAll();
  LineEntry fresh{.user = UserId{99}};
  const Status joined = of.line->Join(kShow, 1, {&fresh, 1}, kNow, {});
  EXPECT_EQ(joined, Code::kWrongFile);
  EXPECT_NE(joined.text().find("rm '" + of.path + "'*"), std::string::npos) << joined.text();
  EXPECT_EQ(of.line->OpenLine(kShow, Config(kHarmedCap, 2), kNow, {}), Code::kWrongFile);
  EXPECT_EQ(BytesOf(of.path), bytes);
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(of.path + suffix);  // as the text says
  ExpectLost(*of.line, 1, of.tokens.back());
  ExpectNextEpoch(of);
}

// The rest of a test, as somebody for whom permissions count. The exit code: 0 = no expectation
// failed.
int AsNobody(const std::function<void()>& rest) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65'534) != 0) ::_exit(3);
    rest();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(HarmedLine, AFileThatMayNoLongerBeWrittenIsGoneOnWithOrSaysSo) {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms::all);
  const auto loses_the_right_to_write = [&] {
    OpenLineOf of(dir.File("x-line"));
    for (const char* suffix : {"", "-wal", "-shm"}) {
      fs::permissions(of.path + suffix, fs::perms::owner_read);
    }
    // What is open stays open.
    Watch before(of);
    before.CallAll();
    EXPECT_EQ(before.lost() + before.refused(), 0);
    // What has to be opened anew is refused, and nothing is set aside.
    fs::rename(of.path, of.path + ".moved");
    fs::copy_file(of.path + ".moved", of.path);
    fs::permissions(of.path, fs::perms::owner_read);
    LineEntry fresh{.user = UserId{501}};
    const Status joined = of.line->Join(kShow, 1, {&fresh, 1}, kNow, {});
    EXPECT_EQ(joined, Code::kReadOnly) << joined.text();
    EXPECT_NE(joined.text().find("x-line"), std::string::npos) << joined.text();
    Watch after(of);
    after.CallAll();
    EXPECT_GT(after.refused(), 0);
    EXPECT_FALSE(fs::exists(of.path + ".damaged"));
  };
  EXPECT_EQ(AsNobody(loses_the_right_to_write), 0);
}

}  // namespace
}  // namespace seathold::testing
