// The waiting line of one process, in memory: gone when the process is.
#pragma once

#include <memory>

#include "seathold/adapter/line.h"

namespace seathold {

// Thread-safe; no call waits longer than the step of another call on the same line takes.
std::unique_ptr<Line> NewMemoryLine();

}  // namespace seathold
