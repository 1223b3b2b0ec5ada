// What a seat, a hold and a waiter take: pages of the database file, bytes of the heap.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <sqlite3.h>

#include "bench/hall.h"
#include "bench/suites.h"
#include "src/line/memory/memory_line.h"
#include "src/line/sqlite/sqlite_line.h"

namespace seathold::bench {
namespace {

constexpr int kSeats = 50'000;
constexpr int kHolds = 20'000;
constexpr int kWaiters = 100'000;

double HeapBytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

// Bytes of a database, those that still stand in its WAL included.
double DatabaseBytes(const std::string& path) {
  sqlite3* db = nullptr;
  double bytes = 0;
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<double*>(out) = std::atof(values[0]);
      return 0;
    };
    sqlite3_exec(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", take,
                 &bytes, nullptr);
  }
  sqlite3_close(db);
  if (bytes == 0) Check(Status(Code::kCannotOpen), path.c_str());
  return bytes;
}

void HoldMany(Hall& hall) {
  std::vector<SeatTicket> tickets(2'000);
  std::vector<HoldRequest> requests(1'000);
  std::vector<HoldReply> replies(1'000);
  for (int done = 0; done < kHolds; done += 1'000) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const SeatStock::Seats seats = hall.Take();
      tickets[2 * i] = hall.Ticket(seats.first);
      tickets[2 * i + 1] = hall.Ticket(seats.first + 1);
      requests[i].id = HoldId{NextId()};
      requests[i].user = UserId{static_cast<std::uint64_t>(done) + i + 1};
      requests[i].performance = seats.performance;
      requests[i].seats = {&tickets[2 * i], 2};
    }
    hall.engine().reservations().Hold(requests, replies, {60'000});
    for (const HoldReply& reply : replies) Check(reply.status, "holding");
  }
}

void SizeOfSeatsAndHolds(benchmark::State& state, Medium medium) {
  for ([[maybe_unused]] auto _ : state) {
    Hall hall({.medium = medium});
    const auto size = [&] {
      return medium == Medium::kMemory ? HeapBytes() : DatabaseBytes(hall.database());
    };
    const double before = size();
    hall.Reserve(kHolds);
    const double with_seats = size();
    HoldMany(hall);
    state.counters["bytes_a_seat"] = (with_seats - before) / kSeats;
    state.counters["bytes_a_hold"] = (size() - with_seats) / kHolds;
    state.counters["mirror_bytes_a_seat"] =
        static_cast<double>(hall.engine().stats().mirror_bytes) / kSeats;
    state.SetLabel(medium == Medium::kMemory
                       ? "heap; seat: with its mirror; hold of 2 seats: with its claims"
                       : "pages of the database; hold of 2 seats: record, indexes and event");
  }
}

void SizeOfWaiters(benchmark::State& state, Medium medium) {
  for ([[maybe_unused]] auto _ : state) {
    const WorkFolder folder;
    const std::string path = folder.File("line");
    const double heap = HeapBytes();
    std::unique_ptr<Line> line =
        medium == Medium::kMemory ? NewMemoryLine() : Must(NewSqliteLine(path), "opening a line");
    const TimeUs now{1'800'000'000'000'000};
    LineConfig config;
    config.active_max = 1;
    Check(line->OpenLine(ShowId{1}, config, now, {}), "opening a line");
    for (int done = 0; done < kWaiters; done += 1'000) {
      std::vector<LineEntry> entries(1'000);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].user = UserId{static_cast<std::uint64_t>(done) + i + 1};
      }
      Check(line->Join(ShowId{1}, 1, entries, now, {}), "joining");
    }
    state.counters["heap_bytes_a_waiter"] = (HeapBytes() - heap) / kWaiters;
    if (medium == Medium::kSqlite) {
      state.counters["disk_bytes_a_waiter"] = DatabaseBytes(path) / kWaiters;
    }
    state.SetLabel("100,000 waiters");
  }
}

}  // namespace

void RegisterSizes() {
  const auto add = [](const char* name, auto fn, auto... args) {
    benchmark::RegisterBenchmark(name, fn, args...)
        ->Iterations(1)
        ->Repetitions(1)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("size/seats_and_holds/sqlite", SizeOfSeatsAndHolds, Medium::kSqlite);
  add("size/seats_and_holds/memory", SizeOfSeatsAndHolds, Medium::kMemory);
  add("size/waiters/sqlite", SizeOfWaiters, Medium::kSqlite);
  add("size/waiters/memory", SizeOfWaiters, Medium::kMemory);
}

}  // namespace seathold::bench
