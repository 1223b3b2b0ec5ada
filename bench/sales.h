// Holds and payments by the engine, timed apart, and beside them the same rows written by hand.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "bench/hall.h"

namespace seathold::bench {

constexpr int kBatch = 1'000;

inline double Seconds(clockid_t clock) {
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

inline double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// The engine and rows written by hand in turn, batch by batch, so that both meet the same machine:
// the median, over the pairs, of how fast the engine was by the measure of its neighbour.
template <class Bare>
void SellInTurnWith(benchmark::State& state, Hall& hall, Bare& bare) {
  const auto sales_max = static_cast<std::uint64_t>(state.max_iterations) * kBatch;
  hall.Reserve(sales_max);
  bare.Reserve(sales_max);
  std::vector<double> hold_wall, hold_cpu, pay_wall, pay_cpu;
  for ([[maybe_unused]] auto _ : state) {
    Batch batch(hall, kBatch);
    std::vector<BareSale> sales;
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
  state.SetLabel(std::string("of ") + Bare::kName + ", batch by batch in turn; " + hall.Label());
}

void SellBatches(benchmark::State& state, Medium medium);
// One request a call.
void SellSingly(benchmark::State& state, Medium medium, const char* purpose);

}  // namespace seathold::bench
