// A copy made while many sell: it has all that was acknowledged before.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/journal/numbered_units.h"
#include "tests/storage/storage_homes.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::size_t kCallers = 3;
constexpr std::int64_t kChargeMinor = 100;

// Per caller, who charges a wallet of its own: begun, and answered.
struct Progress {
  std::array<std::atomic<std::int64_t>, kCallers> begun{}, answered{};
};

std::array<std::int64_t, kCallers> BalancesOf(const std::string& copy) {
  std::array<std::int64_t, kCallers> balances{};
  const auto storage = NewSqliteStorage(SqliteAt(copy));
  const auto opened = storage->Open({});
  EXPECT_TRUE(opened.ok()) << opened.status().text();
  if (!opened.ok()) return balances;
  AuditReport report;
  EXPECT_TRUE(storage->Audit({}, &report, Soon()).ok());
  EXPECT_TRUE(report.clean());
  KeySet keys;
  for (std::uint64_t i = 0; i < kCallers; ++i) {
    keys.Add<BalanceRecord>({UserId{1 + i}, *ParseCurrency("EUR")});
  }
  keys.Seal();
  RecordSet rows;
  auto unit = storage->Begin(Access::kRead, Soon());
  EXPECT_TRUE(unit.ok() && (*unit)->Load(keys, &rows).ok());
  for (const BalanceRecord& row : rows.of<BalanceRecord>().rows) {
    balances.at(row.user.value - 1) = row.balance_minor;
  }
  return balances;
}

TEST(JournalBackup, DuringASaleHoldsAllThatWasAcknowledgedBefore) {
  const TempFolder folder;
  EngineParts parts;
  parts.storage = NewJournalStorage(NewSqliteStorage(SqliteAt(folder.File("hall.db"))),
                                    {.half_bytes = 16 << 10});
  EngineOptions options;
  options.storage = "sqlite:" + folder.File("hall.db");
  auto opened = Engine::Open(options, std::move(parts));
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  Engine& engine = **opened;
  Progress progress;
  std::atomic<bool> done{false};
  std::vector<std::thread> callers;
  for (std::size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      const Money amount{kChargeMinor, *ParseCurrency("EUR")};
      while (!done) {
        ++progress.begun[i];
        const auto reply = engine.wallet().Charge(
            {.id = engine.NewTransferId(), .user = {1 + i}, .amount = amount});
        ASSERT_TRUE(reply.ok()) << reply.status.text();
        ++progress.answered[i];
      }
    });
  }
  int copies = 0;
  for (; copies < Scaled(100) && !::testing::Test::HasFailure(); ++copies) {
    SCOPED_TRACE("copy " + std::to_string(copies));
    std::array<std::int64_t, kCallers> least{};
    for (std::size_t i = 0; i < kCallers; ++i) {
      while (progress.answered[i] < 20 * copies) std::this_thread::yield();
      least.at(i) = progress.answered[i] * kChargeMinor;
    }
    const std::string copy = folder.File("copy" + std::to_string(copies) + ".db");
    const Status status = engine.Backup(copy);
    ASSERT_TRUE(status.ok()) << status.text();
    const auto balances = BalancesOf(copy);
    for (std::size_t i = 0; i < kCallers; ++i) {
      EXPECT_GE(balances.at(i), least.at(i));
      EXPECT_LE(balances.at(i), progress.begun[i] * kChargeMinor);
    }
  }
  done = true;
  for (std::thread& caller : callers) caller.join();
  std::printf("COUNT journal_backups_during_a_sale %d\n", copies);
}

}  // namespace
}  // namespace seathold::testing
