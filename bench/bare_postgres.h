// The yardstick beyond one machine: the row writes of holds and payments by hand, as sets, straight
// through libpq's pipeline: same tables, same indexes, same durability, nothing locked ahead,
// nothing read, nothing decided; everything and COMMIT in one round trip.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/hall.h"
#include "src/storage/postgres/connection.h"

namespace seathold::bench {

class BarePostgres {
 public:
  BarePostgres();
  BarePostgres(const BarePostgres&) = delete;
  BarePostgres& operator=(const BarePostgres&) = delete;

  static constexpr const char* kName = "bare libpq";
  // Seats for this many more holds are there; `NextSale` takes them.
  void Reserve(std::uint64_t holds);
  BareSale NextSale(std::uint64_t user);
  // Each call is one transaction. REQUIRES: all sales are of one performance.
  void Hold(const std::vector<BareSale>& sales);
  void Pay(const std::vector<BareSale>& sales);

 private:
  void Exec(const std::string& sql);
  void AddPerformance();
  void UpdateSeats(const std::vector<BareSale>& sales, int state);
  void InsertFeed(const std::vector<BareSale>& sales, int kind);
  void Commit(PerformanceId performance, std::uint64_t sold);

  std::unique_ptr<postgres::Connection> connection_;
  SeatStock stock_;
  std::vector<std::uint64_t> feed_;      // by performance, from 1
  std::vector<std::uint64_t> balances_;  // lines of each funded user's statement
  std::int64_t now_us_ = 1'800'000'000'000'000;
};

}  // namespace seathold::bench
