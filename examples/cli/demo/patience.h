#pragma once

#include "seathold/time.h"

namespace seathold::demo {

// A host under load rather waits than gives up.
inline constexpr CallOptions kPatient{.timeout_ms = 60'000};

}  // namespace seathold::demo
