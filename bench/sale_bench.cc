// Hold and pay: one caller, many callers, batches; beside them the same row writes on bare SQLite.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>

#include "bench/bare_sqlite.h"
#include "bench/sales.h"
#include "bench/suites.h"

namespace seathold::bench {
namespace {

constexpr const char* kBareLabel = "each commit synced; SQLite by hand, nothing read or decided";

void SellBare(benchmark::State& state, int n) {
  static BareSqlite bare_batches, bare_single;
  BareSqlite& bare = n == 1 ? bare_single : bare_batches;
  bare.Reserve(static_cast<std::uint64_t>(state.max_iterations) * n);
  Phases phases;
  std::vector<BareSale> sales;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    sales.clear();
    for (int i = 0; i < n; ++i) sales.push_back(bare.NextSale(i % kFundedUsers + 1));
    state.ResumeTiming();
    phases.Run(
        n, [&] { bare.Hold(sales); }, [&] { bare.Pay(sales); });
  }
  phases.Report(state);
  state.SetLabel(kBareLabel);
}

void SellInTurn(benchmark::State& state) {
  static BareSqlite bare;
  SellInTurnWith(state, SharedHall("in_turn", {.medium = Medium::kSqlite}), bare);
}

// Another program that reads the database and does not let go: nothing that is written from now on
// may be copied out of the WAL.
class OutsideReader {
 public:
  explicit OutsideReader(const std::string& database) {
    int code = sqlite3_open_v2(database.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr);
    if (code == SQLITE_OK) {
      code = sqlite3_exec(db_, "BEGIN; SELECT * FROM control", nullptr, nullptr, nullptr);
    }
    if (code != SQLITE_OK) Check(Status(Code::kInternal, sqlite3_errstr(code)), "reading outside");
  }
  ~OutsideReader() { sqlite3_close(db_); }
  OutsideReader(const OutsideReader&) = delete;
  OutsideReader& operator=(const OutsideReader&) = delete;

 private:
  sqlite3* db_ = nullptr;
};

// Two halls in turn, batch by batch; one of them is read from outside all the time.
void SellBesideReader(benchmark::State& state) {
  Hall& alone = SharedHall("unread", {.medium = Medium::kSqlite});
  Hall& read = SharedHall("read", {.medium = Medium::kSqlite});
  for (Hall* hall : {&alone, &read}) {
    hall->Reserve(static_cast<std::uint64_t>(state.max_iterations) * kBatch);
  }
  const OutsideReader reader(read.database());
  Phases without, with;
  double slowest_s = 0;
  for ([[maybe_unused]] auto _ : state) {
    Batch a(alone, kBatch), b(read, kBatch);
    without.Run(
        kBatch, [&] { a.Hold(alone); }, [&] { a.Pay(alone); });
    const double before = with.hold.wall_s + with.pay.wall_s;
    with.Run(
        kBatch, [&] { b.Hold(read); }, [&] { b.Pay(read); });
    slowest_s = std::max(slowest_s, with.hold.wall_s + with.pay.wall_s - before);
  }
  const auto took = [](const Phases& phases) { return phases.hold.wall_s + phases.pay.wall_s; };
  state.counters["sales_ratio"] = took(without) / took(with);
  state.counters["sales_per_s"] = static_cast<double>(with.sales) / took(with);
  state.counters["slowest_batch_s"] = slowest_s;
  state.counters["read_for_s"] = took(with) + took(without);
  state.SetLabel("of sales that nobody reads, batch by batch in turn; " + read.Label());
}

}  // namespace

void SellBatches(benchmark::State& state, Medium medium) {
  Hall& hall = SharedHall("batches", {.medium = medium});
  hall.Reserve(static_cast<std::uint64_t>(state.max_iterations) * kBatch);
  Phases phases;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    Batch batch(hall, kBatch);
    state.ResumeTiming();
    phases.Run(
        kBatch, [&] { batch.Hold(hall); }, [&] { batch.Pay(hall); });
  }
  phases.Report(state);
  state.SetLabel(hall.Label());
}

// One request a call.
void SellSingly(benchmark::State& state, Medium medium, const char* purpose) {
  Hall& hall = SharedHall(purpose, {.medium = medium});
  if (state.thread_index() == 0) {
    hall.Reserve(static_cast<std::uint64_t>(state.max_iterations) * state.threads());
    state.SetLabel(hall.Label());
  }
  Phases phases;
  for ([[maybe_unused]] auto _ : state) {
    Batch one(hall, 1);
    one.holds[0].user = one.confirms[0].user = UserId{std::uint64_t(state.thread_index()) + 1};
    phases.Run(
        1, [&] { one.Hold(hall); }, [&] { one.Pay(hall); });
  }
  state.SetItemsProcessed(phases.sales);
  if (state.threads() == 1) phases.Report(state);
}

void RegisterSales() {
  const auto add = [](const char* name, auto fn, auto... args) {
    return benchmark::RegisterBenchmark(name, fn, args...)->UseRealTime();
  };
  add("sell/batch_1000/bare_sqlite", SellBare, kBatch)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/sqlite", SellBatches, Medium::kSqlite)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/journal", SellBatches, Medium::kJournal)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/memory", SellBatches, Medium::kMemory)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/in_turn", SellInTurn)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/outside_reader", SellBesideReader)->Unit(benchmark::kMillisecond);
  add("sell/one_caller/bare_sqlite", SellBare, 1);
  add("sell/one_caller/sqlite", SellSingly, Medium::kSqlite, "single");
  add("sell/one_caller/journal", SellSingly, Medium::kJournal, "single");
  add("sell/one_caller/memory", SellSingly, Medium::kMemory, "single");
  add("sell/32_callers/sqlite", SellSingly, Medium::kSqlite, "callers")->Threads(32);
  add("sell/32_callers/journal", SellSingly, Medium::kJournal, "callers")->Threads(32);
  add("sell/32_callers/memory", SellSingly, Medium::kMemory, "callers")->Threads(32);
}

}  // namespace seathold::bench
