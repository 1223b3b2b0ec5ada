// Random commands for the model test: mostly sensible, often colliding, now and then wrong.
#pragma once

#include <random>

#include "tests/model/hall_model.h"

namespace seathold::testing {

class Script {
 public:
  Script(std::uint64_t seed, const HallModel& model) : random_(seed), model_(model) {}

  // A command of this alternative of Op, or of any.
  Op NextOf(std::size_t kind);
  Op Next();

  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool Chance(int percent) { return Below(100) < percent; }

 private:
  Uuid NewId();
  Op Fresh(std::size_t kind);
  Op FreshHold();
  Op FreshBest();
  Op FreshConfirm();
  Op FreshWallet();
  Op FreshBlock();
  // The same command with one argument changed.
  Op Changed(Op op);
  PerformanceId AnyPerformance();
  UserId AnyUser() { return UserId{static_cast<std::uint64_t>(1 + Below(5))}; }
  SeatId AnySeat(PerformanceId performance);
  TransferId AnyTransferId();
  HoldKey AnyHold();
  UserId OwnerOf(const HoldKey& key);
  std::optional<Money> AnyExpectation(const HoldKey& key);
  Currency AnyCurrency();

  std::mt19937_64 random_;
  const HallModel& model_;
  std::uint64_t ids_ = 0;
  std::vector<Op> past_;
  std::vector<std::pair<HoldKey, UserId>> asked_;  // holds that were asked for
  std::vector<TransferId> transfers_;
};

}  // namespace seathold::testing
