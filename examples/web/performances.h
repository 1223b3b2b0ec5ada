// What never changes of performances, kept in memory: names, plan, prices, and the reply that tells
// a browser all of it. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "examples/web/http.h"
#include "seathold/engine.h"
#include "src/util/json.h"
#include "src/util/mutex.h"

namespace seathold::web {

struct Facts {
  PerformanceView view;  // its availability is as old as this
  ShowView show;
  VenueView venue;
  std::shared_ptr<const Plan> plan;
  SharedText hall;  // the reply of getHall
  std::string hall_etag;

  PerformanceId id() const { return view.id; }
  // Of a seat in the plan and a ticket type; 0 where there is no such price.
  std::int64_t PriceMinor(std::uint32_t ordinal, std::uint32_t ticket_type) const;
};
using FactsRef = std::shared_ptr<const Facts>;

class Performances {
 public:
  explicit Performances(Engine& engine) : engine_(engine) {}

  // Errors: kUnknownPerformance, storage's.
  Result<FactsRef> Get(PerformanceId performance);

 private:
  Result<FactsRef> Load(PerformanceId performance);

  Engine& engine_;
  Mutex mutex_;
  CondVar loaded_;
  std::unordered_map<PerformanceId, FactsRef> known_ GUARDED_BY(mutex_);
  std::unordered_set<PerformanceId> loading_ GUARDED_BY(mutex_);
};

// {seat, index, section, row, label}; Set more on it. REQUIRES: a seat of the plan.
Json SeatJson(const Facts& facts, std::uint32_t ordinal);
// As listPerformances shows one, with the counts of `now`.
Json PerformanceJson(const PerformanceView& now, const ShowView& show, const VenueView& venue,
                     int seats_per_hold_max);

}  // namespace seathold::web
