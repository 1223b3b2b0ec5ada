// What seats were before their latest changes: as many as a hall has seats, then the oldest is
// forgotten. Made once, so that noting a change needs no memory. Not thread-safe.
#pragma once

#include <algorithm>
#include <memory>

#include "src/mirror/seat_owners.h"

namespace seathold {

class PastSeats {
 public:
  explicit PastSeats(std::size_t seats)
      : size_max_(std::max(seats, kSizeMin)),
        counters_(std::make_unique_for_overwrite<std::uint64_t[]>(size_max_)),
        terms_(std::make_unique_for_overwrite<SeatTerm[]>(size_max_)),
        ordinals_(std::make_unique_for_overwrite<std::uint32_t[]>(size_max_)) {}

  static constexpr std::size_t kSizeMin = 256;

  // Every change behind this counter is known.
  std::uint64_t from() const { return from_; }
  std::size_t bytes() const {
    return size_max_ * (sizeof(std::uint64_t) + sizeof(SeatTerm) + sizeof(std::uint32_t));
  }
  void Clear(std::uint64_t from) {
    size_ = 0;
    from_ = from;
  }

  // Changes of one commit follow one another, whatever the order of their counters in it; each
  // commit's lie above those of the one before.
  void BeginCommit() { first_of_commit_ = kFirstOfCommit; }
  // `ordinal` was `term` until `counter` changed it.
  void Push(std::uint64_t counter, std::uint32_t ordinal, SeatTerm term) {
    const std::size_t at = next_;
    if (size_ == size_max_) from_ = std::max(from_, counters_[at]);
    size_ = std::min(size_ + 1, size_max_);
    counters_[at] = counter;
    terms_[at] = term;
    ordinals_[at] = ordinal | first_of_commit_;
    first_of_commit_ = 0;
    next_ = at + 1 == size_max_ ? 0 : at + 1;
  }
  // take(ordinal, term) for each change behind `after`, the newest first.
  template <class Take>
  void BackTo(std::uint64_t after, Take take) const {
    bool reached = false;
    std::size_t at = next_;
    for (std::size_t n = 0; n < size_; ++n) {
      at = at == 0 ? size_max_ - 1 : at - 1;
      const std::uint32_t ordinal = ordinals_[at] & ~kFirstOfCommit;
      reached = reached || counters_[at] <= after;
      if (counters_[at] > after) take(ordinal, terms_[at]);
      if (reached && (ordinals_[at] & kFirstOfCommit) != 0) return;
    }
  }

 private:
  static constexpr std::uint32_t kFirstOfCommit = std::uint32_t{1} << 31;

  const std::size_t size_max_;
  const std::unique_ptr<std::uint64_t[]> counters_;
  const std::unique_ptr<SeatTerm[]> terms_;
  const std::unique_ptr<std::uint32_t[]> ordinals_;
  std::size_t next_ = 0, size_ = 0;
  std::uint32_t first_of_commit_ = 0;
  std::uint64_t from_ = 0;
};

}  // namespace seathold
