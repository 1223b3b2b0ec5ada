// Times of rotations: each is so much later than the one before that no key is in the way.
#pragma once

#include <atomic>

#include "seathold/time.h"
#include "src/accounts/key_file.h"

namespace seathold::testing {

inline TimeUs Later() {
  static std::atomic<std::int64_t> now_s{1'700'000'000};
  return TimeUs{(now_s += kKeyLifeS) * kUsPerSecond};
}

}  // namespace seathold::testing
