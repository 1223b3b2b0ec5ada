// What people look at: the map of 50,000 seats, its counts, and the choice of the best seats.
#include <benchmark/benchmark.h>

#include "bench/hall.h"
#include "bench/suites.h"

namespace seathold::bench {
namespace {

Hall& BigHall() { return SharedHall("map", {.medium = Medium::kMemory}); }

PerformanceId BigNight() {
  static const PerformanceId performance = BigHall().AddPerformance();
  return performance;
}

void ReadMap(benchmark::State& state) {
  const PerformanceId performance = BigNight();
  ReservationSystem& office = BigHall().engine().reservations();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(Must(office.Map(performance), "reading a map"));
  }
  state.SetLabel("50,000 seats, unchanged; from the mirror");
}

// Each map is drawn after one more seat was held, or given back.
void DrawMap(benchmark::State& state) {
  const PerformanceId performance = BigNight();
  ReservationSystem& office = BigHall().engine().reservations();
  const SeatTicket ticket = BigHall().Ticket(40'000);
  CancelRequest held;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    if (!held.hold) {
      HoldRequest request;
      request.id = HoldId{NextId()};
      request.user = UserId{1};
      request.performance = performance;
      request.seats = {&ticket, 1};
      HoldReply reply = office.Hold(request);
      Check(reply.status, "holding");
      held = {performance, request.id, request.user};
    } else {
      Status status = office.Cancel(held);
      Check(status, "cancelling");
      held = {};
    }
    state.ResumeTiming();
    benchmark::DoNotOptimize(Must(office.Map(performance), "drawing a map"));
  }
  if (held.hold) {
    Status status = office.Cancel(held);
  }
  state.SetLabel("50,000 seats, one changed since; from the mirror");
}

void Count(benchmark::State& state) {
  const PerformanceId performance = BigNight();
  ReservationSystem& office = BigHall().engine().reservations();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(Must(office.Count(performance), "counting"));
  }
  state.SetLabel("50,000 seats; from the mirror");
}

void ChooseBest(benchmark::State& state, Medium medium, std::size_t batch) {
  Hall& hall = SharedHall("best", {.medium = medium, .rows = 80, .seats_a_row = 100});
  hall.Reserve(static_cast<std::uint64_t>(state.max_iterations) * batch);
  std::vector<BestRequest> requests(batch);
  std::vector<HoldReply> replies(batch);
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) {
      requests[i].id = HoldId{NextId()};
      requests[i].user = UserId{i + 1};
      requests[i].performance = hall.Take().performance;
      requests[i].seats = kSeatsAHold;
    }
    hall.engine().reservations().HoldBest(requests, replies);
    for (const HoldReply& reply : replies) Check(reply.status, "choosing seats");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
  state.SetLabel("8,000 seats, from empty to sold out; " + hall.Label());
}

}  // namespace

void RegisterMaps() {
  const auto add = [](const char* name, auto fn, auto... args) {
    return benchmark::RegisterBenchmark(name, fn, args...)
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  };
  add("map/unchanged", ReadMap);
  add("map/changed", DrawMap);
  add("map/count", Count);
  add("best/single/sqlite", ChooseBest, Medium::kSqlite, std::size_t{1});
  add("best/single/memory", ChooseBest, Medium::kMemory, std::size_t{1});
  add("best/batch_100/memory", ChooseBest, Medium::kMemory, std::size_t{100});
}

}  // namespace seathold::bench
