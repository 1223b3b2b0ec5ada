// What callers were told, to be held against the books: no seat twice, no acknowledged sale lost,
// money exact.
#pragma once

#include <string>
#include <vector>

#include "bench/sale/contestant.h"

namespace seathold::sale {

// Each caller notes into one of its own; they are joined when the callers are done.
class Promises {
 public:
  void Note(std::span<const HoldAsk> asks, std::span<const Answer> answers);
  void Note(std::span<const PayAsk> asks, std::span<const Answer> answers);
  void Join(const Promises& other);

  std::span<const HoldAsk> held_asks() const { return held_; }
  std::uint64_t held() const { return held_.size(); }
  std::uint64_t paid() const { return paid_.size(); }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t failed() const { return failed_; }
  // Empty where the books are what was promised, to the seat and the penny. `deadlines`: no hold
  // has expired, so that as many deadlines are left as holds.
  std::string Broken(const HallSpec& spec, const Books& books, bool deadlines = true) const;

 private:
  std::vector<HoldAsk> held_;
  std::vector<PayAsk> paid_;
  std::uint64_t refused_ = 0, failed_ = 0;
};

}  // namespace seathold::sale
