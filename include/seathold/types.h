// The small types that requests and replies are made of: states, kinds, bounded lists. Plain
// values.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "seathold/ids.h"
#include "seathold/time.h"

namespace seathold {

inline constexpr int kSeatsPerHoldCap = 16;

// A list of at most `Max` plain values, without a heap. Making and copying one costs what it holds,
// not what it could hold.
template <class T, std::size_t Max>
class InlineList {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  InlineList() {}
  InlineList(const InlineList& other) { *this = other; }
  InlineList& operator=(const InlineList& other) {
    size_ = other.size_;
    for (std::size_t i = 0; i < size_; ++i) items_[i] = other.items_[i];
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }
  T& operator[](std::size_t i) {
    assert(i < size_);
    return items_[i];
  }
  const T& operator[](std::size_t i) const {
    assert(i < size_);
    return items_[i];
  }
  void push_back(const T& item) {
    assert(size_ < Max);
    items_[size_++] = item;
  }
  bool full() const { return size_ == Max; }
  void clear() { size_ = 0; }

  friend bool operator==(const InlineList& a, const InlineList& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i) {
      if (!(a.items_[i] == b.items_[i])) return false;
    }
    return true;
  }

 private:
  std::uint32_t size_ = 0;
  union {  // what lies beyond size_ is never looked at
    T items_[Max];
  };
};

enum class SeatState : std::uint8_t { kAvailable = 0, kHeld = 1, kSold = 2, kBlocked = 3 };
enum class HoldState : std::uint8_t {
  kNone = 0,
  kHeld = 1,
  kConfirmed = 2,
  kCancelled = 3,
  kExpired = 4,
  kRefunded = 5,
};
enum class Tender : std::uint8_t { kNone = 0, kWallet = 1, kExternal = 2 };
enum class TransferKind : std::uint8_t { kCharge = 1, kWithdraw = 2, kPayment = 3, kRefund = 4 };
enum class FeedKind : std::uint8_t {
  kHeld = 1,
  kConfirmed = 2,
  kCancelled = 3,
  kExpired = 4,
  kRefunded = 5,
  kBlocked = 6,
  kUnblocked = 7,
};

// One seat of a hold, with the price that was agreed when it was held.
struct HoldSeat {
  std::uint32_t ordinal = 0;
  std::uint32_t ticket_type = 0;
  std::int64_t price_minor = 0;
  bool operator==(const HoldSeat&) const = default;
};
// A place in a waiting line: (epoch, counter), only grows, never a wall clock. 0 is "none".
struct Sequence {
  std::uint64_t value = 0;

  auto operator<=>(const Sequence&) const = default;
  std::uint64_t epoch() const { return value >> kCounterBits; }
  std::uint64_t counter() const { return value & ((std::uint64_t{1} << kCounterBits) - 1); }

  static constexpr int kCounterBits = 40;
  static Sequence Of(std::uint64_t epoch, std::uint64_t counter) {
    return Sequence{(epoch << kCounterBits) | counter};
  }
};

enum class LineState : std::uint8_t {
  kAbsent = 0,  // no such entry (an entry of this epoch that was dropped, left, or never was)
  kWaiting = 1,
  kAdmitted = 2,
};

struct LineStats {
  std::uint64_t epoch = 0;
  std::uint64_t waiting = 0;
  std::uint64_t active = 0;   // live deadlines, counted
  std::uint64_t missing = 0;  // places still kept for those who have not come back
  std::uint64_t joined_total = 0, admitted_total = 0, dropped_total = 0, left_total = 0;
};

}  // namespace seathold
