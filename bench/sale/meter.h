// What a stretch of work cost: time; processor time of this process and of the servers that did the
// work; bytes given to files (write_bytes of /proc would count whole folios: 2 MiB for 100 bytes).
#pragma once

#include <cstdint>

#include "bench/sale/contestant.h"

namespace seathold::sale {

std::int64_t MonotonicNs();

struct Usage {
  double wall_s = 0, cpu_s = 0;
  double written_bytes = 0;
};

class Meter {
 public:
  explicit Meter(const Contestant& of) : of_(of), begun_(Read()) {}
  Usage Spent() const;

 private:
  Usage Read() const;

  const Contestant& of_;
  const Usage begun_;
};

}  // namespace seathold::sale
