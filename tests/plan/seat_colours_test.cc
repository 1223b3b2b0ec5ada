// One table of colours a language: the drawings' and the terminal's, the pages'.
#include "seathold/seat_colours.h"

#include <gtest/gtest.h>

#include <limits>

#include "seathold/plan.h"
#include "tests/plan/plan_test_util.h"

namespace seathold {
namespace {

struct Rgb {
  int red = 0, green = 0, blue = 0;
};

Rgb FromCss(std::string_view css) {
  const int all = std::stoi(std::string(css.substr(1)), nullptr, 16);
  return {all >> 16, (all >> 8) & 0xFF, all & 0xFF};
}

// Of the colours 16 .. 255 of xterm, which do not depend on the reader's settings.
Rgb FromTerminal(int index) {
  if (index >= 232) return {8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)};
  const auto level = [](int step) { return step == 0 ? 0 : 55 + 40 * step; };
  const int cube = index - 16;
  return {level(cube / 36), level(cube / 6 % 6), level(cube % 6)};
}

int Distance(Rgb a, Rgb b) {
  const auto squared = [](int n) { return n * n; };
  return squared(a.red - b.red) + squared(a.green - b.green) + squared(a.blue - b.blue);
}

int NearestOfTerminal(std::string_view css) {
  int nearest = 0, least = std::numeric_limits<int>::max();
  for (int i = 16; i < 256; ++i) {
    const int distance = Distance(FromTerminal(i), FromCss(css));
    if (distance < least) least = distance, nearest = i;
  }
  return nearest;
}

TEST(SeatColours, OfATerminalAreTheNearestToThoseOfDrawings) {
  for (const SeatColour& colour : kSeatColours) {
    EXPECT_EQ(&ColourOf(colour.state), &colour) << colour.css;
    EXPECT_EQ(colour.terminal, NearestOfTerminal(colour.css)) << colour.css;
  }
}

TEST(SeatColours, OfThePagesAreThoseOfDrawings) {
  const std::string css =
      testing::ReadText(testing::SourceRoot() / "examples" / "web" / "pages" / "base.css");
  const std::string root = css.substr(0, css.find("@media"));
  const std::pair<SeatState, std::string> names[] = {{SeatState::kAvailable, "outline"},
                                                     {SeatState::kHeld, "held"},
                                                     {SeatState::kSold, "sold"},
                                                     {SeatState::kBlocked, "gone"}};
  for (const auto& [state, name] : names) {
    EXPECT_NE(root.find("--seat-" + name + ": " + std::string(ColourOf(state).css) + ";"),
              std::string::npos)
        << name;
  }
}

TEST(SeatColours, AreTheOnlyOnesOfSeatsOnADrawing) {
  const std::string svg = PlanToSvg(*MakePlan("Hall", 2, 2), {}, {});
  for (const SeatColour& colour : kSeatColours) {
    EXPECT_NE(svg.find("\"" + std::string(colour.css) + "\""), std::string::npos) << colour.css;
  }
}

}  // namespace
}  // namespace seathold
