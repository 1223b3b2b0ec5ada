// Who sits beside whom, the made hall, and writing what is read back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/plan/plan_test_util.h"

namespace seathold {
namespace {

using testing::OneRow;
using testing::Places;
using testing::SeatJson;

Plan ReadPlan(const std::string& text, const ImportOptions& options = {}) {
  auto plan = ParsePlan(text, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status().text();
  return plan.ok() ? *plan : Plan{};
}

void ExpectSameSeats(const Plan& a, const Plan& b) {
  ASSERT_EQ(a.seats.size(), b.seats.size());
  EXPECT_EQ(a.name, b.name);
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (std::size_t i = 0; i < a.rows.size(); ++i) {
    ASSERT_EQ(a.rows[i].section, b.rows[i].section);
    ASSERT_EQ(a.rows[i].name, b.rows[i].name);
    ASSERT_EQ(a.rows[i].rank, b.rows[i].rank);
    ASSERT_EQ(a.rows[i].section_index, b.rows[i].section_index);
  }
  for (std::size_t i = 0; i < a.seats.size(); ++i) {
    const PlanSeat &left = a.seats[i], &right = b.seats[i];
    ASSERT_EQ(left.guid, right.guid);
    ASSERT_EQ(left.number, right.number);
    ASSERT_EQ(left.attributes, right.attributes);
    ASSERT_EQ(left.row, right.row);
    ASSERT_EQ(left.place, right.place) << left.guid;
    ASSERT_EQ(left.x, right.x);
    ASSERT_EQ(left.y, right.y);
    ASSERT_EQ(a.categories[left.category].name, b.categories[right.category].name);
    ASSERT_EQ(a.categories[left.category].color, b.categories[right.category].color);
  }
}

TEST(Adjacency, FollowsPositionsWhateverTheOrderOfTheFile) {
  const std::string seats = SeatJson("c", 50) + "," + SeatJson("a", 0) + "," + SeatJson("b", 25);
  EXPECT_EQ(Places(ReadPlan(OneRow(seats))), "a:0 b:1 c:2");
}

TEST(Adjacency, KeepsARowThatIsWrittenFromRightToLeft) {
  const std::string seats = SeatJson("c", 50) + "," + SeatJson("b", 25) + "," + SeatJson("a", 0);
  EXPECT_EQ(Places(ReadPlan(OneRow(seats))), "c:0 b:1 a:2");
}

TEST(Adjacency, LeavesOutAPlaceAtAGapOfMoreThanOneAndSixTenths) {
  const auto row_with_gap = [](double gap) {
    return OneRow(SeatJson("a", 0) + "," + SeatJson("b", 10) + "," + SeatJson("c", 20) + "," +
                  SeatJson("d", 20 + gap) + "," + SeatJson("e", 30 + gap));
  };
  EXPECT_EQ(Places(ReadPlan(row_with_gap(15.9))), "a:0 b:1 c:2 d:3 e:4");
  EXPECT_EQ(Places(ReadPlan(row_with_gap(16.1))), "a:0 b:1 c:2 d:4 e:5");
  EXPECT_EQ(Places(ReadPlan(row_with_gap(500))), "a:0 b:1 c:2 d:4 e:5");
}

TEST(Adjacency, MeasuresAlongARowThatStandsUprightOrAslant) {
  for (const double angle : {0.0, 0.7, 1.5707963, 2.5, 3.9}) {
    std::string seats;
    for (const int step : {3, 0, 4, 1}) {  // 2 is missing: an aisle
      seats += (seats.empty() ? "" : ",") + SeatJson("s" + std::to_string(step),
                                                     10 * step * std::cos(angle),
                                                     10 * step * std::sin(angle));
    }
    const std::string places = Places(ReadPlan(OneRow(seats)));
    EXPECT_TRUE(places == "s0:0 s1:1 s3:3 s4:4" || places == "s4:0 s3:1 s1:3 s0:4")
        << angle << ": " << places;
  }
}

TEST(Adjacency, FollowsARowThatBendsRoundTheStage) {
  std::string seats, expected;
  for (int i = 0; i < 30; ++i) {  // five sixths of a circle: the ends face each other
    const double angle = i * 2 * 3.14159265358979 / 36;
    seats += (i > 0 ? "," : "") +
             SeatJson("s" + std::to_string(i), 100 * std::cos(angle), 100 * std::sin(angle));
    expected += (i > 0 ? " s" : "s") + std::to_string(i) + ":" + std::to_string(i);
  }
  EXPECT_EQ(Places(ReadPlan(OneRow(seats))), expected);
}

TEST(Adjacency, SurvivesSeatsOnTopOfEachOther) {
  const std::string seats = SeatJson("a", 5) + "," + SeatJson("b", 5) + "," + SeatJson("c", 5);
  EXPECT_EQ(Places(ReadPlan(OneRow(seats))), "a:0 b:1 c:2");
  EXPECT_EQ(Places(ReadPlan(OneRow(SeatJson("a", 5)))), "a:0");
}

TEST(PlanToJson, IsReadBackToTheSameSeats) {
  const Plan hall = *MakePlan("Grand \"Hall\" \xC3\x9C", 12, 17, 4);
  ImportOptions strict;
  strict.strict = true;
  ExpectSameSeats(hall, ReadPlan(PlanToJson(hall), strict));
}

TEST(PlanToJson, KeepsAislesAttributesAndSectionsOfOneName) {
  Plan plan =
      ReadPlan(testing::Csv("S,A,\"1-4,6-9\",,,C,aisle <&> \nS,B,2-8/2,0.1,0.7,D,\nT,A,1,,,C,\n"),
               testing::CsvOptions());
  plan.rows[2].section = "S";  // two zones may have one name
  const Plan again = ReadPlan(PlanToJson(plan));
  ExpectSameSeats(plan, again);
  EXPECT_EQ(again.rows[2].section_index, 1u);
}

TEST(PlanToJson, IsReadBackForTheExampleVenueAndTheRealExport) {
  const auto root = testing::SourceRoot();
  const Plan venue =
      ReadPlan(testing::ReadText(root / "examples" / "venues" / "symphony_hall_birmingham.json"));
  ASSERT_EQ(venue.seats.size(), 2262u);
  ExpectSameSeats(venue, ReadPlan(PlanToJson(venue)));
  const std::string text =
      testing::ReadText(root.parent_path() / "shared" / "data" / "seatmap-canvas_stadium.json");
  if (text.empty()) GTEST_SKIP() << "seatmap-canvas_stadium.json is not on this machine";
  ImportOptions options;
  options.rekey_uuid = true;
  const Plan stadium = ReadPlan(text, options);
  ExpectSameSeats(stadium, ReadPlan(PlanToJson(stadium)));
}

TEST(ExampleVenue, SeatsOddNumbersTogetherAndCountsTheGrandTierFromItsMiddle) {
  const Plan plan = ReadPlan(testing::ReadText(testing::SourceRoot() / "examples" / "venues" /
                                               "symphony_hall_birmingham.json"));
  const auto seat = [&](std::string_view guid) {
    for (const PlanSeat& candidate : plan.seats) {
      if (candidate.guid == guid) return candidate;
    }
    ADD_FAILURE() << guid;
    return PlanSeat{};
  };
  EXPECT_EQ(seat("CircleL-A-3").place, seat("CircleL-A-1").place + 1);
  EXPECT_EQ(seat("Grand-A-1").place, seat("Grand-A-3").place + 1);
  EXPECT_EQ(seat("Grand-A-2").place, seat("Grand-A-1").place + 1);
  EXPECT_EQ(seat("Stalls-A-8").place, seat("Stalls-A-7").place + 2) << "an aisle lies between";
}

TEST(MakePlan, MakesARectangularHallWithCategoriesFrontToBack) {
  const auto plan = MakePlan("Hall", 30, 40, 3);
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->seats.size(), 1200u);
  EXPECT_EQ(plan->seats[0].guid, "A-1");
  EXPECT_EQ(plan->seats[1199].guid, "AD-40");
  EXPECT_EQ(plan->seats[0].category, 0u);
  EXPECT_EQ(plan->seats[400].category, 1u);
  EXPECT_EQ(plan->seats[1199].category, 2u);
  EXPECT_EQ(plan->seats[41].place, 1u);
  EXPECT_EQ(plan->rows[29].rank, 29u);
}

TEST(MakePlan, HoldsEachLimitAtItAndOnePast) {
  EXPECT_EQ(MakePlan("", 1, 1).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("\u00A0", 1, 1).status().detail(), "name: blank");
  EXPECT_EQ(MakePlan(std::string(201, 'x'), 1, 1).status().detail(), "name: longer than 200 bytes");
  EXPECT_EQ(MakePlan("a\x1B", 1, 1).status().detail(), "name: a control character");
  EXPECT_EQ(MakePlan("a\nb", 1, 1).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 0, 1).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 1, 0).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 10'001, 1).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 1, 10'001).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 1001, 1000).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 10, 10, 0).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 10, 10, 27).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakePlan("H", 10'000, 1, 26)->rows.back().name, "NTP");
  EXPECT_EQ(MakePlan("H", 1000, 1000)->seats.size(), 1'000'000u);
}

}  // namespace
}  // namespace seathold
