#include "src/engine/engine_time.h"

#include <algorithm>

namespace seathold {

TimeUs EngineTime::Now(TimeUs floor) {
  const MutexLock lock(mutex_);
  floor = Bounded(floor);  // as all that is read: a clock, or a database, may say anything
  mark_ = std::max(mark_, floor);
  TimeUs wall = Bounded(clock_.Now());
  if (clock_.manual()) {
    last_ = std::max({last_, wall, floor});
    return last_;
  }
  const std::int64_t boot_ns = clock_.BoottimeNs();
  if (last_.value == 0) {  // the first reading: there is nothing to compare it with
    last_ = std::max(wall, floor);
    last_boot_ns_ = boot_ns;
    return last_;
  }
  const std::int64_t elapsed_us = (boot_ns - last_boot_ns_) / 1'000;
  const TimeUs expected = Bounded(TimeUs{last_.value + elapsed_us});
  const bool jumped = wall.value - expected.value > jump_max_us_;
  if (jumped) wall = expected;
  if (jumped && !ignoring_) ++jumps_;
  ignoring_ = jumped;
  last_ = std::max({wall, expected, floor});
  last_boot_ns_ += elapsed_us * 1'000;  // the part of a microsecond that is left counts next time
  return last_;
}

void EngineTime::Restart(TimeUs mark) {
  const MutexLock lock(mutex_);
  last_ = TimeUs{};
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
