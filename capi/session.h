// What stands behind a handle: the engine, and the parts of it that C reaches for.
#pragma once

#include <memory>

#include "capi/log_ring.h"
#include "seathold/clock.h"
#include "seathold/engine.h"
#include "src/util/fork_guard.h"

namespace seathold::capi {

// Constant after opening. The parts are thread-safe.
struct Session {
  ForkGuard fork_guard;
  std::shared_ptr<ManualClock> clock;  // null = the system's; shared with the engine
  std::shared_ptr<LogRing> log;        // shared with the engine
  std::unique_ptr<Engine> engine;
};

}  // namespace seathold::capi
