// The hall that is sold: its plan, its prices, and how a person picks seats from a map of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/adapter/records.h"
#include "seathold/catalog.h"
#include "seathold/plan.h"
#include "seathold/status.h"

namespace seathold::demo {

inline constexpr int kSeatsWantedMax = 4;
using Seats = InlineList<std::uint32_t, kSeatsWantedMax>;  // ordinals

// Seat states by ordinal, as somebody saw them.
struct HallMap {
  std::vector<SeatState> seats;
  std::uint32_t available = 0, held = 0, sold = 0;
};

class Hall {
 public:
  // `path`: a plan to import; empty = the hall compiled in, or a made one where none was.
  static Result<Hall> Open(const std::string& path);
  explicit Hall(Plan plan);

  const Plan& plan() const { return plan_; }
  std::uint32_t seats() const { return static_cast<std::uint32_t>(plan_.seats.size()); }
  Currency currency() const { return currency_; }
  std::int64_t PriceMinor(std::uint32_t ordinal) const;
  std::int64_t TotalMinor(const Seats& seats) const;
  std::int64_t dearest_minor() const;
  std::int64_t cheapest_minor() const;
  std::vector<PriceSpec> PriceList() const;
  std::string SeatName(std::uint32_t ordinal) const;

  // The first `wanted` free neighbours from where the eye falls on; empty when there are none.
  Seats Choose(const HallMap& map, int wanted, double wish) const;

 private:
  bool FreeRun(const HallMap& map, std::uint32_t first, int wanted) const;

  Plan plan_;
  Currency currency_;
  std::vector<std::int64_t> prices_;  // by category
  std::vector<bool> joined_;          // seat i and seat i + 1 are neighbours
};

// The plan that was compiled in; empty when there was none. Its format is pretix JSON.
std::string_view ShippedPlan();

}  // namespace seathold::demo
