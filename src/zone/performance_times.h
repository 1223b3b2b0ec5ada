// The times of a performance: read, computed, held against each other.
#pragma once

#include <optional>

#include "seathold/adapter/records.h"
#include "seathold/catalog.h"
#include "src/zone/zones.h"

namespace seathold {

// Seconds since 1970 on the venue's clock. kInvalidArgument, naming local_date (a day of the
// calendar, YYYY-MM-DD) or local_time (HH:MM or HH:MM:SS, below 24:00).
Result<std::int64_t> ReadLocalTime(std::string_view date, std::string_view time);

// Computes starts_at from date, time and the venue's zone ("" is UTC), or holds the one that was
// given against them, to the minute; then holds the sale against the start. kInvalidArgument,
// naming the field: a time that does not exist or exists twice, a zone that is not known here or a
// year beyond its rules need starts_at.
Status SettleTimes(const Zones& zones, std::string_view zone, PerformanceSpec* spec);

// What is odd about selling it, for people: its sale is over at `now`. Empty: nothing is.
std::string PastWarning(const PerformanceSpec& settled, TimeUs now);

// Seconds east of UTC, in whole minutes: what its local time and its start say. Nothing: it was
// added by release 0.1, which believed both.
std::optional<std::int32_t> UtcOffset(const PerformanceRecord& record);

}  // namespace seathold
