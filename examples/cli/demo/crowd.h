// People with accounts: they register and log in with real passwords before the sale.
#pragma once

#include <vector>

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/rush.h"
#include "seathold/engine.h"

namespace seathold::demo {

// Argon2id takes tens of milliseconds of CPU a hash, and each person takes two: that is the work.
// Registers and logs in `people` on `threads` threads. In order when threads = 1.
Result<std::vector<LoggedIn>> RegisterCrowd(Engine& engine, int people, int threads,
                                            const StopFlag& stop, Console& console);

}  // namespace seathold::demo
