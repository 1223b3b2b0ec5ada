// An engine behind a journal: who owns the database, what a crash leaves, what goes together.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "seathold/restore.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/storage/storage_homes.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

const Currency kEuro = *ParseCurrency("EUR");
constexpr UserId kAnn{7};

class JournalEngine : public ::testing::Test {
 protected:
  std::string Path() const { return folder_.File("hall.db"); }
  std::string Uri() const { return "sqlite:" + Path() + "?journal=on"; }

  static Result<std::unique_ptr<Engine>> Try(const std::string& uri, bool read_only = false) {
    EngineOptions options;
    options.storage = uri;
    options.read_only = read_only;
    return Engine::Open(options);
  }
  static std::unique_ptr<Engine> Open(const std::string& uri) {
    auto engine = Try(uri);
    EXPECT_TRUE(engine.ok()) << engine.status().text();
    return engine.ok() ? std::move(engine).value() : nullptr;
  }
  // With halves that a few dozen charges fill.
  std::unique_ptr<Engine> OpenSmall(std::uint64_t half_bytes, bool settler_thread) const {
    JournalOptions small;
    small.half_bytes = half_bytes;
    small.settler_thread = settler_thread;
    EngineParts parts;
    parts.storage = NewJournalStorage(NewSqliteStorage(SqliteAt(Path())), small);
    auto engine = Engine::Open({}, std::move(parts));
    EXPECT_TRUE(engine.ok()) << engine.status().text();
    return engine.ok() ? std::move(engine).value() : nullptr;
  }
  static void Charge(Engine& engine, int times) {
    for (int i = 0; i < times; ++i) {
      const TransferReply reply = engine.wallet().Charge(
          {.id = engine.NewTransferId(), .user = kAnn, .amount = {100, kEuro}, .reference = "x"});
      ASSERT_TRUE(reply.ok()) << reply.status.text();
    }
  }
  static std::int64_t Balance(Engine& engine) {
    return engine.wallet().Balance(kAnn, kEuro).value().minor;
  }
  static void ExpectClean(Engine& engine) {
    const auto report = engine.Verify();
    ASSERT_TRUE(report.ok()) << report.status().text();
    EXPECT_TRUE(report->clean());
  }
  // What a process killed now would leave, in another folder.
  static void CopyTo(const TempFolder& folder, const std::string& path) {
    for (const char* suffix : {"", "-wal", "-log", ".keys"}) {
      if (fs::exists(path + suffix)) {
        fs::copy_file(path + suffix, folder.File("hall.db") + suffix,
                      fs::copy_options::overwrite_existing);
      }
    }
  }

  TempFolder folder_;
};

TEST_F(JournalEngine, SellsAndLeavesAnOrdinaryDatabase) {
  {
    const auto engine = Open(Uri());
    Charge(*engine, 3);
    EXPECT_EQ(Balance(*engine), 300);
    EXPECT_TRUE(fs::exists(Path() + "-log"));
    const Stats stats = engine->stats();
    EXPECT_EQ(stats.storage.durability, "every commit synced to a log");
    EXPECT_FALSE(stats.storage.shared);
    EXPECT_EQ(stats.line, "memory");
    ExpectClean(*engine);
    ASSERT_TRUE(engine->Close().ok());
  }
  EXPECT_FALSE(fs::exists(Path() + "-log"));
  const auto engine = Open("sqlite:" + Path());
  EXPECT_EQ(Balance(*engine), 300);
  ExpectClean(*engine);
}

TEST_F(JournalEngine, HasTheDatabaseToItself) {
  const auto owner = Open(Uri());
  EXPECT_EQ(Try("sqlite:" + Path()).status(), Code::kNotOwner);
  EXPECT_EQ(Try(Uri()).status(), Code::kNotOwner);
  EXPECT_EQ(Try("sqlite:" + Path(), true).status(), Code::kNotOwner);
  Charge(*owner, 1);  // and goes on
  ASSERT_TRUE(owner->Close().ok());
  EXPECT_TRUE(Try("sqlite:" + Path()).ok());
}

