// Places where processes wait for each other.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <ctime>

#include "seathold/time.h"

namespace seathold::testing {

inline void NapMs(std::int64_t ms) {
  const timespec span{ms / 1'000, ms % 1'000 * 1'000'000};
  nanosleep(&span, nullptr);
}

// Opens once `all` have arrived, again and again. In shared memory.
class Rendezvous {
 public:
  // False: the others did not come.
  bool Meet(std::uint32_t all) {
    const std::uint32_t ticket = arrived_.fetch_add(1);
    const std::uint32_t goal = (ticket / all + 1) * all;
    const std::int64_t until = MonotonicNs() + kPatienceNs;
    while (arrived_.load() < goal) {
      if (MonotonicNs() > until) return false;
      const timespec moment{0, 20'000};
      nanosleep(&moment, nullptr);
    }
    return true;
  }

 private:
  static constexpr std::int64_t kPatienceNs = 60'000'000'000;
  std::atomic<std::uint32_t> arrived_{0};
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// True once `flag` is at least `value`; false when that takes a minute.
template <class T>
bool AwaitAtLeast(const std::atomic<T>& flag, T value) {
  for (int ms = 0; ms < 60'000; ++ms) {
    if (flag.load() >= value) return true;
    NapMs(1);
  }
  return false;
}

}  // namespace seathold::testing
