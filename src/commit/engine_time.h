// Engine time: what the clock says, made safe to decide by.
//
// It never goes back, whatever the wall clock does, and never stands still while the machine runs:
// a wall clock that steps back is replaced by elapsed boot time until it has caught up. A step
// forward beyond `jump_max_ms` between two readings is taken for a fault and ignored (reopening
// accepts it). A manual clock is followed as it is, but never back.
//
// Where the database tells the time, its clock is the wall clock for all processes: between two
// readings of it time goes on by boot time, and the machine's own wall clock counts for nothing. A
// manual clock replaces the database's too. Thread-safe.
#pragma once

#include <atomic>
#include <optional>

#include "seathold/clock.h"
#include "src/util/mutex.h"

namespace seathold {

class EngineTime {
 public:
  EngineTime(Clock& clock, std::int64_t jump_max_ms)
      : clock_(clock), jump_max_us_(jump_max_ms * kUsPerMs) {}

  // `floor`: a time that is known to have been reached (storage's mark). `database`: its clock,
  // read just now, where it has one.
  TimeUs Now(TimeUs floor = {}, std::optional<TimeUs> database = std::nullopt);
  // The last answer of Now() while that is younger than kGlanceNs, for what may be answered a
  // little late; else Now(). Takes no lock while there is one.
  TimeUs Glance();
  // The next reading is a first one, as at opening: time may lie before this one's.
  void Restart(TimeUs mark);
  std::uint64_t jumps() const;
  // The highest floor there was.
  TimeUs mark() const;

 private:
  static constexpr std::int64_t kGlanceNs = 1'000'000;
  static constexpr std::int64_t kNever = INT64_MIN / 2;

  TimeUs Tell(TimeUs now, std::int64_t boot_ns) REQUIRES(mutex_);

  Clock& clock_;
  const std::int64_t jump_max_us_;
  mutable Mutex mutex_;
  // The last answer and the boot time it was read at. Written under the mutex in this order: who
  // sees the moment sees that answer or a later one.
  std::atomic<std::int64_t> last_us_ = 0;
  std::atomic<std::int64_t> last_boot_ns_ = kNever;
  bool first_ GUARDED_BY(mutex_) = true;         // the next reading has nothing to be compared with
  bool by_database_ GUARDED_BY(mutex_) = false;  // its clock was read once
  TimeUs mark_ GUARDED_BY(mutex_);
  bool ignoring_ GUARDED_BY(mutex_) = false;
  std::uint64_t jumps_ GUARDED_BY(mutex_) = 0;
};

}  // namespace seathold
