// A performance that starts when a test wants it to.
#pragma once

#include "seathold/catalog.h"

namespace seathold::testing {

// Date and time of a venue in UTC, and the start to the microsecond. Far from now when `at` is 0.
void SetStart(PerformanceSpec* spec, TimeUs at = {});

}  // namespace seathold::testing
