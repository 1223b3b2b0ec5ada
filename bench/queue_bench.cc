// The waiting line: join, poll and admit, as buyers meet them (with signed tokens) and bare.
#include <benchmark/benchmark.h>

#include "bench/hall.h"
#include "bench/suites.h"
#include "src/line/memory/memory_line.h"
#include "src/line/sqlite/sqlite_line.h"

namespace seathold::bench {
namespace {

constexpr std::size_t kWaiters = 10'000;

UserId NewUser() {
  static std::atomic<std::uint64_t> user{10'000'000};
  return UserId{user.fetch_add(1, std::memory_order_relaxed)};
}

std::vector<Place> JoinMany(Hall& hall, std::size_t n) {
  std::vector<JoinRequest> requests(n);
  for (JoinRequest& request : requests) request = {hall.queued_show(), NewUser()};
  std::vector<Place> places(n);
  hall.engine().queue().Join(requests, places);
  for (const Place& place : places) Check(place.status, "joining");
  return places;
}

// One buyer is inside, and the house is full: whoever joins after that waits.
Hall& QueueHall(Medium medium) {
  const auto filled = [](Medium of) {
    Hall& hall = SharedHall("queue", {.medium = of, .rows = 10, .seats_a_row = 10, .queue = true});
    (void)JoinMany(hall, 1);
    return &hall;
  };
  static Hall& memory = *filled(Medium::kMemory);
  static Hall& sqlite = *filled(Medium::kSqlite);
  return medium == Medium::kMemory ? memory : sqlite;
}

void Join(benchmark::State& state, Medium medium, std::size_t batch) {
  Hall& hall = QueueHall(medium);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(JoinMany(hall, batch));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
  if (state.thread_index() == 0) state.SetLabel(hall.Label());
}

void PollThese(benchmark::State& state, Hall& hall, const std::vector<Place>& waiting,
               std::size_t batch) {
  std::vector<std::string_view> tokens(batch);
  std::vector<Place> replies(batch);
  std::size_t next = static_cast<std::size_t>(state.thread_index()) * 4'001;
  for ([[maybe_unused]] auto _ : state) {
    for (std::string_view& token : tokens) token = waiting[next++ % waiting.size()].token.view();
    hall.engine().queue().Poll(tokens, replies);
    if (!replies[0].status.ok() || replies[0].state != LineState::kWaiting) {
      state.SkipWithError("a waiter was not found waiting");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
  if (state.thread_index() == 0) state.SetLabel(hall.Label() + "; tokens verified");
}

void Poll(benchmark::State& state, Medium medium, std::size_t batch) {
  static const std::vector<Place> memory = JoinMany(QueueHall(Medium::kMemory), kWaiters);
  static const std::vector<Place> sqlite = JoinMany(QueueHall(Medium::kSqlite), kWaiters);
  PollThese(state, QueueHall(medium), medium == Medium::kMemory ? memory : sqlite, batch);
}

// One of a hundred of them polls.
const std::vector<Place>& Million() {
  static const std::vector<Place> some = [] {
    constexpr std::size_t kMillion = 1'000'000;
    Hall& hall = SharedHall("million", {.rows = 10, .seats_a_row = 10, .queue = true});
    std::vector<Place> polling;
    for (std::size_t joined = 0; joined < kMillion; joined += kWaiters) {
      const std::vector<Place> places = JoinMany(hall, kWaiters);
      for (std::size_t i = 1; i < places.size(); i += 100) polling.push_back(places[i]);
    }
    return polling;
  }();
  return some;
}

void PollAmongAMillion(benchmark::State& state, std::size_t batch) {
  const std::vector<Place>& some = Million();
  PollThese(state, SharedHall("million", {}), some, batch);
}

// The adapter alone: a thousand join behind a full house, leave makes room, admit lets them in.
void Admit(benchmark::State& state, Medium medium) {
  constexpr std::uint32_t kRoom = 1'000;
  const WorkFolder folder;
  std::unique_ptr<Line> line = medium == Medium::kMemory
                                   ? NewMemoryLine()
                                   : Must(NewSqliteLine(folder.File("line")), "opening a line");
  LineConfig config;
  config.active_max = kRoom;
  TimeUs now{1'800'000'000'000'000};
  const ShowId show{1};
  Check(line->OpenLine(show, config, now, {}), "opening a line");
  std::vector<LineEntry> inside(kRoom), waiting(kRoom);
  const auto join = [&](std::vector<LineEntry>* entries) {
    for (LineEntry& entry : *entries) entry = LineEntry{.user = NewUser()};
    Check(line->Join(show, 1, *entries, now, {}), "joining");
  };
  join(&inside);
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    join(&waiting);
    Check(line->Leave(show, 1, inside, {}), "leaving");
    now.value += kUsPerMs;
    state.ResumeTiming();
    std::uint32_t admitted = 0;
    Check(line->Admit(show, 1, kRoom, now, {}, &admitted), "admitting");
    if (admitted != kRoom) state.SkipWithError("not everybody was admitted");
    std::swap(inside, waiting);
  }
  state.SetItemsProcessed(state.iterations() * kRoom);
  state.SetLabel(medium == Medium::kMemory ? "memory line alone"
                                           : "sqlite line alone, may lose what was not synced");
}

}  // namespace

void RegisterQueue() {
  for (const auto& [name, medium] :
       {std::pair("sqlite", Medium::kSqlite), std::pair("memory", Medium::kMemory)}) {
    const auto add = [&](const char* what, auto fn, auto... args) {
      const std::string full = std::string("queue/") + what + "/" + name;
      return benchmark::RegisterBenchmark(full.c_str(), fn, args...)->UseRealTime();
    };
    add("join_single", Join, medium, std::size_t{1});
    add("join_batch_100", Join, medium, std::size_t{100});
    add("poll_single", Poll, medium, std::size_t{1})->Threads(1)->Threads(2);
    add("poll_batch_100", Poll, medium, std::size_t{100})->Threads(1)->Threads(2);
    add("admit_1000", Admit, medium);
  }
  for (const std::size_t batch : {1, 100}) {
    const std::string full =
        std::string("queue/poll_") + (batch == 1 ? "single" : "batch_100") + "/memory/million_wait";
    benchmark::RegisterBenchmark(full.c_str(), PollAmongAMillion, batch)
        ->UseRealTime()
        ->Threads(1)
        ->Threads(2);
  }
}

}  // namespace seathold::bench
