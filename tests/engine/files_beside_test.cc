// The files beside a database: each says whose it is, and none is made where it would hide a loss.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "seathold/adapter/parts.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

std::string Bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> FilesIn(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::string Fixture(const std::string& suffix) {
  const char* source = ::getenv("SEATHOLD_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/tests/fixtures/0.1/hall.db" + suffix;
}

// A hall with a queue, written to and closed.
class FilesBeside : public ::testing::Test {
 protected:
  void Sell(const std::string& name) {
    Hall hall;
    hall.path = folder_.File(name);
    ASSERT_NO_FATAL_FAILURE(hall.Build(2, 5));
    ShowSpec queued;
    queued.title = "Rush";
    queued.requires_pass = true;
    queued.active_max = 1;
    const auto show = hall.engine->catalog().AddShow(queued);
    ASSERT_TRUE(show.ok()) << show.status().text();
    const JoinRequest join{*show, {7}};
    Place place = hall.engine->queue().Join(join);
    ASSERT_TRUE(place.status.ok()) << place.status.text();
    customer_ = hall.engine->accounts().UserIdFor("customer-1").value();
    ASSERT_TRUE(hall.engine->Close().ok());
  }
  Status Try(const std::string& name, EngineOptions options = {}) {
    engine_.reset();
    options.storage = "sqlite:" + folder_.File(name);
    EngineParts parts;
    parts.clock = std::make_shared<ManualClock>(kHallStart);
    auto opened = Engine::Open(options, std::move(parts));
    if (opened.ok()) engine_ = std::move(opened).value();
    return opened.status();
  }
  // By another process: closing a file in this one would drop SQLite's locks.
  static void CopyOut(const std::string& from, const std::string& to) {
    ASSERT_EQ(std::system(("cp -p '" + from + "' '" + to + "'").c_str()), 0);
  }
  // Leaves NAME.backup, and NAME.crashed with NAME.log: the state after it, without a clean close.
  void Crash(const std::string& name, int sold_before, int sold_after) {
    Hall hall;
    hall.path = folder_.File(name);
    ASSERT_NO_FATAL_FAILURE(hall.Build(2, 5));
    std::uint32_t seat = 0;
    const auto sell = [&](int seats) {
      for (; seats > 0; --seats, ++seat) {
        ASSERT_TRUE(hall.Charge(seat + 1, 1'000'000).status.ok());
        const HoldId held = hall.Held(seat + 1, {seat});
        ASSERT_TRUE(hall.Pay(seat + 1, held, hall.NewTransfer()).status.ok());
      }
    };
    sell(sold_before);
    ASSERT_TRUE(hall.engine->Backup(hall.path + ".backup").ok());
    sell(sold_after);
    CopyOut(hall.path, hall.path + ".crashed");
    CopyOut(hall.path + "-wal", hall.path + ".log");
    ASSERT_TRUE(hall.engine->Close().ok());
  }
  void Move(const std::string& from, const std::string& to) {
    fs::rename(folder_.File(from), folder_.File(to));
  }

  HallFolder folder_;
  UserId customer_;
  std::unique_ptr<Engine> engine_;
};

// A backup has its pages in another order: what a mixture with a foreign log says of itself proves
// nothing, and may not be readable at all.
TEST_F(FilesBeside, ABackupPutOverACrashIsNotMixedWithItsLogWhateverWasSold) {
  for (const int sold_before : {0, 1, 3}) {
    for (const int sold_after : {0, 1, 2}) {
      SCOPED_TRACE(std::to_string(sold_before) + " before, " + std::to_string(sold_after));
      const std::string name = std::to_string(sold_before) + std::to_string(sold_after) + ".db";
      const std::string path = folder_.File(name);
      Crash(name, sold_before, sold_after);
      for (const bool shm : {true, false}) {
        for (const bool read_only : {true, false}) {
          CopyOut(path + ".backup", path), CopyOut(path + ".log", path + "-wal");
          if (!shm) fs::remove(path + "-shm");
          const Status wrong = Try(name, {.read_only = read_only});
          EXPECT_EQ(wrong, Code::kWrongFile) << wrong.text();
          EXPECT_TRUE(Bytes(path) == Bytes(path + ".backup"));
          EXPECT_TRUE(Bytes(path + "-wal") == Bytes(path + ".log"));
        }
      }
      CopyOut(path + ".crashed", path);
      EXPECT_TRUE(Try(name).ok()) << "its own log";
      ASSERT_NE(engine_, nullptr);
      EXPECT_TRUE(engine_->Verify()->clean());
      engine_.reset();
    }
  }
}

TEST_F(FilesBeside, ABackupPutUnderALivingHostIsRefusedToWhoComesAndToldToWhoReads) {
  Hall hall;
  hall.path = folder_.File("a.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 5));
  hall.Held(1, {0});
  ASSERT_TRUE(hall.engine->Backup(folder_.File("monday.db")).ok());
  hall.Held(2, {1});
  auto reader = Engine::Open({.storage = "sqlite:" + hall.path, .read_only = true});
  ASSERT_TRUE(reader.ok()) << reader.status().text();
  Move("monday.db", "a.db");
  const std::string file = Bytes(hall.path), log = Bytes(hall.path + "-wal");
  for (const bool read_only : {true, false}) {
    EXPECT_EQ(Try("a.db", {.read_only = read_only}), Code::kWrongFile);
    EXPECT_TRUE(Bytes(hall.path) == file);
    EXPECT_TRUE(Bytes(hall.path + "-wal") == log);
  }
  EXPECT_EQ((*reader)->Verify().status(), Code::kStorageCorrupt) << "of another file than it shows";
}

TEST_F(FilesBeside, MissingKeysAreSaidAndNotMadeAnew) {
  Sell("a.db");
  Move("a.db.keys", "kept");
  const Status missing = Try("a.db");
  EXPECT_EQ(missing, Code::kKeysMissing);
  EXPECT_NE(missing.text().find("--new-keys"), std::string::npos) << missing.text();
  EXPECT_FALSE(fs::exists(folder_.File("a.db.keys")));
  Move("kept", "a.db.keys");
  ASSERT_TRUE(Try("a.db").ok());
  EXPECT_EQ(engine_->accounts().UserIdFor("customer-1").value(), customer_);
}

TEST_F(FilesBeside, NewKeysAreMadeForWhoMeansIt) {
  Sell("a.db");
  fs::remove(folder_.File("a.db.keys"));
  ASSERT_TRUE(Try("a.db", {.new_keys = true}).ok());
  EXPECT_NE(engine_->accounts().UserIdFor("customer-1").value(), customer_);
  const std::string keys = Bytes(folder_.File("a.db.keys"));
  // With keys there, the option has nothing to do.
  ASSERT_TRUE(Try("a.db", {.new_keys = true}).ok());
  EXPECT_EQ(Bytes(folder_.File("a.db.keys")), keys);
}

TEST_F(FilesBeside, ADatabaseThatNobodyUsedYetGetsItsKeysLate) {
  // As a crash leaves it between making the database and making its keys.
  ASSERT_TRUE(Try("a.db").ok());
  engine_.reset();
  fs::remove(folder_.File("a.db.keys"));
  EXPECT_TRUE(Try("a.db").ok());
}

TEST_F(FilesBeside, TheKeysOfAnotherDatabaseAreRefusedUntouched) {
  Sell("a.db"), Sell("b.db");
  fs::copy_file(folder_.File("b.db.keys"), folder_.File("a.db.keys"),
                fs::copy_options::overwrite_existing);
  const std::string keys = Bytes(folder_.File("a.db.keys"));
  for (const EngineOptions& options :
       {EngineOptions{}, EngineOptions{.new_keys = true}, EngineOptions{.read_only = true}}) {
    const Status wrong = Try("a.db", options);
    EXPECT_EQ(wrong, Code::kWrongFile) << wrong.text();
    EXPECT_NE(wrong.text().find("cp -p"), std::string::npos) << wrong.text();
    EXPECT_EQ(Bytes(folder_.File("a.db.keys")), keys);
  }
}

TEST_F(FilesBeside, KeysSwappedUnderARunningEngineAreNotTakenOver) {
  Sell("a.db"), Sell("b.db");
  ASSERT_TRUE(Try("a.db").ok());
  fs::copy_file(folder_.File("b.db.keys"), folder_.File("a.db.keys"),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(engine_->RotateKeys(), Code::kWrongFile);
  EXPECT_EQ(engine_->accounts().UserIdFor("customer-1").value(), customer_);
}

TEST_F(FilesBeside, TheLineOfAnotherDatabaseIsRefusedUntouched) {
  Sell("a.db"), Sell("b.db");
  fs::copy_file(folder_.File("b.db-line"), folder_.File("a.db-line"),
                fs::copy_options::overwrite_existing);
  const std::string line = Bytes(folder_.File("a.db-line"));
  const Status wrong = Try("a.db");
  EXPECT_EQ(wrong, Code::kWrongFile) << wrong.text();
  EXPECT_EQ(Bytes(folder_.File("a.db-line")), line);
  // The command that the text names mends it.
  EXPECT_NE(wrong.text().find("rm '" + folder_.File("a.db-line") + "'*"), std::string::npos);
  fs::remove(folder_.File("a.db-line"));
  EXPECT_TRUE(Try("a.db").ok());
}

// The first buyer of a new database waited behind the ghosts of an old one, and the old one's
// passes held seats.
TEST_F(FilesBeside, ANewDatabaseTakesNothingFromAnOldOneOfItsName) {
  Sell("a.db");
  fs::remove(folder_.File("a.db"));
  EXPECT_EQ(Try("a.db"), Code::kWrongFile);
  fs::remove(folder_.File("a.db-line"));
  EXPECT_EQ(Try("a.db"), Code::kWrongFile) << "the keys";
  fs::remove(folder_.File("a.db.keys"));
  EXPECT_TRUE(Try("a.db").ok());
}

// Release 0.1 named its files by no database: its keys are taken by its own databases only. Its
// line is taken by none: the next one is made under a higher epoch, with every place that returns.
TEST_F(FilesBeside, KeysThatNameNoDatabaseAreTakenByThoseOfRelease01Only) {
  Sell("new.db");
  for (const char* suffix : {"", "-line", ".keys"}) {
    fs::copy_file(Fixture(suffix), folder_.File(std::string("old.db") + suffix));
    fs::permissions(folder_.File(std::string("old.db") + suffix),
                    fs::perms::owner_read | fs::perms::owner_write);
  }
  const std::string own = folder_.File("new.db.keys");
  fs::rename(own, own + ".own");
  fs::copy_file(folder_.File("old.db.keys"), own);
  EXPECT_EQ(Try("new.db"), Code::kWrongFile);
  fs::rename(own + ".own", own);
  ASSERT_TRUE(Try("new.db").ok());
  const auto open_old = [&] {
    EngineParts parts;
    parts.clock = std::make_shared<ManualClock>(TimeUs{1'900'000'000'000'000});
    return Engine::Open({.storage = "sqlite:" + folder_.File("old.db")}, std::move(parts));
  };
  ASSERT_TRUE(open_old().ok());
  EXPECT_NE(Bytes(folder_.File("old.db.keys")).find("\n# pair "), std::string::npos);
  EXPECT_TRUE(fs::exists(folder_.File("old.db-line.damaged")));
  EXPECT_EQ(SqlNumber(folder_.File("old.db-line"), "SELECT count(*) FROM file WHERE pair <> ''"),
            1);
  ASSERT_TRUE(open_old().ok()) << "and once more";
}

class ReadOnly : public FilesBeside {};

TEST_F(ReadOnly, ReadsAndRefusesEveryChange) {
  Sell("a.db");
  const auto before = FilesIn(folder_.File(""));
  const std::string bytes = Bytes(folder_.File("a.db"));
  ASSERT_TRUE(Try("a.db", {.sweeper_thread = true, .read_only = true}).ok());
  EXPECT_EQ(engine_->reservations().Count({1}).value().available, 10u);
  EXPECT_TRUE(engine_->Verify().value().clean());
  EXPECT_EQ(engine_->accounts().UserIdFor("customer-1").value(), customer_);
  const SeatTicket seat{MakeSeatId({1}, 0)};
  const HoldRequest hold{
      .id = {engine_->NewId()}, .user = {7}, .performance = {1}, .seats = {&seat, 1}};
  HoldReply held = engine_->reservations().Hold(hold);
  EXPECT_EQ(held.status, Code::kReadOnly);
  const ChargeRequest charge{{engine_->NewId()}, {7}, {100, kEuro}, ""};
  TransferReply charged = engine_->wallet().Charge(charge);
  EXPECT_EQ(charged.status, Code::kReadOnly);
  const JoinRequest join{{2}, {8}};
  Place place = engine_->queue().Join(join);
  EXPECT_EQ(place.status, Code::kReadOnly);
  // Before anything else is looked at, as their documentation says.
  EXPECT_EQ(engine_->queue().Admit({999}, 1).code(), Code::kReadOnly);
  EXPECT_EQ(engine_->queue().Revoke({999}, {8}), Code::kReadOnly);
  EXPECT_EQ(engine_->queue().Leave("no token"), Code::kReadOnly);
  place = engine_->queue().Poll("no token");
  EXPECT_EQ(place.status, Code::kReadOnly);
  EXPECT_EQ(engine_->queue().Admit({}, 0).code(), Code::kInvalidArgument);
  EXPECT_EQ(engine_->queue().Stats({999}).code(), Code::kUnknownShow);
  EXPECT_EQ(engine_->catalog().AddShow({.title = "x"}).code(), Code::kReadOnly);
  EXPECT_EQ(engine_->accounts().Register("a@example.org", "a long enough secret").code(),
            Code::kReadOnly);
  EXPECT_EQ(engine_->accounts().UserIdFor("customer-2").code(), Code::kReadOnly);
  EXPECT_EQ(engine_->Sweep(10).code(), Code::kReadOnly);
  EXPECT_EQ(engine_->RotateKeys(), Code::kReadOnly);
  EXPECT_TRUE(engine_->Backup(folder_.File("copy.db")).ok()) << "the copy is another file";
  fs::remove(folder_.File("copy.db"));
  engine_.reset();
  EXPECT_EQ(FilesIn(folder_.File("")), before);
  EXPECT_EQ(Bytes(folder_.File("a.db")), bytes);
}

TEST_F(ReadOnly, MakesNothingBesideWhatItRefuses) {
  std::ofstream(folder_.File("empty.db")).flush();
  std::ofstream(folder_.File("text.db")) << std::string(9'000, 'x');
  {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder_.File("foreign.db").c_str(), &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA journal_mode = WAL; CREATE TABLE t(x)", nullptr, nullptr, nullptr);
    sqlite3_close(db);
  }
  const auto before = FilesIn(folder_.File(""));
  for (const char* name : {"empty.db", "text.db", "foreign.db", "none.db"}) {
    for (const EngineOptions& options :
         {EngineOptions{.read_only = true}, EngineOptions{.create = false}}) {
      EXPECT_FALSE(Try(name, options).ok()) << name;
      EXPECT_EQ(FilesIn(folder_.File("")), before) << name;
    }
  }
}

TEST_F(ReadOnly, NeedsNoKeysThatAreNotForItsEyes) {
  Sell("a.db");
  fs::permissions(folder_.File("a.db.keys"), fs::perms(0644));
  EXPECT_EQ(Try("a.db"), Code::kCannotOpen);
  ASSERT_TRUE(Try("a.db", {.read_only = true}).ok());
  EXPECT_TRUE(engine_->Verify()->clean());
  EXPECT_EQ(engine_->accounts().Authenticate("x.y.z").status(), Code::kKeysMissing);
}

TEST_F(ReadOnly, AFreshBackupNeedsNoKeysAndGetsNone) {
  Sell("a.db");
  ASSERT_TRUE(Try("a.db").ok());
  ASSERT_TRUE(engine_->Backup(folder_.File("copy.db")).ok());
  ASSERT_TRUE(Try("copy.db", {.read_only = true}).ok());
  EXPECT_TRUE(engine_->Verify().value().clean());
  EXPECT_EQ(engine_->accounts().UserIdFor("customer-1").code(), Code::kKeysMissing);
  EXPECT_EQ(engine_->accounts().Authenticate("x").code(), Code::kKeysMissing);
  engine_.reset();
  for (const std::string& name : FilesIn(folder_.File(""))) {
    EXPECT_EQ(name == "copy.db", name.starts_with("copy")) << name;
  }
}

TEST_F(ReadOnly, ADatabaseOfAnOlderReleaseStaysAsItIs) {
  const std::string path = folder_.File("old.db");
  fs::copy_file(Fixture(""), path);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  const std::string bytes = Bytes(path);
  EXPECT_EQ(Try("old.db", {.read_only = true}), Code::kReadOnly);
  EXPECT_EQ(Bytes(path), bytes);
}

}  // namespace
}  // namespace seathold::testing
