// What the benchmarks sell: an engine with one large hall and as many evenings as they use up.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seathold/engine.h"

namespace seathold::bench {

// The last two are where SEATHOLD_BENCH_POSTGRES and SEATHOLD_BENCH_REDIS say.
enum class Medium : std::uint8_t { kMemory, kSqlite, kJournal, kPostgres, kPostgresRedis };

inline constexpr std::uint32_t kSeatsAHold = 2;
inline constexpr std::uint64_t kFundedUsers = 1'024;  // users 1 .. n have a full wallet
inline constexpr std::int64_t kPriceMinor = 4'500;

// Ends the program: a figure of a benchmark that failed is worse than none.
inline void Check(const Status& status, const char* what) {
  if (status.ok()) return;
  std::cerr << "bench: " << what << ": " << status.text() << '\n';
  std::exit(1);
}
template <class T>
T Must(Result<T> result, const char* what) {
  if (!result.ok()) Check(result.status(), what);
  return std::move(result).value();
}

// The value of an environment variable, empty where it is not set.
std::string Setting(const char* name);
// SEATHOLD_BENCH_POSTGRES with a schema of its own for `purpose` of this process.
std::string PostgresUri(const std::string& purpose);

// A folder under SEATHOLD_BENCH_DIR (default: the system's temporary folder), removed at the end.
class WorkFolder {
 public:
  WorkFolder();
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  std::string File(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Ids that grow, as UUIDv7 do, for the price of an increment: the benchmarks measure the engine.
Uuid NextId();

// Neighbouring seats nobody was given before. Reserve from one thread while no other takes.
class SeatStock {
 public:
  explicit SeatStock(std::uint32_t seats_a_performance) : seats_(seats_a_performance) {}

  struct Seats {
    PerformanceId performance;
    std::uint32_t first = 0;
  };
  // How many more performances `seats` seats in pieces of kSeatsAHold take.
  std::size_t Missing(std::uint64_t seats) const;
  void Add(PerformanceId performance) { performances_.push_back(performance); }
  Seats Take();

 private:
  const std::uint32_t seats_;
  std::vector<PerformanceId> performances_;
  std::atomic<std::uint64_t> next_{0};
};

// What is sold by hand, for comparison.
struct BareSale {
  Uuid hold{};
  Uuid payment{};
  std::uint64_t user = 0;
  std::uint32_t first_seat = 0;
  PerformanceId performance;
};

class Hall {
 public:
  struct Spec {
    Medium medium = Medium::kMemory;
    std::string schema = "hall";  // in PostgreSQL
    int rows = 500;
    int seats_a_row = 100;
    bool queue = false;  // a second show, with a waiting line
  };
  explicit Hall(const Spec& spec);

  Engine& engine() { return *engine_; }
  VenueId venue() const { return venue_; }
  ShowId queued_show() const { return queued_show_; }
  std::uint32_t seats() const { return seats_; }
  PerformanceId AddPerformance();

  // Seats for `holds` more holds are there to take, their performances in memory.
  void Reserve(std::uint64_t holds);
  SeatStock::Seats Take() { return stock_.Take(); }
  SeatTicket Ticket(std::uint32_t ordinal) const { return {MakeSeatId(venue_, ordinal)}; }
  // "sqlite, each commit synced; claims: memory; line: none"
  std::string Label();
  const WorkFolder& folder() const { return folder_; }
  std::string database() const { return folder_.File("hall.db"); }

 private:
  EngineOptions Options() const;
  void AddShows();
  void Fund();

  const Spec spec_;
  const WorkFolder folder_;
  std::unique_ptr<Engine> engine_;
  VenueId venue_;
  ShowId show_, queued_show_;
  const std::uint32_t seats_;
  SeatStock stock_;
};

// One hall for all repetitions that name the same purpose, made when first asked for. Thread-safe.
Hall& SharedHall(const std::string& purpose, Hall::Spec spec);

}  // namespace seathold::bench
