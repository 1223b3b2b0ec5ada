// What a rule may know besides the records: the time, the engine's limits, the catalogue.
#pragma once

#include "seathold/time.h"
#include "src/rules/performance_info.h"
#include "src/rules/working_set.h"

namespace seathold {

struct RuleLimits {
  int max_seats_per_hold = 8;
  std::int64_t hold_ttl_ms = 300'000;
  std::int64_t staff_ttl_max_ms = 86'400'000;
};

struct RuleContext {
  TimeUs now;  // read after the write lock was had
  const RuleLimits& limits;
  const PerformanceCatalog& catalog;
};

}  // namespace seathold
