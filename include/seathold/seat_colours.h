// The colours of seats: those of Okabe and Ito, so that nobody needs to tell red from green. The
// web pages have the same in one place of theirs, `:root` of base.css.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "seathold/types.h"

namespace seathold {

struct SeatColour {
  SeatState state;
  std::string_view css;
  int terminal;  // the nearest of the 256 of xterm
};

// In the order of SeatState. A free seat is drawn as an outline: this is its colour.
inline constexpr std::array<SeatColour, 4> kSeatColours = {{
    {SeatState::kAvailable, "#8b98a5", 246},
    {SeatState::kHeld, "#e69f00", 178},
    {SeatState::kSold, "#0b5fa5", 25},
    {SeatState::kBlocked, "#b9c0c7", 250},
}};

constexpr const SeatColour& ColourOf(SeatState state) {
  return kSeatColours[static_cast<std::size_t>(state) & 3];
}

}  // namespace seathold
