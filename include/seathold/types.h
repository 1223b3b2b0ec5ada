// The small types that requests and replies are made of: states, kinds, bounded lists. Plain
// values.
//
//   for (const SeatTicket& seat : reply.seats) Print(seat.seat);  // an InlineList is a range
//   if (view.state == HoldState::kConfirmed) ...
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "seathold/ids.h"
#include "seathold/time.h"

namespace seathold {

// The most seats that any hold can have. How many a seller allows is
// EngineOptions::max_seats_per_hold.
inline constexpr int kSeatsPerHoldCap = 16;

// A list of at most `Max` plain values, without a heap. Making and copying one costs what it holds,
// not what it could hold.
template <class T, std::size_t Max>
class InlineList {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  InlineList() {}  // empty, and nothing is cleared
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
  // REQUIRES: i < size().
  T& operator[](std::size_t i) {
    assert(i < size_);
    return items_[i];
  }
  const T& operator[](std::size_t i) const {
    assert(i < size_);
    return items_[i];
  }
  // REQUIRES: !full().
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

// Numbers below are kept in databases and handed to other languages: they never change.

// A seat of a performance. A hold whose deadline has passed still has its seats as kHeld where it
// was not swept; whoever looks through an engine sees them as kAvailable.
enum class SeatState : std::uint8_t {
  kAvailable = 0,
  kHeld = 1,     // until a deadline
  kSold = 2,     // paid for
  kBlocked = 3,  // off sale by the house
};
// A hold goes from kHeld to one of the others, once, and from kConfirmed to kRefunded.
enum class HoldState : std::uint8_t {
  kNone = 0,       // there is none
  kHeld = 1,       // the seats are kept; pay before the deadline
  kConfirmed = 2,  // paid: a reservation
  kCancelled = 3,  // given back by its user
  kExpired = 4,    // the deadline came first
  kRefunded = 5,   // was paid, and given back
};
// How a hold is paid: from the user's wallet, or outside, where the reference pays once, ever.
enum class Tender : std::uint8_t { kNone = 0, kWallet = 1, kExternal = 2 };
// Charge and withdraw move money between outside and a wallet; payments and refunds move it with
// the seats.
enum class TransferKind : std::uint8_t { kCharge = 1, kWithdraw = 2, kPayment = 3, kRefund = 4 };
// What an event of the feed tells. The first five name a hold.
enum class FeedKind : std::uint8_t {
  kHeld = 1,
  kConfirmed = 2,
  kCancelled = 3,
  kExpired = 4,
  kRefunded = 5,
  kBlocked = 6,
  kUnblocked = 7,
};
// "held", "confirmed", ..; "unknown" for a number that is none of them. Ends in a NUL.
std::string_view FeedKindName(FeedKind kind);

// One seat of a hold, with the price that was agreed when it was held.
struct HoldSeat {
  std::uint32_t ordinal = 0;  // in the plan: MakeSeatId(venue, ordinal)
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

// Where somebody stands in a line.
enum class LineState : std::uint8_t {
  kAbsent = 0,  // no such entry (an entry of this epoch that was dropped, left, or never was)
  kWaiting = 1,
  kAdmitted = 2,
};

// How long a line is, and what went through it since it was last opened anew.
struct LineStats {
  std::uint64_t epoch = 0;    // raised each time the line is lost and rebuilt
  std::uint64_t waiting = 0;  // silent ones count until they are dropped
  std::uint64_t active = 0;   // admitted, and the pass or the hold made under it still runs
  std::uint64_t missing = 0;  // places still kept for those who have not come back after a loss
  std::uint64_t joined_total = 0;
  std::uint64_t admitted_total = 0;
  std::uint64_t dropped_total = 0;  // for silence
  std::uint64_t left_total = 0;     // by themselves, or since they paid
};

}  // namespace seathold