// From before the database says that it has a journal.
TEST_F(JournalEngine, AnOwnedStorageIsNobodyElses) {
  const auto owner = NewSqliteStorage(SqliteAt(Path())), other = NewSqliteStorage(SqliteAt(Path()));
  ASSERT_TRUE(owner->Open({.owned = true}).ok());
  EXPECT_EQ(other->Open({}).status(), Code::kNotOwner);
  EXPECT_EQ(other->Open({.owned = true}).status(), Code::kNotOwner);
  ASSERT_TRUE(owner->Close().ok());
  EXPECT_TRUE(other->Open({}).ok());
}

// What is in front of it may go on, and write where the next owner would.
TEST_F(JournalEngine, AnOwnedStorageThatFailedIsNobodyElsesUntilItIsClosed) {
  const auto owner = NewSqliteStorage(SqliteAt(Path())), other = NewSqliteStorage(SqliteAt(Path()));
  ASSERT_TRUE(owner->Open({.owned = true}).ok());
  ASSERT_TRUE(fs::remove(Path() + "-wal"));
  EXPECT_EQ(owner->Begin(Access::kWrite, Soon()).status(), Code::kStorageCorrupt);
  EXPECT_EQ(other->Open({}).status(), Code::kNotOwner);
  EXPECT_EQ(other->Open({.owned = true}).status(), Code::kNotOwner);
  ASSERT_TRUE(owner->Close().ok());
  EXPECT_TRUE(other->Open({.owned = true}).ok());
}

TEST_F(JournalEngine, IsRefusedWhileTheDatabaseIsOpenElsewhere) {
  const auto other = Open("sqlite:" + Path());
  EXPECT_EQ(Try(Uri()).status(), Code::kNotOwner);
  Charge(*other, 1);
  EXPECT_FALSE(fs::exists(Path() + "-log"));
  ASSERT_TRUE(other->Close().ok());
  EXPECT_EQ(Balance(*Open(Uri())), 100);
}

