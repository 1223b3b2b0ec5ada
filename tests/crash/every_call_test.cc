// A seller behind a journal, killed before every system call that changes something: while it
// enters, appends, settles, goes round, leaves, and migrates what an older release wrote.
#include <filesystem>
#include <random>

#include "seathold/adapter/parts.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/crash/ledger.h"
#include "tests/crash/script.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"
#include "tests/support/traced.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kHalfBytes = 4 << 10;
constexpr std::uint32_t kRounds = 9;  // the log is gone round twice
constexpr int kStepOfCi = SEATHOLD_SANITIZED ? 60 : 15;

std::unique_ptr<Engine> OpenSmall(const std::string& path) {
  EngineOptions options;
  options.line = "none";
  options.keys = path + ".keys";
  JournalOptions journal;
  journal.half_bytes = kHalfBytes;
  journal.settler_thread = false;
  EngineParts parts;
  parts.storage = NewJournalStorage(NewSqliteStorage({.path = path}), journal);
  auto engine = Engine::Open(options, std::move(parts));
  EXPECT_TRUE(engine.ok()) << engine.status().text();
  return engine.ok() ? std::move(engine).value() : nullptr;
}

std::unique_ptr<Engine> OpenPlain(const std::string& path) {
  auto engine = Engine::Open({.storage = "sqlite:" + path, .line = "none"});
  EXPECT_TRUE(engine.ok()) << engine.status().text();
  return engine.ok() ? std::move(engine).value() : nullptr;
}

std::unique_ptr<Engine> Reopen(const std::string& path, bool journal) {
  return journal ? OpenSmall(path) : OpenPlain(path);
}

// What a child wrote down of each op before it was killed, without a system call.
struct Notes {
  static constexpr std::size_t kOpsMax = 200;
  std::array<Answer, kOpsMax> answers{};
  std::size_t begun = 0, answered = 0;
};

std::vector<Told> Read(const Notes& notes, const std::vector<Op>& script) {
  std::vector<Told> told;
  for (std::size_t i = 0; i < notes.begun; ++i) {
    told.push_back({script[i], std::nullopt});
    if (i < notes.answered) told.back().answer = notes.answers[i];
  }
  return told;
}

void CopyFolder(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

class EveryCall : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directory(home_); }

  // For each n: a copy of the home, `sell` on it until its n-th call, `look` at what is left with
  // a journal and without one.
  void KillEverywhere(
      const std::function<void(const std::string& folder, Notes*)>& sell,
      const std::function<void(const std::string& folder, bool, const Notes&)>& look) {
    const int step = FullCounts() ? 1 : kStepOfCi;
    const int first = 1 + static_cast<int>(std::random_device()() % static_cast<unsigned>(step));
    for (int n = first; !HasFailure(); n += step) {
      SCOPED_TRACE("killed before call " + std::to_string(n));
      CopyFolder(home_, work_);
      SharedValue<Notes> notes;
      const auto end = RunTraced(n, [&] { sell(work_, &*notes); });
      if (!end) GTEST_SKIP() << "no process may be traced here";
      if (!end->killed) {
        EXPECT_EQ(end->exit_code, 0);
        break;
      }
      ++kills_;
      for (const bool journal : {true, false}) {
        SCOPED_TRACE(journal ? "opened with a journal" : "opened without one");
        CopyFolder(work_, left_);
        InChild([&] { look(left_, journal, *notes); });
      }
    }
    EXPECT_GT(kills_ * step, 100);
  }

  const ScratchFolder folder_;
  const std::string home_ = folder_.File("home"), work_ = folder_.File("work"),
                    left_ = folder_.File("left");
  int kills_ = 0;
};

void SellAll(Engine& engine, const Hall& hall, const std::vector<Op>& script, Notes* notes) {
  for (const Op& op : script) {
    notes->begun = notes->answered + 1;
    notes->answers.at(notes->answered) = Perform(engine, hall, op);
    ++notes->answered;
  }
}

TEST_F(EveryCall, OfASaleLeavesAllThatWasAcknowledgedAndNothingInHalves) {
  Hall hall = BuildFile(home_ + "/hall.db", 6, 10);
  const std::vector<Op> script = SaleOfRounds(kRounds);
  SharedValue<LedgerCounts> counts;
  KillEverywhere(
      [&](const std::string& folder, Notes* notes) {
        const auto engine = OpenSmall(folder + "/hall.db");
        ASSERT_NE(engine, nullptr);
        SellAll(*engine, hall, script, notes);
        EXPECT_TRUE(engine->Close().ok());
        EXPECT_FALSE(fs::exists(folder + "/hall.db-log"));
      },
      [&](const std::string& folder, bool journal, const Notes& notes) {
        const auto engine = Reopen(folder + "/hall.db", journal);
        ASSERT_NE(engine, nullptr);
        LedgerCounts found;
        ExpectLedger(*engine, hall, Read(notes, script), &found);
        counts->Add(found);
        EXPECT_TRUE(engine->Close().ok());
        EXPECT_FALSE(fs::exists(folder + "/hall.db-log"));
      });
  EXPECT_GT(counts->acknowledged, kills_);
  std::printf("COUNT journal_killed_at_calls %d\n", kills_);
  std::printf("COUNT journal_killed_acknowledged_found %d\n", counts->acknowledged);
}

// A database of release 0.1 whose host was killed.
TEST_F(EveryCall, OfAMigrationLeavesTheOldReleasesSales) {
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  const std::string fixture =
      std::string(source == nullptr ? "." : source) + "/tests/fixtures/0.1/hall-unclean.db";
  for (const char* suffix : {"", "-wal", ".keys"}) {
    fs::copy_file(fixture + suffix, home_ + "/hall.db" + suffix);
    fs::permissions(home_ + "/hall.db" + suffix, fs::perms::owner_read | fs::perms::owner_write);
  }
  const Uuid charge_id{9, 9};
  const ChargeRequest charge{{charge_id}, UserId{30}, {700, Euro()}, ""};
  const auto balance = [](Engine& engine) {
    return engine.wallet().Balance(UserId{30}, Euro()).value().minor;
  };
  KillEverywhere(
      [&](const std::string& folder, Notes* notes) {
        const auto engine = OpenSmall(folder + "/hall.db");
        ASSERT_NE(engine, nullptr);
        notes->begun = 1;
        EXPECT_TRUE(engine->wallet().Charge(charge).ok());
        notes->answered = 1;
        EXPECT_TRUE(engine->Close().ok());
      },
      [&](const std::string& folder, bool journal, const Notes& notes) {
        const auto engine = Reopen(folder + "/hall.db", journal);
        ASSERT_NE(engine, nullptr);
        const std::int64_t minor = balance(*engine);
        EXPECT_TRUE(minor == 700 || (minor == 0 && notes.answered == 0)) << minor;
        EXPECT_TRUE(engine->wallet().Charge(charge).ok());
        EXPECT_EQ(balance(*engine), 700);
        const auto report = engine->Verify();
        ASSERT_TRUE(report.ok()) << report.status().text();
        for (const auto& finding : report->findings) ADD_FAILURE() << finding.detail;
        EXPECT_EQ(report->sold, 4u);
        EXPECT_TRUE(engine->Close().ok());
      });
  std::printf("COUNT journal_migration_killed_at_calls %d\n", kills_);
}

}  // namespace
}  // namespace seathold::testing
