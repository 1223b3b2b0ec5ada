// Hold and pay: one caller, many callers, batches; beside them the same row writes on bare SQLite.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>
#include <ctime>

#include "bench/bare_sqlite.h"
#include "bench/hall.h"
#include "bench/suites.h"

namespace seathold::bench {
namespace {

constexpr int kBatch = 1'000;
constexpr const char* kBareLabel = "each commit synced; SQLite by hand, nothing read or decided";

double Seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Wall clock and processor time of this thread. A machine that is busy with other things stretches
// the first far more than the second.
struct Spent {
  double wall_s = 0, cpu_s = 0;

  template <class Fn>
  void Add(Fn&& fn) {
    wall_s -= Seconds(CLOCK_MONOTONIC);
    cpu_s -= Seconds(CLOCK_THREAD_CPUTIME_ID);
    fn();
    cpu_s += Seconds(CLOCK_THREAD_CPUTIME_ID);
    wall_s += Seconds(CLOCK_MONOTONIC);
  }
};

// Time spent holding and paying, apart.
struct Phases {
  Spent hold, pay;
  std::int64_t sales = 0;

  template <class Hold, class Pay>
  void Run(std::int64_t n, Hold&& do_hold, Pay&& do_pay) {
    hold.Add(do_hold);
    pay.Add(do_pay);
    sales += n;
  }
  void Report(benchmark::State& state) const {
    const auto n = static_cast<double>(sales);
    state.SetItemsProcessed(sales);
    state.counters["holds_per_s"] = n / hold.wall_s;
    state.counters["pays_per_s"] = n / pay.wall_s;
    state.counters["hold_cpu_us"] = hold.cpu_s / n * 1e6;
    state.counters["pay_cpu_us"] = pay.cpu_s / n * 1e6;
  }
};

struct Batch {
  std::vector<SeatTicket> tickets;
  std::vector<HoldRequest> holds;
  std::vector<HoldReply> held;
  std::vector<ConfirmRequest> confirms;
  std::vector<PayReply> paid;

  Batch(Hall& hall, int n) : tickets(static_cast<std::size_t>(n) * kSeatsAHold), held(n), paid(n) {
    for (int i = 0; i < n; ++i) {
      const SeatStock::Seats seats = hall.Take();
      const auto first = static_cast<std::size_t>(i) * kSeatsAHold;
      for (std::uint32_t s = 0; s < kSeatsAHold; ++s) {
        tickets[first + s] = hall.Ticket(seats.first + s);
      }
      HoldRequest hold;
      hold.id = HoldId{NextId()};
      hold.user = UserId{static_cast<std::uint64_t>(i) % kFundedUsers + 1};
      hold.performance = seats.performance;
      hold.seats = {&tickets[first], kSeatsAHold};
      holds.push_back(hold);
      ConfirmRequest confirm;
      confirm.performance = hold.performance;
      confirm.hold = hold.id;
      confirm.payment = TransferId{NextId()};
      confirm.user = hold.user;
      confirms.push_back(confirm);
    }
  }
  void Hold(Hall& hall) {
    hall.engine().reservations().Hold(holds, held, {60'000});
    for (const HoldReply& reply : held) Check(reply.status, "holding");
  }
  void Pay(Hall& hall) {
    hall.engine().reservations().Confirm(confirms, paid, {60'000});
    for (const PayReply& reply : paid) Check(reply.status, "paying");
  }
};

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

void SellBare(benchmark::State& state, int n) {
  static BareSqlite bare_batches, bare_single;
  BareSqlite& bare = n == 1 ? bare_single : bare_batches;
  bare.Reserve(static_cast<std::uint64_t>(state.max_iterations) * n);
  Phases phases;
  std::vector<BareSqlite::Sale> sales;
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

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// The engine and bare SQLite in turn, batch by batch, so that both meet the same machine: the
// median, over the pairs, of how fast the engine was by the measure of its neighbour.
void SellInTurn(benchmark::State& state) {
  Hall& hall = SharedHall("in_turn", {.medium = Medium::kSqlite});
  static BareSqlite bare;
  const auto sales_max = static_cast<std::uint64_t>(state.max_iterations) * kBatch;
  hall.Reserve(sales_max);
  bare.Reserve(sales_max);
  std::vector<double> hold_wall, hold_cpu, pay_wall, pay_cpu;
  for ([[maybe_unused]] auto _ : state) {
    Batch batch(hall, kBatch);
    std::vector<BareSqlite::Sale> sales;
    for (int i = 0; i < kBatch; ++i) sales.push_back(bare.NextSale(i % kFundedUsers + 1));
    Phases ours, theirs;
    ours.Run(
        kBatch, [&] { batch.Hold(hall); }, [&] { batch.Pay(hall); });
    theirs.Run(
        kBatch, [&] { bare.Hold(sales); }, [&] { bare.Pay(sales); });
    hold_wall.push_back(theirs.hold.wall_s / ours.hold.wall_s);
    hold_cpu.push_back(theirs.hold.cpu_s / ours.hold.cpu_s);
    pay_wall.push_back(theirs.pay.wall_s / ours.pay.wall_s);
    pay_cpu.push_back(theirs.pay.cpu_s / ours.pay.cpu_s);
  }
  state.counters["hold_ratio"] = Median(hold_wall);
  state.counters["hold_cpu_ratio"] = Median(hold_cpu);
  state.counters["pay_ratio"] = Median(pay_wall);
  state.counters["pay_cpu_ratio"] = Median(pay_cpu);
  state.SetLabel("of bare SQLite, batch by batch in turn; " + hall.Label());
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

void RegisterSales() {
  const auto add = [](const char* name, auto fn, auto... args) {
    return benchmark::RegisterBenchmark(name, fn, args...)->UseRealTime();
  };
  add("sell/batch_1000/bare_sqlite", SellBare, kBatch)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/sqlite", SellBatches, Medium::kSqlite)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/memory", SellBatches, Medium::kMemory)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/in_turn", SellInTurn)->Unit(benchmark::kMillisecond);
  add("sell/batch_1000/outside_reader", SellBesideReader)->Unit(benchmark::kMillisecond);
  add("sell/one_caller/bare_sqlite", SellBare, 1);
  add("sell/one_caller/sqlite", SellSingly, Medium::kSqlite, "single");
  add("sell/one_caller/memory", SellSingly, Medium::kMemory, "single");
  add("sell/32_callers/sqlite", SellSingly, Medium::kSqlite, "callers")->Threads(32);
  add("sell/32_callers/memory", SellSingly, Medium::kMemory, "callers")->Threads(32);
}

}  // namespace seathold::bench