TEST_F(JournalEngine, WhatAKillLeavesIsTakenInByWhoOpensIt) {
  for (const bool journal : {true, false}) {
    TempFolder left;
    {
      const auto engine = Open(Uri());
      const std::int64_t before = Balance(*engine);
      Charge(*engine, 5);
      CopyTo(left, Path());
      ASSERT_EQ(Balance(*engine), before + 500);
    }
    const std::string uri = "sqlite:" + left.File("hall.db");
    EXPECT_EQ(Try(uri, true).status(), Code::kNotOwner) << "a reader changes nothing";
    EXPECT_TRUE(fs::exists(left.File("hall.db-log")));
    const auto engine = Open(journal ? uri + "?journal=on" : uri);
    EXPECT_EQ(Balance(*engine), journal ? 500 : 1'000);
    ExpectClean(*engine);
    EXPECT_EQ(fs::exists(left.File("hall.db-log")), journal);
  }
}

TEST_F(JournalEngine, WhatAKillLeavesIsWholeAtAnyTime) {
  const auto opened = OpenSmall(4 << 10, false);
  ASSERT_NE(opened, nullptr);
  for (int i = 1; i <= 40; ++i) {
    SCOPED_TRACE(i);
    Charge(*opened, 5);
    TempFolder left;
    CopyTo(left, Path());
    const auto engine = Open("sqlite:" + left.File("hall.db"));
    ASSERT_NE(engine, nullptr);
    ASSERT_EQ(Balance(*engine), i * 500);
  }
}

TEST_F(JournalEngine, WithoutItsLogIsNotOpened) {
  TempFolder left;
  const auto engine = Open(Uri());
  Charge(*engine, 5);
  CopyTo(left, Path());
  const std::string path = left.File("hall.db");
  fs::rename(path + "-log", path + "-log-away");
  for (const char* how : {"", "?journal=on"}) {
    const Status status = Try("sqlite:" + path + how).status();
    EXPECT_EQ(status, Code::kStorageCorrupt) << status.text();
    EXPECT_NE(status.text().find("hall.db-log"), std::string::npos) << status.text();
  }
  fs::rename(path + "-log-away", path + "-log");
  EXPECT_EQ(Balance(*Open("sqlite:" + path)), 500);
}

TEST_F(JournalEngine, ALogThatIsTakenAwayVouchesForNothing) {
  for (const bool replaced : {false, true}) {
    TempFolder folder;
    const std::string path = folder.File("hall.db");
    const auto engine = Open("sqlite:" + path + "?journal=on");
    Charge(*engine, 2);
    fs::rename(path + "-log", path + "-log-away");
    if (replaced) fs::copy_file(path + "-log-away", path + "-log");
    const ChargeRequest request{
        .id = engine->NewTransferId(), .user = kAnn, .amount = {100, kEuro}, .reference = "x"};
    EXPECT_EQ(engine->wallet().Charge(request).status, Code::kOutcomeUnknown);
    EXPECT_EQ(engine->wallet().Charge(request).status, Code::kStorageFailed);
    ASSERT_TRUE(engine->Close().ok());
    fs::rename(path + "-log-away", path + "-log");
    const auto again = Open("sqlite:" + path);
    EXPECT_EQ(Balance(*again), 300) << "the batch of unknown outcome was done";
    EXPECT_TRUE(again->wallet().Charge(request).ok());
    EXPECT_EQ(Balance(*again), 300);
  }
}

TEST_F(JournalEngine, OpenersAfterACrashLetOneTakeTheLogIn) {
  for (int round = 0; round < 5; ++round) {
    TempFolder left;
    {
      const auto engine = Open(Uri());
      Charge(*engine, 20);
      CopyTo(left, Path());
    }
    std::array<Status, 4> opened;
    std::vector<std::thread> openers;
    for (Status& status : opened) {
      openers.emplace_back([&] { status = Try("sqlite:" + left.File("hall.db")).status(); });
    }
    for (std::thread& opener : openers) opener.join();
    for (const Status& status : opened) EXPECT_TRUE(status.ok()) << status.text();
  }
}

// Whoever closes a file looks at what else the process has open: at names, not at descriptors that
// another thread may be closing, which ThreadSanitizer tells.
TEST_F(JournalEngine, ThreadsOpenAndCloseDatabasesOfTheirOwn) {
  std::array<Status, 3> opened;
  std::vector<std::thread> openers;
  for (std::size_t i = 0; i < opened.size(); ++i) {
    openers.emplace_back([&, i] {
      const std::string uri = "sqlite:" + folder_.File(std::to_string(i) + ".db");
      for (int round = 0; round < 10 && opened[i].ok(); ++round) opened[i] = Try(uri).status();
    });
  }
  for (std::thread& opener : openers) opener.join();
  for (const Status& status : opened) EXPECT_TRUE(status.ok()) << status.text();
}

TEST_F(JournalEngine, ALogOfAnotherDatabaseIsRefused) {
  TempFolder left, other;
  const auto engine = Open(Uri());
  Charge(*engine, 5);
  CopyTo(left, Path());
  const auto another = Open("sqlite:" + other.File("other.db") + "?journal=on");
  Charge(*another, 5);
  const std::string path = left.File("hall.db");
  fs::copy_file(other.File("other.db-log"), path + "-log", fs::copy_options::overwrite_existing);
  EXPECT_EQ(Try("sqlite:" + path).status(), Code::kWrongFile);
  EXPECT_EQ(Try("sqlite:" + path + "?journal=on").status(), Code::kWrongFile);
}

// Put back by hand, beside what the newer one left.
TEST_F(JournalEngine, AnOlderDatabaseBesideANewerLogIsRefused) {
  TempFolder old, left;
  {
    const auto engine = Open("sqlite:" + Path());
    Charge(*engine, 1);
  }
  CopyTo(old, Path());
  const auto engine = Open(Uri());
  Charge(*engine, 5);
  ExpectClean(*engine);  // which settles: five are in the database and in the log
  Charge(*engine, 2);
  CopyTo(left, Path());
  const std::string path = left.File("hall.db");
  fs::remove(path + "-wal");
  fs::copy_file(old.File("hall.db"), path, fs::copy_options::overwrite_existing);
  EXPECT_EQ(Try("sqlite:" + path).status(), Code::kStorageCorrupt);
  EXPECT_EQ(Try("sqlite:" + path + "?journal=on").status(), Code::kStorageCorrupt);
}

TEST_F(JournalEngine, ABackupIsWholeAndOrdinary) {
  const std::string copy = folder_.File("copy.db"), again = folder_.File("again.db");
  const auto engine = Open(Uri());
  Charge(*engine, 4);
  ASSERT_TRUE(engine->Backup(copy).ok());
  Charge(*engine, 1);
  EXPECT_FALSE(fs::exists(copy + "-log"));
  fs::copy_file(Path() + ".keys", again + ".keys");
  ASSERT_TRUE(RestoreSqlite({.backup = copy, .path = again}).ok());
  const auto restored = Open("sqlite:" + again);
  EXPECT_EQ(Balance(*restored), 400);
  ExpectClean(*restored);
  EXPECT_EQ(Balance(*engine), 500);
}

TEST_F(JournalEngine, WhatNoHalfOfTheLogHoldsIsWrittenThrough) {
  const auto opened = OpenSmall(8 << 10, true);
  ASSERT_NE(opened, nullptr);
  Engine& engine = *opened;
  Charge(engine, 3);
  const auto venue = engine.catalog().AddVenue(*MakePlan("Hall", 50, 40, 1), "UTC");
  ASSERT_TRUE(venue.ok()) << venue.status().text();
  Charge(engine, 300);  // round and round
  EXPECT_EQ(Balance(engine), 30'300);
  ExpectClean(engine);
  ASSERT_TRUE(engine.Close().ok());
  const auto plain = Open("sqlite:" + Path());
  EXPECT_EQ(Balance(*plain), 30'300);
  EXPECT_EQ(plain->catalog().ListVenues().value().size(), 1u);
}

// The log that goes on behind it has no gap: it says where something was that it does not hold.
TEST_F(JournalEngine, AnOlderDatabaseThatLacksWhatWasWrittenThroughIsRefused) {
  TempFolder old;
  const auto opened = OpenSmall(8 << 10, true);
  ASSERT_NE(opened, nullptr);
  Charge(*opened, 3);
  CopyTo(old, Path());
  ASSERT_TRUE(opened->catalog().AddVenue(*MakePlan("Hall", 50, 40, 1), "UTC").ok());
  Charge(*opened, 3);
  TempFolder left;
  CopyTo(left, Path());
  EXPECT_EQ(Balance(*Open("sqlite:" + left.File("hall.db"))), 600);
  const std::string path = old.File("hall.db");
  fs::copy_file(Path() + "-log", path + "-log", fs::copy_options::overwrite_existing);
  EXPECT_EQ(Try("sqlite:" + path).status(), Code::kStorageCorrupt);
  EXPECT_EQ(Try("sqlite:" + path + "?journal=on").status(), Code::kStorageCorrupt);
}

TEST_F(JournalEngine, SellsToManyAtOnceWhileItSettles) {
  const auto opened = OpenSmall(8 << 10, true);
  ASSERT_NE(opened, nullptr);
  Engine& engine = *opened;
  std::atomic<bool> done{false};
  std::thread reader([&] {
    std::int64_t last = 0;
    while (!done) {
      const std::int64_t seen = Balance(engine);
      EXPECT_GE(seen, last) << "what was seen once is seen again";
      last = seen;
    }
  });
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) callers.emplace_back([&] { Charge(engine, 200); });
  for (std::thread& caller : callers) caller.join();
  done = true;
  reader.join();
  EXPECT_EQ(Balance(engine), 80'000);
  EXPECT_EQ(engine.wallet().Statement(kAnn, kEuro, 0, 10'000).value().size(), 800u);
  ExpectClean(engine);
}

TEST_F(JournalEngine, TheEndOfAUriSaysWhether) {
  EXPECT_TRUE(Try("sqlite:" + Path() + "?journal=off").ok());
  EXPECT_FALSE(fs::exists(Path() + "-log"));
  for (const char* wrong : {"?journal=", "?journal=yes", "?journal=on&x=1", "?mode=ro"}) {
    EXPECT_EQ(Try("sqlite:" + Path() + wrong).status(), Code::kUnsupported) << wrong;
  }
  EXPECT_EQ(Try("sqlite:?journal=on").status(), Code::kInvalidArgument);
  EXPECT_TRUE(Try(Uri(), true).ok()) << "who reads keeps no journal";
}

}  // namespace
}  // namespace seathold::testing
