#include "examples/cli/map_names.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "examples/cli/demo/hall_picture.h"
#include "seathold/hall_drawing.h"
#include "seathold/seat_colours.h"
#include "tests/demo/world.h"

namespace seathold::demo {
namespace {

using cli::MapCell;
using cli::MapName;
using cli::MapNames;

constexpr int kColumns = 40;

// A seat a cell, rows from `first_line` downwards, `step` lines apart.
std::vector<MapCell> Cells(const Plan& plan, int first_line, int step) {
  std::vector<MapCell> cells;
  for (const PlanSeat& seat : plan.seats) {
    cells.push_back(
        {4 + static_cast<int>(seat.place), first_line + step * static_cast<int>(seat.row)});
  }
  return cells;
}

Plan TwoSections() {
  Plan plan = *MakePlan("Hall", 4, 20);
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    plan.rows[row].section = row < 2 ? "Stalls" : "Circle";
    plan.rows[row].section_index = row < 2 ? 0 : 1;
    plan.rows[row].rank = row % 2;
  }
  return plan;
}

std::string Told(const std::vector<MapName>& names) {
  std::string text;
  for (const MapName& name : names) {
    text += fmt::format("{} at {},{}; ", name.text, name.at.column, name.at.line);
  }
  return text;
}

TEST(MapNames, PutTheStageBeforeTheFrontRowAndNamesBesideTheirSections) {
  const Plan plan = TwoSections();
  const auto names = MapNames(plan, Cells(plan, 2, 2), {kColumns, 11}, CharacterCount).names();
  EXPECT_EQ(Told(names), "[   STAGE   ] at 7,0; Stalls at 11,5; Circle at 11,9; ");
}

TEST(MapNames, PutTheStageBelowWhereTheFrontRowIsBelow) {
  const Plan plan = *MakePlan("Hall", 3, 20);
  const auto names = MapNames(plan, Cells(plan, 6, -2), {kColumns, 9}, CharacterCount).names();
  EXPECT_EQ(Told(names), "[   STAGE   ] at 7,8; ");
}

TEST(MapNames, CoverNoSeatAndLeaveOutWhatHasNoRoom) {
  const Plan plan = TwoSections();
  // Lines without a gap, in a map without a margin.
  const auto names = MapNames(plan, Cells(plan, 0, 1), {26, 4}, CharacterCount).names();
  EXPECT_EQ(Told(names), "");
}

TEST(HallPicture, ShowsTheStageAndTheColoursOfDrawings) {
  const Hall hall = SmallHall(8, 30);
  Console console(ConsoleTraits{.quiet = true, .colour = true});
  HallMap map;
  map.seats.assign(hall.seats(), SeatState::kAvailable);
  map.seats.front() = SeatState::kSold;
  map.seats.back() = SeatState::kHeld;
  std::string drawn;
  for (const std::string& line : HallPicture(hall.plan(), 80, 24).Draw(map, console)) drawn += line;
  EXPECT_NE(drawn.find("STAGE"), drawn.npos);
  for (const SeatState state : {SeatState::kAvailable, SeatState::kSold, SeatState::kHeld}) {
    EXPECT_NE(drawn.find(fmt::format("38;5;{}", ColourOf(state).terminal)), drawn.npos);
  }
}

}  // namespace
}  // namespace seathold::demo
