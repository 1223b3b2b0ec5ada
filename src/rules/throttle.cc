#include "src/rules/throttle.h"

#include <algorithm>

namespace seathold {
namespace {

std::int64_t LockMs(std::uint32_t failures) {
  if (failures < kFreeFailures) return 0;
  const std::uint32_t doublings = std::min(failures, kFailuresMax) - kFreeFailures;
  return std::min(std::int64_t{1} << doublings, kLockMaxS) * 1'000;
}

}  // namespace

std::uint32_t FailuresLeft(const ThrottleState& state, TimeUs now) {
  const std::int64_t quiet_us = std::max<std::int64_t>(0, now.value - state.last_failure.value);
  const std::int64_t forgotten = quiet_us / (kForgetOneS * kUsPerSecond);
  const std::int64_t counted = std::min(state.failures, kFailuresMax);
  return static_cast<std::uint32_t>(std::max<std::int64_t>(0, counted - forgotten));
}

ThrottleAnswer CheckThrottle(const ThrottleState& state, TimeUs now) {
  // Engine time never goes back, so such a row is damage; it must not keep anybody out.
  if (state.last_failure > now) return {};
  const TimeUs latest = AddMs(state.last_failure, kLockMaxS * 1'000);
  const TimeUs until = std::min(state.locked_until, latest);
  if (until <= now) return {};
  return {.allowed = false, .wait_until = until};
}

ThrottleState AfterFailure(const ThrottleState& state, TimeUs now) {
  const std::uint32_t failures = std::min(FailuresLeft(state, now) + 1, kFailuresMax);
  const std::int64_t lock_ms = LockMs(failures);
  return {.failures = failures,
          .last_failure = now,
          .locked_until = lock_ms == 0 ? TimeUs{} : AddMs(now, lock_ms)};
}

}  // namespace seathold
