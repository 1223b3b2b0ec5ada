// Engine time: what the clock says, made safe to decide by.
//
// It never goes back, whatever the wall clock does, and never stands still while the machine runs:
// a wall clock that steps back is replaced by elapsed boot time until it has caught up. A step
// forward beyond `jump_max_ms` between two readings is taken for a fault and ignored (reopening
// accepts it). A manual clock is followed as it is, but never back. Thread-safe.
#pragma once

#include "seathold/clock.h"
#include "src/util/mutex.h"

namespace seathold {

class EngineTime {
 public:
  EngineTime(Clock& clock, std::int64_t jump_max_ms)
      : clock_(clock), jump_max_us_(jump_max_ms * kUsPerMs) {}

  // `floor`: a time that is known to have been reached (storage's mark).
  TimeUs Now(TimeUs floor = {});
  // The next reading is a first one, as at opening: time may lie before this one's.
  void Restart(TimeUs mark);
  std::uint64_t jumps() const;
  // The highest floor there was.
  TimeUs mark() const;

 private:
  Clock& clock_;
  const std::int64_t jump_max_us_;
  mutable Mutex mutex_;
  TimeUs last_ GUARDED_BY(mutex_);
  TimeUs mark_ GUARDED_BY(mutex_);
  std::int64_t last_boot_ns_ GUARDED_BY(mutex_) = 0;
  bool ignoring_ GUARDED_BY(mutex_) = false;
  std::uint64_t jumps_ GUARDED_BY(mutex_) = 0;
};

}  // namespace seathold
