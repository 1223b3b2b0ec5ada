// What buyers ask for: seats nobody asked for before, ids that grow, users in turn.
#pragma once

#include <atomic>
#include <vector>

#include "bench/hall.h"
#include "bench/sale/contestant.h"

namespace seathold::sale {

class Stock {
 public:
  explicit Stock(const HallSpec& spec) : spec_(spec) {}

  std::uint64_t pairs() const { return std::uint64_t{spec_.performances} * spec_.seats / 2; }
  // The n-th pair of seats, wanted by a user of their own as far as there are users.
  HoldAsk Ask(std::uint64_t n) const {
    const std::uint64_t pairs_each = spec_.seats / 2;
    return {bench::NextId(), n % spec_.users + 1, static_cast<std::uint32_t>(n / pairs_each),
            static_cast<std::uint32_t>(n % pairs_each * 2)};
  }
  // Thread-safe. REQUIRES: as many pairs are left.
  std::vector<HoldAsk> Take(std::size_t count) {
    std::vector<HoldAsk> asks;
    asks.reserve(count);
    std::uint64_t n = next_.fetch_add(count, std::memory_order_relaxed);
    for (std::size_t i = 0; i < count; ++i) asks.push_back(Ask(n++));
    return asks;
  }

 private:
  const HallSpec spec_;
  std::atomic<std::uint64_t> next_{0};
};

inline PayAsk PaymentOf(const HoldAsk& ask) {
  return {bench::NextId(), ask.hold, ask.user, ask.performance};
}
inline std::vector<PayAsk> PaymentsOf(std::span<const HoldAsk> asks) {
  std::vector<PayAsk> payments;
  payments.reserve(asks.size());
  for (const HoldAsk& ask : asks) payments.push_back(PaymentOf(ask));
  return payments;
}

}  // namespace seathold::sale
