// A caller of a contestant that has one way in for all: its methods Hold and Pay, thread-safe where
// several callers use it.
#pragma once

#include "bench/sale/contestant.h"

namespace seathold::sale {

template <class To>
class Forward final : public Caller {
 public:
  explicit Forward(To* to) : to_(to) {}
  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) override {
    to_->Hold(asks, answers);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) override {
    to_->Pay(asks, answers);
  }
  bool ReadMap(std::uint32_t performance, TakenSeats* taken) override {
    if constexpr (requires { to_->ReadMap(performance, taken); }) {
      to_->ReadMap(performance, taken);
      return true;
    } else {
      return false;
    }
  }

 private:
  To* const to_;
};

}  // namespace seathold::sale
