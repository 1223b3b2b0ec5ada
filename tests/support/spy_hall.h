// A small hall behind a whole engine, for tests of rules and flows: three rows of four seats in two
// sections, a clock that the test moves, ids made of small numbers.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"

namespace seathold::testing {

struct HallSpec {
  bool sqlite = false;
  std::string claims = "memory:";
  std::string line = "none";     // "sqlite" = a line file beside the database
  std::shared_ptr<Clock> clock;  // shared with the engine; null = a ManualClock
  // Adds parts of the test's own; the folder is there for files.
  std::function<void(const std::filesystem::path&, EngineParts&)> parts;
  std::function<void(EngineOptions&)> options = [](EngineOptions&) {};
  std::function<void(ShowSpec&)> show = [](ShowSpec&) {};
  std::function<void(PerformanceSpec&)> performance = [](PerformanceSpec&) {};
};

inline constexpr TimeUs kHallStart{1'700'000'000'000'000};
inline constexpr std::int64_t kHallTtlMs = 300'000;
inline constexpr UserId kAnn{11}, kBob{12};

// For tests that run on both storages, by HallSpec::sqlite.
inline std::string StorageName(const ::testing::TestParamInfo<bool>& tested) {
  return tested.param ? "Sqlite" : "Memory";
}

HoldId HoldNo(int n);
TransferId TransferNo(int n);

// Rows of four: "A" and "B" in the stalls, "G" in the gallery. Categories: A is Front (10.00, child
// 4.00), B is Back (5.00), G is Free (0.00).
class SpyHall {
 public:
  explicit SpyHall(HallSpec spec = {});
  ~SpyHall();

  Engine& engine() { return *engine_; }
  ReservationSystem& seats() { return engine_->reservations(); }
  Wallet& wallet() { return engine_->wallet(); }
  ManualClock& clock() { return *clock_; }
  PerformanceId performance() const { return performance_; }
  ShowId show() const { return show_; }
  VenueId venue() const { return venue_; }
  SeatId Seat(std::uint32_t ordinal) const { return MakeSeatId(venue_, ordinal); }
  Currency eur() const { return *ParseCurrency("EUR"); }

  HoldReply Hold(int id, UserId user, std::initializer_list<std::uint32_t> ordinals);
  HoldReply Hold(const HoldRequest& request);
  HoldReply Best(const BestRequest& request);
  HoldReply Best(int id, UserId user, int seats, bool allow_split = true);
  PayReply Pay(int payment, int hold, UserId user);  // from the wallet
  PayReply Pay(const ConfirmRequest& request);
  Code Cancel(int hold, UserId user);
  PayReply Refund(int id, int hold);
  TransferReply Charge(int id, UserId user, std::int64_t minor);
  std::int64_t Balance(UserId user);
  SeatState StateOf(std::uint32_t ordinal);
  // As it was written: a hold that has lapsed and that nobody ended is still kHeld.
  HoldState StateOfHold(int hold);
  std::vector<Code> Block(std::initializer_list<std::uint32_t> ordinals, bool block = true);
  Code SetSale(bool on_sale);
  int Sweep();
  // Nothing is wrong with the books; empty, or what is.
  std::string Audit();

  ConfirmRequest PayRequest(int payment, int hold, UserId user) const;

 private:
  void Open(HallSpec* spec);
  void AddPerformance(const HallSpec& spec);

  std::filesystem::path folder_;        // empty = none
  std::shared_ptr<ManualClock> clock_;  // shared with the engine
  std::unique_ptr<Engine> engine_;
  PerformanceId performance_;
  ShowId show_;
  VenueId venue_;
};

}  // namespace seathold::testing
