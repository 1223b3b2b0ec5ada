// Counters that many threads write at once: each thread has a copy of its own, or shares it with
// few, so that they do not wait for each other's cache lines. Who reads adds the copies up.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace seathold {

inline constexpr std::size_t kStripes = 8;
inline constexpr std::size_t kStripeBytes = 64;  // a cache line

// 0 .. kStripes - 1. Threads that began one after the other have different ones.
inline std::size_t StripeOfThread() {
  static std::atomic<std::size_t> threads{0};
  constinit thread_local std::size_t mine = 0;
  if (mine == 0) mine = 1 + threads.fetch_add(1, std::memory_order_relaxed) % kStripes;
  return mine - 1;
}

// `size` counters.
class StripedCounts {
 public:
  explicit StripedCounts(std::size_t size)
      : size_(size),
        lines_((size + kALine - 1) / kALine),
        counts_(std::make_unique<Line[]>(lines_ * kStripes)) {}

  std::size_t size() const { return size_; }
  void Add(std::size_t index, std::uint64_t times) {
    At(StripeOfThread(), index).fetch_add(times, std::memory_order_relaxed);
  }
  std::uint64_t operator[](std::size_t index) const {
    std::uint64_t sum = 0;
    for (std::size_t stripe = 0; stripe < kStripes; ++stripe) {
      sum += At(stripe, index).load(std::memory_order_relaxed);
    }
    return sum;
  }

 private:
  using Count = std::atomic<std::uint64_t>;
  static constexpr std::size_t kALine = kStripeBytes / sizeof(Count);
  struct alignas(kStripeBytes) Line {
    Count counts[kALine]{};
  };

  Count& At(std::size_t stripe, std::size_t index) const {
    return counts_[stripe * lines_ + index / kALine].counts[index % kALine];
  }

  const std::size_t size_, lines_;
  const std::unique_ptr<Line[]> counts_;
};

}  // namespace seathold
