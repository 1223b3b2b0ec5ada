// The rush: buyers who want seats that are taken, told no by the mirror.
#include <benchmark/benchmark.h>

#include <algorithm>

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

// The rush itself: of a hundred attempts 95 want seats that are taken, and five get theirs,
// durably. Evenings whose front seats are held by user 1, and whose other seats are given out in
// pairs.
class Evenings {
 public:
  explicit Evenings(Hall& hall) : hall_(hall) {}

  struct Seats {
    PerformanceId performance;
    std::uint32_t first = 0;
  };
  // From one thread while no other takes.
  void Reserve(std::uint64_t winners) {
    const std::uint64_t wanted = (next_ + winners) / kWinnersEach + 1;
    while (evenings_.size() < wanted) evenings_.push_back(Rush(hall_).performance);
  }
  Seats Take() {
    const std::uint64_t n = next_.fetch_add(1, std::memory_order_relaxed);
    const auto pair = static_cast<std::uint32_t>(n % kWinnersEach);
    return {evenings_.at(n / kWinnersEach), kTaken + pair * kSeatsAHold};
  }

 private:
  static constexpr std::uint64_t kWinnersEach = (50'000 - kTaken) / kSeatsAHold;

  Hall& hall_;
  std::vector<PerformanceId> evenings_;
  std::atomic<std::uint64_t> next_{0};
};

constexpr std::size_t kOneWinsIn = 20;
constexpr std::size_t kSinglesABatch = 500;  // calls of their own, timed one by one

struct RushBatch {
  std::vector<SeatTicket> tickets;
  std::vector<HoldRequest> requests;
  std::vector<HoldReply> replies;

  RushBatch(std::size_t size, std::uint64_t first_user)
      : tickets(size * kSeatsAHold), requests(size), replies(size) {
    for (std::size_t i = 0; i < size; ++i) {
      requests[i].user = UserId{first_user + i};
      requests[i].seats = {&tickets[i * kSeatsAHold], kSeatsAHold};
    }
  }
  static bool Wins(std::size_t i) { return i % kOneWinsIn == 0; }
  void Fill(Hall& hall, Evenings& evenings) {
    PerformanceId tonight;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Evenings::Seats seats{tonight, static_cast<std::uint32_t>(i * 2 % kTaken)};
      if (Wins(i)) seats = evenings.Take();
      tonight = seats.performance;
      requests[i].id = HoldId{NextId()};
      requests[i].performance = tonight;
      tickets[i * kSeatsAHold] = hall.Ticket(seats.first);
      tickets[i * kSeatsAHold + 1] = hall.Ticket(seats.first + 1);
    }
  }
  bool AllAsTheyShould() const {
    for (std::size_t i = 0; i < replies.size(); ++i) {
      const bool right = Wins(i) ? replies[i].status.ok() : replies[i].status == Code::kSeatTaken;
      if (!right) return false;
    }
    return true;
  }
};

// Times `n` refused calls; false where one was not refused.
bool TimeSingles(ReservationSystem& office, RushBatch& batch, std::size_t n,
                 std::vector<std::int64_t>* times_ns) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = i % (kOneWinsIn - 1) + 1;
    const std::int64_t from_ns = MonotonicNs();
    office.Hold({&batch.requests[at], 1}, {&batch.replies[at], 1});
    times_ns->push_back(MonotonicNs() - from_ns);
    if (batch.replies[at].status != Code::kSeatTaken) return false;
  }
  return true;
}

void RushOfLosers(benchmark::State& state, std::size_t batch_size) {
  Hall& hall = SharedHall("rush", {.medium = Medium::kJournal});
  static Evenings evenings(hall);
  if (state.thread_index() == 0) {
    evenings.Reserve(static_cast<std::uint64_t>(state.max_iterations) * batch_size / kOneWinsIn *
                     static_cast<std::uint64_t>(state.threads()));
  }
  RushBatch batch(batch_size,
                  1'000'000 + static_cast<std::uint64_t>(state.thread_index()) * 100'000);
  std::vector<std::int64_t> times_ns;
  times_ns.reserve(static_cast<std::size_t>(state.max_iterations) * kSinglesABatch);
  ReservationSystem& office = hall.engine().reservations();
  for ([[maybe_unused]] auto _ : state) {
    batch.Fill(hall, evenings);
    office.Hold(batch.requests, batch.replies, {60'000});
    if (!batch.AllAsTheyShould()) state.SkipWithError("an attempt ended otherwise than it should");
    if (!TimeSingles(office, batch, kSinglesABatch, &times_ns)) {
      state.SkipWithError("a wanted seat was not refused");
    }
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(batch_size + kSinglesABatch));
  const auto p99 = times_ns.begin() + static_cast<std::ptrdiff_t>(times_ns.size() * 99 / 100);
  std::ranges::nth_element(times_ns, p99);
  state.counters["refusal_p99_ns"] =
      benchmark::Counter(static_cast<double>(*p99), benchmark::Counter::kAvgThreads);
  if (state.thread_index() == 0) state.SetLabel(hall.Label() + "; 95 of 100 refused");
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
  for (const std::size_t batch : {1'000, 10'000}) {
    const std::string full = "refuse/rush/batch_" + std::to_string(batch) + "/journal";
    benchmark::RegisterBenchmark(full.c_str(), RushOfLosers, batch)
        ->Threads(2)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace seathold::bench
