// A machine's clock that is some minutes off.
#pragma once

#include <memory>

#include "seathold/clock.h"

namespace seathold::testing {

class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(std::int64_t ms) : us_(ms * kUsPerMs), system_(NewSystemClock()) {}
  TimeUs Now() override { return TimeUs{system_->Now().value + us_}; }
  std::int64_t BoottimeNs() override { return system_->BoottimeNs(); }

 private:
  const std::int64_t us_;
  const std::unique_ptr<Clock> system_;
};

}  // namespace seathold::testing
