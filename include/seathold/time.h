// Points in time and deadlines. Plain values.
//
//   seats.Hold(request, {.timeout_ms = 500});            // how long the call may take
//   const TimeUs in_an_hour = AddMs(engine->Now(), 3'600'000);
//
// The clock is bounded: no point in time that SeatHold takes, makes or keeps lies beyond the end of
// the year 9999, so that sums of a time and a duration never overflow.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>

#include "seathold/cxx20.h"

namespace seathold {

// Microseconds since 1970-01-01 00:00 UTC. Zero is "none".
struct TimeUs {
  std::int64_t value = 0;

  auto operator<=>(const TimeUs&) const = default;
};

inline constexpr std::int64_t kUsPerMs = 1'000;
inline constexpr std::int64_t kUsPerSecond = 1'000'000;

// 9999-12-31 23:59:59.999999 UTC, the last point in time there is.
inline constexpr TimeUs kTimeMax{253'402'300'799'999'999};

// The nearest point in time from 1970 (0) to kTimeMax.
constexpr TimeUs Bounded(TimeUs t) { return std::clamp(t, TimeUs{0}, kTimeMax); }

// `ms` later, or earlier for a negative one; what would lie outside 1970 .. kTimeMax is the nearest
// that does not.
constexpr TimeUs AddMs(TimeUs t, std::int64_t ms) {
  constexpr std::int64_t kMsMax = kTimeMax.value / kUsPerMs + 1;
  return Bounded(TimeUs{Bounded(t).value + std::clamp(ms, -kMsMax, kMsMax) * kUsPerMs});
}

// How long a call may take. Relative, in milliseconds, 0 .. 86,400,000: 0 asks once and does not
// wait. A batch is worked through in chunks of at most 1,024 items, the first one always; items of
// chunks that were not begun in time answer kBusy.
struct CallOptions {
  std::int64_t timeout_ms = 5'000;
};

// The absolute form that layers below the API pass on: a reading of the machine's monotonic clock.
// Deadlines are always real time, also under a manual clock: they bound waiting, not holds.
struct Deadline {
  std::int64_t monotonic_ns = std::numeric_limits<std::int64_t>::max();

  static Deadline After(const CallOptions& options);
  // As above, of a call that came at `from_ns`.
  static Deadline After(const CallOptions& options, std::int64_t from_ns);
  // For whoever has to hand on what is left of it: 0 when passed.
  std::int64_t remaining_ns() const;
  bool passed() const { return remaining_ns() == 0; }
};

// The clock of Deadline, in nanoseconds from an unknown start: for differences alone.
std::int64_t MonotonicNs();

}  // namespace seathold
