#include "src/commit/engine_time.h"

#include <algorithm>

namespace seathold {

TimeUs EngineTime::Now(TimeUs floor, std::optional<TimeUs> database) {
  const MutexLock lock(mutex_);
  floor = Bounded(floor);  // as all that is read: a clock, or a database, may say anything
  mark_ = std::max(mark_, floor);
  const TimeUs last{first_ ? 0 : last_us_.load()};
  if (clock_.manual()) return Tell(std::max({last, Bounded(clock_.Now()), floor}), 0);
  by_database_ = by_database_ || database.has_value();
  if (by_database_ && first_ && !database) return mark_;
  TimeUs wall = Bounded(database ? *database : by_database_ ? last : clock_.Now());
  const std::int64_t boot_ns = clock_.BoottimeNs();
  if (first_) return Tell(std::max(wall, floor), boot_ns);
  const std::int64_t elapsed_us = (boot_ns - last_boot_ns_) / 1'000;
  const TimeUs expected = Bounded(TimeUs{last.value + elapsed_us});
  const bool jumped = wall.value - expected.value > jump_max_us_;
  if (jumped) wall = expected;
  if (jumped && !ignoring_) ++jumps_;
  ignoring_ = jumped;
  // The part of a microsecond that is left counts next time.
  return Tell(std::max({wall, expected, floor}), last_boot_ns_ + elapsed_us * 1'000);
}

TimeUs EngineTime::Glance() {
  if (!clock_.manual()) {
    const std::int64_t last_boot_ns = last_boot_ns_.load(std::memory_order_acquire);
    if (clock_.BoottimeNs() - last_boot_ns < kGlanceNs) {
      return TimeUs{last_us_.load(std::memory_order_relaxed)};
    }
  }
  return Now();
}

TimeUs EngineTime::Tell(TimeUs now, std::int64_t boot_ns) {
  first_ = false;
  last_us_.store(now.value, std::memory_order_relaxed);
  last_boot_ns_.store(boot_ns, std::memory_order_release);
  return now;
}

void EngineTime::Restart(TimeUs mark) {
  const MutexLock lock(mutex_);
  first_ = true;
  last_boot_ns_ = kNever;
  mark_ = mark;
  ignoring_ = false;
}

TimeUs EngineTime::mark() const {
  const MutexLock lock(mutex_);
  return mark_;
}

std::uint64_t EngineTime::jumps() const {
  const MutexLock lock(mutex_);
  return jumps_;
}

}  // namespace seathold
