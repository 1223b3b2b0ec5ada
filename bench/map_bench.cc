// What people look at: the map of 50,000 seats, its counts, and the choice of the best seats.
#include <benchmark/benchmark.h>

#include <chrono>

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

// Each map is drawn after `seats` seats all over the hall were held, or given back, hold by hold.
void DrawMap(benchmark::State& state, std::uint32_t seats) {
  const PerformanceId performance = BigNight();
  ReservationSystem& office = BigHall().engine().reservations();
  std::vector<SeatTicket> tickets(seats);
  std::vector<HoldRequest> requests(seats);
  std::vector<HoldReply> replies(seats);
  std::vector<CancelRequest> held(seats);
  std::vector<Status> given_back(seats);
  for (std::uint32_t i = 0; i < seats; ++i) {
    tickets[i] = BigHall().Ticket(BigHall().seats() / seats * i);
    requests[i].user = UserId{1 + i};
    requests[i].performance = performance;
    requests[i].seats = {&tickets[i], 1};
  }
  bool taken = false;
  const auto change = [&] {
    if (!taken) {
      for (HoldRequest& request : requests) request.id = HoldId{NextId()};
      office.Hold(requests, replies);
      for (std::uint32_t i = 0; i < seats; ++i) {
        Check(replies[i].status, "holding");
        held[i] = {performance, requests[i].id, requests[i].user};
      }
    } else {
      office.Cancel(held, given_back);
      for (const Status& status : given_back) Check(status, "cancelling");
    }
    taken = !taken;
  };
  for ([[maybe_unused]] auto _ : state) {
    change();
    const auto from = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(Must(office.Map(performance), "drawing a map"));
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
  }
  if (taken) change();
  state.SetLabel("50,000 seats, " + std::to_string(seats) + " changed since; from the mirror");
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
  for (const std::uint32_t seats : {1, 100}) {
    const std::string full = "map/changed_" + std::to_string(seats);
    benchmark::RegisterBenchmark(full.c_str(), DrawMap, seats)
        ->UseManualTime()
        ->MinTime(0.01)
        ->Unit(benchmark::kMicrosecond);
  }
  add("map/unchanged", ReadMap);
  add("map/count", Count);
  add("best/single/sqlite", ChooseBest, Medium::kSqlite, std::size_t{1});
  add("best/single/memory", ChooseBest, Medium::kMemory, std::size_t{1});
  add("best/batch_100/memory", ChooseBest, Medium::kMemory, std::size_t{100});
}

}  // namespace seathold::bench
