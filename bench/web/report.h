// What a run came to: a table for people, JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/web/drive.h"

namespace seathold::load {

struct Spread {  // milliseconds
  double p50 = 0, p95 = 0, p99 = 0, p999 = 0, most = 0;
};
// The value that this share of them does not exceed. Zero of none.
Spread SpreadOf(std::vector<std::int64_t> took_ns);

struct Report {
  std::string mix;
  double rate_asked = 0;
  int connections = 0;
  Tally tally;
  double host_cpu_s = 0;
  std::uint64_t host_bytes = 0;  // resident at the end

  double rate_served() const;
  Spread spread() const;  // of all kinds together
};

std::string TableHead();
std::string TableRow(const Report& report);
// What each kind of request took.
std::string KindsText(const Report& report);
std::string JsonText(const Report& report);
// Why this is more than the host carries: empty when it is not.
std::string BrokenBy(const Report& report);

}  // namespace seathold::load
