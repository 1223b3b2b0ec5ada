// What a rule may know besides the records: the time, the engine's limits, the catalogue.
#pragma once

#include "seathold/options.h"
#include "seathold/time.h"
#include "src/rules/performance_info.h"
#include "src/rules/working_set.h"

namespace seathold {

// As EngineOptions has them.
struct RuleLimits {
  int max_seats_per_hold = EngineOptions{}.max_seats_per_hold;
  std::int64_t hold_ttl_ms = EngineOptions{}.hold_ttl_ms;
  std::int64_t staff_ttl_max_ms = EngineOptions{}.staff_ttl_max_ms;
};

struct RuleContext {
  TimeUs now;  // read after the write lock was had
  const RuleLimits& limits;
  const PerformanceCatalog& catalog;
};

}  // namespace seathold
