// The yardstick: the row writes of holds and payments by hand, straight onto SQLite, as fast as one
// writer can: same tables, same indexes, same durability, nothing read, nothing decided.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/hall.h"

namespace seathold::bench {

class BareSqlite {
 public:
  BareSqlite();
  ~BareSqlite();
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  static constexpr const char* kName = "bare SQLite";
  // Seats for this many more holds are there; `NextSale` takes them.
  void Reserve(std::uint64_t holds);
  BareSale NextSale(std::uint64_t user);
  // Each call is one transaction. REQUIRES: all sales are of one performance.
  void Hold(const std::vector<BareSale>& sales);
  void Pay(const std::vector<BareSale>& sales);

 private:
  struct Statements;

  void Exec(const std::string& sql);
  void AddPerformance();
  void UpdateSeats(const BareSale& sale, int state, std::uint64_t version);
  void InsertFeed(const BareSale& sale, int kind, std::uint64_t counter);
  void EndTransaction(PerformanceId performance, std::uint64_t sold);

  const WorkFolder folder_;
  sqlite3* db_ = nullptr;
  std::unique_ptr<Statements> on_;
  SeatStock stock_;
  std::vector<std::uint64_t> feed_;      // by performance, from 1
  std::vector<std::uint64_t> balances_;  // lines of each funded user's statement
  std::int64_t now_us_ = 1'800'000'000'000'000;
};

}  // namespace seathold::bench
