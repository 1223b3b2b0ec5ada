// How long things took: counts in buckets a sixty-fourth of their value wide, so that a percentile
// is right to 1.6 %, in constant memory. The maximum is exact.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace seathold::sale {

class Recorder {
 public:
  void Add(std::int64_t ns, std::uint64_t times = 1) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
    counts_[std::min(IndexOf(value), kBuckets - 1)] += times;
    count_ += times;
    most_ = std::max(most_, value);
  }
  void Join(const Recorder& other) {
    for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    most_ = std::max(most_, other.most_);
  }
  std::uint64_t count() const { return count_; }
  double most_us() const { return static_cast<double>(most_) / 1e3; }
  // What this share of them does not exceed, 0 of none.
  double At(double share) const {
    const auto rank = std::ceil(share * static_cast<double>(count_));
    double seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      seen += static_cast<double>(counts_[i]);
      if (seen >= rank && counts_[i] > 0) {
        return static_cast<double>(std::min(TopOf(i), most_)) / 1e3;
      }
    }
    return 0;
  }

 private:
  static constexpr int kBits = 6;
  static constexpr std::size_t kSteps = std::size_t{1} << kBits;
  static constexpr std::size_t kBuckets = (42 - kBits) * kSteps;  // up to an hour

  static std::size_t IndexOf(std::uint64_t value) {
    if (value < kSteps) return value;
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kBits;
    return static_cast<std::size_t>(shift) * kSteps + (value >> shift);
  }
  static std::uint64_t TopOf(std::size_t index) {
    if (index < 2 * kSteps) return index;
    const std::size_t shift = index / kSteps - 1;
    return ((kSteps + index % kSteps + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0, most_ = 0;
};

}  // namespace seathold::sale
