// What the engine tells about itself, as JSON.
#pragma once

#include "seathold/engine.h"
#include "src/util/json.h"

namespace seathold::capi {

Json ToJson(const AuditReport& report);
Json ToJson(const Stats& stats);
Json ToJson(const ImportReport& report);
Json ToJson(const VenueView& venue);
Json ToJson(const ShowView& show);
Json ToJson(const PerformanceView& performance);
// A seat with what people call it. REQUIRES: ordinal < plan.seats.size().
Json SeatJson(const Plan& plan, SeatId seat);

}  // namespace seathold::capi
