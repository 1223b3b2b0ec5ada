// Where the engine reads the time. A host may bring its own; tests use ManualClock.
//
//   auto clock = std::make_shared<seathold::ManualClock>(seathold::TimeUs{1'800'000'000'000'000});
//   auto engine = seathold::Engine::Open({.storage = "memory:"}, {.clock = clock});
//   clock->AdvanceMs(300'000);  // every hold of five minutes has lapsed
//
// The engine never uses a reading as it is: engine time never goes back and never stands still (see
// EngineTime in src/engine), and never leaves 1970 .. kTimeMax. All implementations are
// thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "seathold/time.h"

namespace seathold {

class Clock {
 public:
  virtual ~Clock() = default;

  // must provide: the wall clock, UTC. It may jump in either direction.
  virtual TimeUs Now() = 0;
  // must provide: nanoseconds since boot, suspended time included. It never goes back.
  virtual std::int64_t BoottimeNs() = 0;
  // must provide: true when nothing but the host moves this clock. The engine then takes Now() as
  // engine time, without a guard against jumps.
  virtual bool manual() const { return false; }
};

// The machine's own.
std::unique_ptr<Clock> NewSystemClock();

// Stands still until it is set, at most to kTimeMax. `Now` and `BoottimeNs` move apart when asked
// to, so that steps of the wall clock can be played.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimeUs start) : now_us_(start.value) {}

  TimeUs Now() override { return TimeUs{now_us_.load()}; }
  std::int64_t BoottimeNs() override { return boot_ns_.load(); }
  bool manual() const override { return true; }

  // Of the wall clock alone, also backwards: the engine then stands at the latest time that it has
  // given, until the clock is there again.
  void Set(TimeUs now) { now_us_.store(Bounded(now).value); }
  // Both clocks go on, as time does.
  void AdvanceMs(std::int64_t ms) { AdvanceUs(ms * kUsPerMs); }
  void AdvanceUs(std::int64_t us) {
    now_us_.fetch_add(us);
    boot_ns_.fetch_add(us * 1'000);
  }

 private:
  std::atomic<std::int64_t> now_us_;
  std::atomic<std::int64_t> boot_ns_{1};
};

// Wall and boot time scripted apart, with the engine's guards in force: what a machine whose clock
// is stepped looks like.
class ScriptedClock final : public Clock {
 public:
  explicit ScriptedClock(TimeUs start) : wall_us_(start.value) {}

  TimeUs Now() override { return TimeUs{wall_us_.load()}; }
  std::int64_t BoottimeNs() override { return boot_ns_.load(); }

  // Somebody sets the machine's clock.
  void StepWallUs(std::int64_t us) { wall_us_.fetch_add(us); }
  // Time passes: both move.
  void ElapseUs(std::int64_t us) {
    wall_us_.fetch_add(us);
    boot_ns_.fetch_add(us * 1'000);
  }

 private:
  std::atomic<std::int64_t> wall_us_;
  std::atomic<std::int64_t> boot_ns_{1};
};

}  // namespace seathold
