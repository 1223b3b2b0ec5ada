// An address without an account cannot be told from one whose password is wrong: not by what is
// answered, in whatever order, process and restart, and not by what the engine does meanwhile.
#include <argon2.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "seathold/adapter/parts.h"
#include "seathold/adapter/storage_wrapper.h"
#include "src/rules/accounts.h"
#include "tests/engine/hall.h"

namespace {
std::atomic<int> hashes{0};
}  // namespace

// Every hash of the library passes here.
extern "C" int argon2id_ctx(argon2_context* context) {
  ++hashes;
  return argon2_ctx(context, Argon2_id);
}

namespace seathold::testing {
namespace {

constexpr std::string_view kKnown = "known@example.org";
constexpr std::string_view kUnknown = "nobody@example.org";
constexpr std::string_view kRight = "a long enough phrase";

// All that a caller can see of a login.
std::string Seen(Engine& engine, std::string_view email,
                 std::string_view password = "a wrong one") {
  const auto token = engine.accounts().Login(email, password);
  return token.status().text() + ", " + std::to_string(token.status().retry_after_ms()) + " ms";
}

// Two processes, as far as logins can tell, on one file with one account.
struct Town {
  HallFolder folder;
  Hall halls[2];

  void Open() {
    halls[0].path = halls[1].path = folder.File("town.db");
    halls[1].clock = halls[0].clock;
    for (Hall& hall : halls) ASSERT_NO_FATAL_FAILURE(hall.Open());
    ASSERT_TRUE(halls[0].engine->accounts().Register(kKnown, kRight).ok());
  }
  Engine& engine(std::size_t i = 0) { return *halls[i].engine; }
  // Both closed, as when a host restarts or every login is a call of its own.
  void Restart() {
    for (Hall& hall : halls) hall.engine.reset();
    for (Hall& hall : halls) ASSERT_NO_FATAL_FAILURE(hall.Open());
  }
};

// A hundred tries with pauses and restarts, now here, now there.
std::vector<std::string> Story(std::string_view email, unsigned seed) {
  std::vector<std::string> seen;
  Town town;
  town.Open();
  std::srand(seed);
  for (int i = 0; i < 100; ++i) {
    seen.push_back(Seen(town.engine(static_cast<std::size_t>(std::rand() % 2)), email));
    const int what = std::rand() % 8;
    if (what < 3) town.halls[0].clock->AdvanceMs(std::rand() % 20'000);
    if (what == 3) town.halls[0].clock->AdvanceMs(3'600'000);
    if (what == 4 && i % 5 == 0) town.Restart();
  }
  return seen;
}

TEST(Strangers, HearTheSameAsTheKnownInTwoProcessesAndAfterRestarts) {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    const auto known = Story(kKnown, seed);
    EXPECT_EQ(Story(kUnknown, seed), known) << "seed " << seed;
    EXPECT_EQ(Story("not an address", seed), known) << "seed " << seed;
    const auto locked = [](const std::string& text) { return text.starts_with("too many"); };
    EXPECT_GE(std::ranges::count_if(known, locked), 5) << "seed " << seed;
  }
}

TEST(Strangers, AreThrottledByTheOtherProcessToo) {
  for (const std::string_view email : {kKnown, kUnknown}) {
    Town town;
    ASSERT_NO_FATAL_FAILURE(town.Open());
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(Seen(town.engine(0), email), "e-mail or password is wrong, 0 ms");
    }
    const std::string told = "too many attempts; wait: try again in 1 s, ";
    EXPECT_EQ(Seen(town.engine(1), email), told + "1000 ms");
    town.halls[0].clock->AdvanceMs(400);
    EXPECT_EQ(Seen(town.engine(0), email), told + "600 ms");
    ASSERT_NO_FATAL_FAILURE(town.Restart());
    EXPECT_EQ(Seen(town.engine(1), email), told + "600 ms");
  }
}

TEST(Strangers, GuessesThatArriveTogetherAreCountedOneByOne) {
  for (const std::string_view email : {kKnown, kUnknown}) {
    Town town;
    ASSERT_NO_FATAL_FAILURE(town.Open());
    std::atomic<int> wrong{0}, throttled{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 24; ++t) {
      threads.emplace_back([&, t] {
        const Code code = town.engine(t % 2).accounts().Login(email, "a wrong one").status().code();
        if (code == Code::kBadCredentials) ++wrong;
        if (code == Code::kThrottled) ++throttled;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 5) << email;
    EXPECT_EQ(throttled, 19) << email;
  }
}

TEST(Strangers, WhoRegistersLaterFindsTheThrottleAsItWas) {
  Town town;
  ASSERT_NO_FATAL_FAILURE(town.Open());
  for (int i = 0; i < 5; ++i) (void)Seen(town.engine(), kUnknown);
  const std::string before = Seen(town.engine(), kUnknown);
  ASSERT_TRUE(town.engine().accounts().Register(kUnknown, kRight).ok());
  EXPECT_EQ(Seen(town.engine(), kUnknown, kRight), before);
  town.halls[0].clock->AdvanceMs(1'000);
  EXPECT_TRUE(town.engine().accounts().Login(kUnknown, kRight).ok());
}

TEST(Strangers, WhoIsErasedLeavesTheThrottleAsItWas) {
  Town town;
  ASSERT_NO_FATAL_FAILURE(town.Open());
  const auto user = town.engine().accounts().Login(kKnown, kRight)->user;
  for (int i = 0; i < 5; ++i) (void)Seen(town.engine(), kKnown);
  const std::string before = Seen(town.engine(), kKnown);
  ASSERT_TRUE(town.engine().accounts().Erase(user).ok());
  EXPECT_EQ(Seen(town.engine(1), kKnown), before);
  town.halls[0].clock->AdvanceMs(1'000);
  EXPECT_EQ(Seen(town.engine(), kKnown, kRight), "e-mail or password is wrong, 0 ms");
  EXPECT_EQ(Seen(town.engine(), kKnown, kRight),
            "too many attempts; wait: try again in 2 s, 2000 ms");
}

TEST(Strangers, OneAddressIsOneCountHoweverItIsTyped) {
  const std::string_view composed = "ann@ex\u00E4mple.org", decomposed = "ann@exa\u0308mple.org";
  Town town;
  ASSERT_NO_FATAL_FAILURE(town.Open());
  Accounts& accounts = town.engine().accounts();
  const auto first = accounts.Register(composed, kRight);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(accounts.Login(decomposed, kRight)->user, *first);
  EXPECT_EQ(accounts.Register(decomposed, kRight).status().code(), Code::kEmailTaken);
  for (int i = 0; i < 3; ++i) (void)Seen(town.engine(), decomposed);
  for (int i = 0; i < 2; ++i) (void)Seen(town.engine(), composed);
  EXPECT_TRUE(Seen(town.engine(), decomposed).starts_with("too many"));  // one count for both
}

// As release 0.1 could leave them: two forms of one address, an account each.
TEST(Strangers, AnAccountOfAnotherFormIsOpenedByThatForm) {
  const std::string_view composed = "ann@ex\u00E4mple.org", decomposed = "Ann@exa\u0308mple.org";
  Town town;
  ASSERT_NO_FATAL_FAILURE(town.Open());
  const auto first = town.engine().accounts().Register(composed, "the first of two");
  const auto second = town.engine().accounts().Register("ben@example.org", "the other of two");
  ASSERT_TRUE(first.ok() && second.ok());
  for (Hall& hall : town.halls) hall.engine.reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(town.halls[0].path.c_str(), &db), SQLITE_OK);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO emails VALUES (?, ?)", -1, &insert, nullptr);
  const Uuid digest = EmailDigest("ann@exa\u0308mple.org");
  sqlite3_bind_blob(insert, 1, digest.data(), static_cast<int>(digest.size()), SQLITE_STATIC);
  sqlite3_bind_int64(insert, 2, static_cast<sqlite3_int64>(second->value));
  EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
  sqlite3_finalize(insert);
  sqlite3_close(db);
  for (Hall& hall : town.halls) ASSERT_NO_FATAL_FAILURE(hall.Open());
  const auto by_composed = town.engine().accounts().Login(composed, "the first of two");
  const auto by_decomposed = town.engine().accounts().Login(decomposed, "the other of two");
  ASSERT_TRUE(by_composed.ok() && by_decomposed.ok());
  EXPECT_EQ(by_composed->user, *first);
  EXPECT_EQ(by_decomposed->user, *second);
}

TEST(Strangers, NoByteOfAnAddressIsKept) {
  Town town;
  ASSERT_NO_FATAL_FAILURE(town.Open());
  for (int i = 0; i < 3; ++i) (void)Seen(town.engine(), kUnknown);
  const std::string path = town.halls[0].path;
  for (Hall& hall : town.halls) ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_EQ(SqlNumber(path, "SELECT count(*) FROM attempts WHERE failures = 3"), 1);
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  EXPECT_NE(bytes.str().find(kKnown), std::string::npos);  // or the search finds nothing at all
  EXPECT_EQ(bytes.str().find("nobody@"), std::string::npos);
}

// What the engine asks of storage, in order: tables and numbers of rows, none of what is in them.
class WorkUnit final : public UnitWrapper {
 public:
  WorkUnit(std::unique_ptr<StorageUnit> unit, std::string& work)
      : UnitWrapper(std::move(unit)), work_(work) {}

  Status Load(const KeySet& keys, RecordSet* into) override {
    work_ += " load";
    keys.ForEach([&]<class R>(const KeysOf<R>& slot) { Note<R>(slot.keys.size()); });
    return UnitWrapper::Load(keys, into);
  }
  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    work_ += " scan";
    return UnitWrapper::Scan(scan, into, more);
  }
  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    work_ += " apply";
    changes.ForEach([&]<class R>(const ChangesOf<R>& slot) { Note<R>(slot.changes.size()); });
    return UnitWrapper::Apply(changes, mark);
  }
  Status Commit() override {
    work_ += " commit";
    return UnitWrapper::Commit();
  }

 private:
  template <class R>
  void Note(std::size_t rows) {
    if (rows > 0) work_ += std::string(" ") + R::kTable + "x" + std::to_string(rows);
  }

  std::string& work_;
};

class WorkStorage final : public StorageWrapper {
 public:
  explicit WorkStorage(std::string& work) : StorageWrapper(NewMemoryStorage()), work_(work) {}

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    work_ += access == Access::kWrite ? " | write:" : " | read:";
    auto unit = StorageWrapper::Begin(access, deadline);
    if (!unit.ok()) return unit.status();
    return std::unique_ptr<StorageUnit>(std::make_unique<WorkUnit>(std::move(unit).value(), work_));
  }

 private:
  std::string& work_;
};

TEST(Strangers, CostTheSameHashesTransactionsAndRowsAsTheKnown) {
  std::string work;
  EngineParts parts;
  parts.storage = std::make_unique<WorkStorage>(work);
  EngineOptions options;
  options.test_only_cheap_password_hash = true;
  options.sweeper_thread = false;
  const auto engine = Engine::Open(options, std::move(parts));
  ASSERT_TRUE(engine.ok());
  ASSERT_TRUE((*engine)->accounts().Register(kKnown, kRight).ok());
  for (int attempt = 1; attempt <= 7; ++attempt) {  // the first makes the row, the sixth is refused
    const auto watch = [&](std::string_view email) {
      work.clear();
      hashes = 0;
      (void)(*engine)->accounts().Login(email, "a wrong one");
      return work + " | hashes: " + std::to_string(hashes);
    };
    const std::string known = watch(kKnown);
    EXPECT_EQ(watch(kUnknown), known) << "attempt " << attempt;
    EXPECT_EQ(known, attempt <= 5
                         ? " | read: load attemptsx8 load emailsx1 load loginsx1 | write: load "
                           "loginsx1 attemptsx8 apply attemptsx1 commit | hashes: 1"
                         : " | read: load attemptsx8 | hashes: 0");
  }
}

}  // namespace
}  // namespace seathold::testing
