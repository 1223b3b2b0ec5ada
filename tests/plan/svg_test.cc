#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/plan/plan_test_util.h"

namespace seathold {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

int Occurrences(std::string_view text, std::string_view what) {
  int count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// "" when every tag is closed by its own, else the place of the first that is not.
std::string Unbalanced(std::string_view svg) {
  std::vector<std::string> open;
  for (auto at = svg.find('<'); at != svg.npos; at = svg.find('<', at + 1)) {
    const auto end = svg.find('>', at);
    if (end == svg.npos) return "unfinished tag at " + std::to_string(at);
    const auto tag = svg.substr(at + 1, end - at - 1);
    const std::string name(tag.substr(0, tag.find_first_of(" \n")));
    if (tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != name) {
      return name + " at " + std::to_string(at);
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " is never closed";
}

std::vector<SeatState> Cycled(std::size_t seats) {
  std::vector<SeatState> marks;
  for (std::size_t i = 0; i < seats; ++i) marks.push_back(static_cast<SeatState>(i % 4));
  return marks;
}

TEST(Svg, DrawsEachSeatOnceByItsMarkAndCountsThemInTheLegend) {
  const Plan plan = *MakePlan("Hall", 30, 41, 3);
  std::vector<SeatState> marks(plan.seats.size(), SeatState::kSold);
  for (int i = 0; i < 10; ++i) marks[static_cast<std::size_t>(i)] = SeatState::kHeld;
  for (int i = 10; i < 15; ++i) marks[static_cast<std::size_t>(i)] = SeatState::kBlocked;
  marks[20] = SeatState::kAvailable;
  const std::string svg = PlanToSvg(plan, marks, {});
  EXPECT_EQ(Unbalanced(svg), "");
  EXPECT_EQ(Occurrences(svg, "href=\"#s\" x="), 1214);
  EXPECT_EQ(Occurrences(svg, "href=\"#h\" x="), 10);
  EXPECT_EQ(Occurrences(svg, "href=\"#b\" x="), 5);
  EXPECT_EQ(Occurrences(svg, "href=\"#a\" x="), 1);
  EXPECT_EQ(Occurrences(svg, "<title>"), 1230 + 1);
  EXPECT_THAT(svg, HasSubstr(">1,214 sold<"));
  EXPECT_THAT(svg, HasSubstr(">10 held<"));
  EXPECT_THAT(svg, HasSubstr(">5 blocked<"));
  EXPECT_THAT(svg, HasSubstr(">1 available<"));
  EXPECT_THAT(svg, HasSubstr(">1,230 seats<"));
  EXPECT_THAT(svg, HasSubstr("<title>AD 41</title>"));
}

TEST(Svg, GivesEachSeatAnIdOfItsOwn) {
  const Plan plan = *MakePlan("Hall", 3, 4, 1);
  const std::string svg = PlanToSvg(plan, {}, {});
  for (std::size_t i = 0; i < plan.seats.size(); ++i) {
    EXPECT_EQ(Occurrences(svg, "<use id=\"seat" + std::to_string(i) + "\" href=\"#a\" x="), 1);
  }
  EXPECT_EQ(Occurrences(svg, " id=\"seat"), 12);
}

TEST(Svg, EscapesAllTextAndKeepsItUtf8) {
  Plan plan = *MakePlan("Hall", 2, 2);
  plan.rows[0].section = "<b>&\"";
  plan.rows[1].section = "Balcony";
  plan.rows[1].section_index = 1;
  plan.rows[0].name = "</g><script>";
  plan.seats[0].number = "\xE2\x82\xAC";
  SvgOptions options;
  options.title = "</title><x a=\"1\">";
  options.caption = "1 < 2 & bad \xFF byte";
  const std::string svg = PlanToSvg(plan, Cycled(4), options);
  EXPECT_EQ(Unbalanced(svg), "");
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(svg, Not(HasSubstr("<x ")));
  EXPECT_THAT(svg, Not(HasSubstr("\xFF")));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;&amp;&quot;"));
  EXPECT_THAT(svg, HasSubstr("1 &lt; 2 &amp; bad ? byte"));
  EXPECT_THAT(svg, HasSubstr("\xE2\x82\xAC</title>"));
}

TEST(Svg, NamesSectionsAndTheStageOfTheExampleVenue) {
  const auto plan = ParsePlan(testing::ReadText(testing::SourceRoot() / "examples" / "venues" /
                                                "symphony_hall_birmingham.json"),
                              {}, nullptr);
  ASSERT_TRUE(plan.ok());
  const std::string svg = PlanToSvg(*plan, Cycled(plan->seats.size()), {});
  EXPECT_EQ(Unbalanced(svg), "");
  EXPECT_EQ(Occurrences(svg, "class=\"l\""), 13);
  EXPECT_THAT(svg, HasSubstr(">Upper Circle left</text>"));
  EXPECT_THAT(svg, HasSubstr(">STAGE</text>"));
  EXPECT_THAT(svg, HasSubstr(">Symphony Hall, Birmingham</text>"));
  EXPECT_LT(svg.size(), 200'000u);
}

TEST(Svg, DrawsFiftyThousandSeatsInAFewMegabytes) {
  const Plan plan = *MakePlan("Arena", 200, 250);
  const std::string svg = PlanToSvg(plan, Cycled(plan.seats.size()), {});
  EXPECT_EQ(Unbalanced(svg), "");
  EXPECT_LT(svg.size(), 4'000'000u);
  EXPECT_EQ(Occurrences(svg, "\" x=\""), 50'000 + 1)
      << "each seat, and the shape of the blocked mark";
}

TEST(Svg, DrawsOddPlansWithoutFalling) {
  for (const int width : {-5, 0, 200, 10'000, 2'000'000}) {
    SvgOptions options;
    options.width = width;
    EXPECT_EQ(Unbalanced(PlanToSvg(Plan{}, {}, options)), "");
    EXPECT_EQ(Unbalanced(PlanToSvg(*MakePlan("One", 1, 1), {}, options)), "");
    Plan heap = *MakePlan("Heap", 3, 3);
    for (PlanSeat& seat : heap.seats) seat.x = seat.y = 1e7;
    EXPECT_EQ(Unbalanced(PlanToSvg(heap, Cycled(9), options)), "");
    heap.seats[8].x = -1e7;
    heap.seats[7].x = 1e7 - 1e-9;
    const std::string svg = PlanToSvg(heap, Cycled(9), options);
    EXPECT_EQ(Unbalanced(svg), "");
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
  }
}

}  // namespace
}  // namespace seathold
