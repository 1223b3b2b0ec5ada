// A hall drawn with characters. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/adapter/records.h"
#include "seathold/plan.h"

namespace seathold::cli {

struct MapStyle {
  int columns = 100;   // at least 10
  int lines_max = 60;  // at least 5
  bool color = false;
  bool utf8 = false;
};

// One state a seat, by ordinal. Seats stand where the plan has them, scaled to the width; where the
// hall is too big a mark stands for several seats. A plan without a drawing is shown row by row.
std::string DrawSeats(const Plan& plan, const std::vector<SeatState>& states,
                      const MapStyle& style);
// "o available 12   h held 2 ..." with counts of all four states, and what else `drawing` shows.
std::string DrawLegend(const std::vector<SeatState>& states, std::string_view drawing,
                       const MapStyle& style);

}  // namespace seathold::cli
