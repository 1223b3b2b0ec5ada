// The rush: buyers who want seats that are taken, told no by the mirror.
#include <benchmark/benchmark.h>

#include "bench/hall.h"
#include "bench/suites.h"

namespace seathold::bench {
namespace {

constexpr std::uint32_t kTaken = 1'000;  // seats that everybody wants

// A hall whose front seats are held by user 1.
struct Rush {
  Hall& hall;
  PerformanceId performance;

  explicit Rush(Hall& h) : hall(h), performance(h.AddPerformance()) {
    for (std::uint32_t first = 0; first < kTaken; first += kSeatsAHold) {
      const SeatTicket tickets[] = {hall.Ticket(first), hall.Ticket(first + 1)};
      HoldRequest request;
      request.id = HoldId{NextId()};
      request.user = UserId{1};
      request.performance = performance;
      request.seats = tickets;
      HoldReply reply = hall.engine().reservations().Hold(request);
      Check(reply.status, "holding the wanted seats");
    }
  }
};

Rush& SharedRush(Medium medium) {
  static Rush memory(SharedHall("rush", {.medium = Medium::kMemory}));
  static Rush sqlite(SharedHall("rush", {.medium = Medium::kSqlite}));
  return medium == Medium::kMemory ? memory : sqlite;
}

void Refuse(benchmark::State& state, Medium medium, std::size_t batch) {
  Rush& rush = SharedRush(medium);
  std::vector<SeatTicket> tickets(batch * kSeatsAHold);
  std::vector<HoldRequest> requests(batch);
  std::vector<HoldReply> replies(batch);
  std::uint32_t seat = static_cast<std::uint32_t>(state.thread_index()) * 37;
  for (std::size_t i = 0; i < batch; ++i) {
    for (std::uint32_t s = 0; s < kSeatsAHold; ++s) {
      tickets[i * kSeatsAHold + s] = rush.hall.Ticket((seat + s * 2) % kTaken);
    }
    seat += 7;
    requests[i].id = HoldId{NextId()};
    requests[i].user = UserId{1'000'000 + std::uint64_t(state.thread_index()) * 10'000 + i};
    requests[i].performance = rush.performance;
    requests[i].seats = {&tickets[i * kSeatsAHold], kSeatsAHold};
  }
  ReservationSystem& office = rush.hall.engine().reservations();
  const std::uint64_t before = rush.hall.engine().stats().refused_by_mirror;
  for ([[maybe_unused]] auto _ : state) {
    office.Hold(requests, replies);
    if (replies[batch - 1].status != Code::kSeatTaken || !replies[batch - 1].advisory) {
      state.SkipWithError("a wanted seat was not refused by the mirror");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
  if (state.thread_index() != 0) return;
  const std::uint64_t refused = rush.hall.engine().stats().refused_by_mirror - before;
  if (refused == 0) state.SkipWithError("the mirror refused nothing");
  state.SetLabel(rush.hall.Label() + "; answered from the mirror");
}

}  // namespace

void RegisterRefusals() {
  for (const auto& [name, medium] :
       {std::pair("sqlite", Medium::kSqlite), std::pair("memory", Medium::kMemory)}) {
    for (const std::size_t batch : {1, 100}) {
      const std::string full =
          std::string("refuse/") + (batch == 1 ? "single" : "batch_100") + "/" + name;
      for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark(full.c_str(), Refuse, medium, batch)
            ->Threads(threads)
            ->UseRealTime();
      }
    }
  }
}

}  // namespace seathold::bench
