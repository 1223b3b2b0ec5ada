// How often a randomised or repeated test runs: the full counts with SEATHOLD_FULL=1, a tenth of
// them otherwise.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace seathold::testing {

inline bool FullCounts() {
  const char* full = std::getenv("SEATHOLD_FULL");
  return full != nullptr && std::string_view(full) == "1";
}

inline int Scaled(int full) { return FullCounts() ? full : std::max(1, full / 10); }

}  // namespace seathold::testing
