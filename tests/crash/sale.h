// A running sale that writes down what it asks and what it hears, so that somebody else can tell
// later whether the books still say so.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "tests/processes/hall.h"

namespace seathold::testing {

enum class OpKind : std::uint8_t { kCharge, kHold, kConfirm, kCancel, kRefund };

// One request with all its arguments, of fixed size.
struct Op {
  std::uint64_t number = 0;  // unique in a sale
  OpKind kind{};
  bool external = false;  // kConfirm
  std::uint8_t n_seats = 0;
  std::array<std::uint32_t, 4> seats{};  // sorted
  Uuid transfer{};                       // kCharge, kConfirm, kRefund
  Uuid hold{};                           // all others
  std::uint64_t user = 0;
  std::int64_t amount_minor = 0;  // kCharge
};

struct Answer {
  Code code{};
  bool replayed = false;
  bool advisory = false;  // refused from the mirror
  std::uint8_t n_seats = 0;
  std::array<std::uint32_t, 4> seats{};
  std::int64_t expires_at_us = 0;
  std::int64_t total_minor = 0;
  std::int64_t balance_minor = 0;

  Outcome outcome() const { return FindCode(code)->outcome; }
};

// A replay carries the first answer.
inline bool SameAnswer(const Answer& a, const Answer& b) {
  return a.code == b.code && a.n_seats == b.n_seats && a.seats == b.seats &&
         a.expires_at_us == b.expires_at_us && a.total_minor == b.total_minor &&
         a.balance_minor == b.balance_minor;
}

Answer Perform(Engine& engine, const Hall& hall, const Op& op, const CallOptions& options = {});

// One line of the journal: an op that starts, or one that was answered.
struct Entry {
  bool answered = false;
  Op op;
  Answer answer;
};
using Journal = std::vector<Entry>;

// Decides what a thread of the sale asks next: holds, payments from the wallet and from outside,
// cancellations, refunds and charges, by users of its own on seats that everyone wants.
class Seller {
 public:
  Seller(const Hall& hall, std::uint64_t seed, std::uint64_t index)
      : hall_(hall), index_(index), random_(seed * 1'000'003 + index) {}

  Op Next();
  void Hear(const Op& op, const Answer& answer);

 private:
  static constexpr std::uint64_t kUsers = 3;

  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }
  Uuid DrawId();
  Op DrawHold(Op op);
  // Takes one op out of `from`.
  Op DrawFrom(std::vector<Op>* from);

  const Hall hall_;
  const std::uint64_t index_;
  std::mt19937_64 random_;
  std::uint64_t asked_ = 0;
  std::vector<Op> held_, paid_;
};

}  // namespace seathold::testing
