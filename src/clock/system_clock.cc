// The clock of the machine: the one place that reads it.
#include <algorithm>
#include <ctime>

#include "seathold/clock.h"

namespace seathold {
namespace {

std::int64_t ReadNs(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

class SystemClock final : public Clock {
 public:
  TimeUs Now() override { return TimeUs{ReadNs(CLOCK_REALTIME) / 1'000}; }
  std::int64_t BoottimeNs() override { return ReadNs(CLOCK_BOOTTIME); }
};

}  // namespace

std::unique_ptr<Clock> NewSystemClock() { return std::make_unique<SystemClock>(); }

std::int64_t MonotonicNs() { return ReadNs(CLOCK_MONOTONIC); }

Deadline Deadline::After(const CallOptions& options) { return After(options, MonotonicNs()); }

Deadline Deadline::After(const CallOptions& options, std::int64_t from_ns) {
  // What lies beyond the range of CallOptions counts as the nearest that does not.
  constexpr std::int64_t kTimeoutMsMax = 86'400'000;
  const std::int64_t timeout_ms = std::clamp(options.timeout_ms, std::int64_t{0}, kTimeoutMsMax);
  return Deadline{from_ns + timeout_ms * 1'000'000};
}

std::int64_t Deadline::remaining_ns() const {
  if (monotonic_ns == std::numeric_limits<std::int64_t>::max()) return monotonic_ns;
  const std::int64_t left = monotonic_ns - MonotonicNs();
  return left > 0 ? left : 0;
}

}  // namespace seathold
