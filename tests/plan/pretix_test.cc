#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/plan/plan_test_util.h"

namespace seathold {
namespace {

using ::testing::HasSubstr;
using testing::OneRow;
using testing::PlanJson;
using testing::Refusal;
using testing::RowJson;
using testing::SeatJson;
using ::testing::StartsWith;
using testing::ZoneJson;

std::string StadiumText() {
  return testing::ReadText(testing::SourceRoot().parent_path() / "shared" / "data" /
                           "seatmap-canvas_stadium.json");
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(PretixPlan, AddsUpThePositionsOfZoneRowAndSeat) {
  const auto plan = ParsePlan(
      R"({"name":"P","categories":[{"name":"A","color":"#1af"}],"zones":[{"name":"Z",
      "position":{"x":100,"y":10},"rows":[{"row_number":"R","position":{"x":20,"y":2},"seats":[
      {"seat_guid":"g","seat_number":"7","category":"A","position":{"x":0.5,"y":-1}}]}]}]})",
      {}, nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  ASSERT_EQ(plan->seats.size(), 1u);
  EXPECT_EQ(plan->name, "P");
  EXPECT_EQ(plan->categories[0].color, "#11AAFF");
  EXPECT_EQ(plan->rows[0].section, "Z");
  EXPECT_EQ(plan->rows[0].name, "R");
  EXPECT_EQ(plan->seats[0].number, "7");
  EXPECT_EQ(plan->seats[0].x, 120.5);
  EXPECT_EQ(plan->seats[0].y, 11);
}

TEST(PretixPlan, KeepsTheOrderOfZonesAndRowsAndCountsRanksInASection) {
  const std::string text = PlanJson(
      ZoneJson("Near", RowJson("B", SeatJson("1", 0)) + "," + RowJson("A", SeatJson("2", 0))) +
      "," + "{\"name\":\"Only areas\",\"position\":{\"x\":0,\"y\":0},\"rows\":[],\"areas\":[{}]}," +
      ZoneJson("Far", RowJson("A", SeatJson("3", 0))));
  ImportReport report;
  const auto plan = ParsePlan(text, {}, &report);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  ASSERT_EQ(plan->rows.size(), 3u);
  EXPECT_EQ(plan->rows[0].name, "B");
  EXPECT_EQ(plan->rows[0].rank, 0u);
  EXPECT_EQ(plan->rows[1].rank, 1u);
  EXPECT_EQ(plan->rows[2].section, "Far");
  EXPECT_EQ(plan->rows[2].rank, 0u);
  EXPECT_EQ(plan->rows[2].section_index, 1u);
  EXPECT_EQ(report.sections, 2u);
  EXPECT_EQ(report.rows, 3u);
  EXPECT_EQ(report.seats, 3u);
  EXPECT_TRUE(report.warnings.empty());
}

TEST(PretixPlan, RefusesADuplicateGuidWithBothPlaces) {
  const std::string row_a = RowJson("A", SeatJson("x", 0) + "," + SeatJson("y", 1));
  const std::string row_b = RowJson("B", SeatJson("z", 0) + "," + SeatJson("y", 1));
  EXPECT_EQ(Refusal(PlanJson(ZoneJson("Z", row_a + "," + row_b))),
            "zones[0].rows[1].seats[1].seat_guid: used before at zones[0].rows[0].seats[1] "
            "(\"y\")");
}

TEST(PretixPlan, HintsAtUuidsWhenThereAreSomeAndTakesThemWhenTold) {
  const std::string text = OneRow(SeatJson("x", 0, 0, ",\"uuid\":\"u1\"") + "," +
                                  SeatJson("x", 1, 0, ",\"uuid\":\"u2\""));
  EXPECT_THAT(Refusal(text), HasSubstr("--rekey uuid"));
  ImportOptions options;
  options.rekey_uuid = true;
  const auto plan = ParsePlan(text, options, nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  EXPECT_EQ(testing::Places(*plan), "u1:0 u2:1");
  EXPECT_EQ(Refusal(OneRow(SeatJson("x", 0)), options), "zones[0].rows[0].seats[0].uuid: missing");
  EXPECT_EQ(Refusal(Replaced(text, "u2", "u1"), options),
            "zones[0].rows[0].seats[1].uuid: used before at zones[0].rows[0].seats[0]");
}

TEST(PretixPlan, RefusesAnUnknownCategory) {
  EXPECT_EQ(Refusal(PlanJson(ZoneJson("Z", RowJson("1", SeatJson("x", 0))), "{\"name\":\"B\"}")),
            "zones[0].rows[0].seats[0].category: \"A\" is not among the plan's categories");
}

TEST(PretixPlan, RefusesACategoryNamedTwice) {
  EXPECT_EQ(Refusal(PlanJson("", "{\"name\":\"B\"},{\"name\":\"A\"},{\"name\":\"B\"}")),
            "categories[2].name: used before at categories[0]");
}

TEST(PretixPlan, RefusesWhatIsMissingWithItsPlace) {
  const std::string good = OneRow(SeatJson("g", 0));
  ASSERT_EQ(Refusal(good), "");
  EXPECT_EQ(Refusal(Replaced(good, "\"name\":\"P\",", "")), "name: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"categories\"", "\"c\"")), "categories: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"zones\"", "\"z\"")), "zones: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"rows\"", "\"r\"")), "zones[0].rows: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"row_number\"", "\"r\"")),
            "zones[0].rows[0].row_number: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"seats\"", "\"s\"")), "zones[0].rows[0].seats: missing");
  const std::string seat = "zones[0].rows[0].seats[0].";
  EXPECT_EQ(Refusal(Replaced(good, "\"seat_guid\"", "\"s\"")), seat + "seat_guid: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"seat_number\"", "\"s\"")), seat + "seat_number: missing");
  EXPECT_EQ(Refusal(Replaced(good, "\"category\":\"A\",", "")), seat + "category: missing");
  const auto position = good.rfind("\"position\"");
  EXPECT_EQ(Refusal(std::string(good).replace(position, 10, "\"p\"")), seat + "position: missing");
  EXPECT_EQ(Refusal(std::string(good).replace(good.rfind("\"y\""), 3, "\"w\"")),
            seat + "position.y: missing");
}

TEST(PretixPlan, RefusesWrongTypesWithTheirPlace) {
  const std::string good = OneRow(SeatJson("g", 0));
  EXPECT_EQ(Refusal("[]"), "not an object");
  EXPECT_EQ(Refusal("7"), "not an object");
  EXPECT_EQ(Refusal(Replaced(good, "\"P\"", "7")), "name: not a string");
  EXPECT_EQ(Refusal(PlanJson("7")), "zones[0]: not an object");
  EXPECT_EQ(Refusal(PlanJson(ZoneJson("Z", "null"))), "zones[0].rows[0]: not an object");
  EXPECT_EQ(Refusal(OneRow("[]")), "zones[0].rows[0].seats[0]: not an object");
  EXPECT_EQ(Refusal(PlanJson("", "\"A\"")), "categories[0]: not an object");
  EXPECT_EQ(Refusal("{\"name\":\"P\",\"categories\":{},\"zones\":[]}"), "categories: not an array");
  const std::string seat = "zones[0].rows[0].seats[0].";
  EXPECT_EQ(Refusal(Replaced(good, "\"seat_number\":\"g\"", "\"seat_number\":12")),
            seat + "seat_number: not a string");
  EXPECT_EQ(Refusal(Replaced(good, "\"seat_guid\":\"g\"", "\"seat_guid\":null")),
            seat + "seat_guid: not a string");
  EXPECT_EQ(Refusal(std::string(good).replace(good.rfind("{\"x\""), 1, "7,\"q\":{")),
            seat + "position: not an object");
  EXPECT_EQ(Refusal(std::string(good).replace(good.rfind("0.000000"), 8, "\"0\"")),
            seat + "position.y: not a number");
}

TEST(PretixPlan, RefusesCoordinatesThatAreAbsurdAlsoWhenOnlyTheirSumIs) {
  EXPECT_EQ(Refusal(OneRow(SeatJson("g", 1e7))), "");
  EXPECT_EQ(Refusal(OneRow(SeatJson("g", 1.1e7))),
            "zones[0].rows[0].seats[0].position.x: a coordinate beyond 10,000,000");
  const std::string far = Replaced(OneRow(SeatJson("g", 9e6)), "\"x\":0", "\"x\":9000000");
  EXPECT_EQ(Refusal(far), "zones[0].rows[0].seats[0].position: a coordinate beyond 10,000,000");
  EXPECT_NE(Refusal(Replaced(OneRow(SeatJson("g", 0)), "0.000000", "1e999")), "");
}

TEST(PretixPlan, RefusesAPlanWithoutSeats) {
  EXPECT_EQ(Refusal(PlanJson("")), "zones: the plan has no seats");
  EXPECT_EQ(Refusal(OneRow("")), "zones: the plan has no seats");
}

TEST(PretixPlan, RefusesTextThatIsNotFitToPrint) {
  const std::string seat = "zones[0].rows[0].seats[0].seat_guid: ";
  EXPECT_EQ(Refusal(OneRow(SeatJson("", 0))), seat + "empty");
  EXPECT_EQ(Refusal(OneRow(SeatJson("a\\u0000b", 0))), seat + "a control character");
  EXPECT_EQ(Refusal(OneRow(SeatJson("a\\nb", 0))), seat + "a control character");
  EXPECT_EQ(Refusal(OneRow(SeatJson(std::string(201, 'g'), 0))), seat + "longer than 200 bytes");
  EXPECT_THAT(Refusal(OneRow(SeatJson("a\xFF", 0))), StartsWith("line 1, column "));
  EXPECT_THAT(Refusal(OneRow(SeatJson("a\xC0\x80", 0))), HasSubstr("UTF-8"));
}

TEST(PretixPlan, HoldsTheLimitOfAGuidAtItAndOnePast) {
  ASSERT_EQ(
      Refusal(PlanJson(ZoneJson(
          "Z",
          RowJson(
              "1",
              "{\"seat_guid\":\"" + std::string(200, 'g') +
                  "\",\"seat_number\":\"1\",\"category\":\"A\",\"position\":{\"x\":0,\"y\":0}}")))),
      "");
  EXPECT_NE(
      Refusal(PlanJson(ZoneJson(
          "Z",
          RowJson(
              "1",
              "{\"seat_guid\":\"" + std::string(201, 'g') +
                  "\",\"seat_number\":\"1\",\"category\":\"A\",\"position\":{\"x\":0,\"y\":0}}")))),
      "");
}

TEST(PretixPlan, RefusesTooManyCategories) {
  std::string categories = "{\"name\":\"A\"}";
  for (int i = 1; i < 1000; ++i) categories += ",{\"name\":\"c" + std::to_string(i) + "\"}";
  const std::string zone = ZoneJson("Z", RowJson("1", SeatJson("x", 0)));
  EXPECT_EQ(Refusal(PlanJson(zone, categories)), "");
  EXPECT_EQ(Refusal(PlanJson(zone, categories + ",{\"name\":\"c\"}")),
            "categories: more than 1000");
}

TEST(PretixPlan, RefusesDeepNestingAndBombs) {
  EXPECT_THAT(Refusal(std::string(50'000, '[')), HasSubstr("nested deeper than 64 levels"));
  std::string bomb;
  for (int i = 0; i < 50'000; ++i) bomb += "{\"a\":";
  EXPECT_THAT(Refusal(bomb), HasSubstr("nested deeper than 64 levels"));
  const std::string deep = std::string(63, '[') + std::string(63, ']');
  const std::string good = OneRow(SeatJson("g", 0));
  EXPECT_EQ(Refusal(Replaced(good, "\"name\":\"P\"", "\"name\":\"P\",\"size\":" + deep)), "");
  EXPECT_THAT(Refusal(Replaced(good, "\"name\":\"P\"", "\"name\":\"P\",\"size\":[" + deep + "]")),
              HasSubstr("nested deeper than 64 levels"));
}

TEST(PretixPlan, RefusesWhatIsNotJsonWithLineAndColumn) {
  EXPECT_THAT(Refusal("{\"name\":\"P\",\n  nope}"), StartsWith("line 2, column 4: "));
  EXPECT_THAT(Refusal(OneRow(SeatJson("g", 0)) + "{}"), StartsWith("line 1, column "));
  EXPECT_EQ(Refusal("{\"name\":\"P\",\"name\":\"Q\"}"), "name: the key is used twice");
}

TEST(PretixPlan, WarnsOfUnknownKeysAndRefusesThemWhenStrict) {
  const std::string text =
      Replaced(OneRow(SeatJson("g", 0, 0, ",\"comfy\":1")), "\"x\":0,", "\"x\":0,\"z\":1,");
  ImportReport report;
  ASSERT_TRUE(ParsePlan(text, {}, &report).ok());
  EXPECT_THAT(report.warnings,
              ::testing::ElementsAre("zones[0].position.z: unknown key, left out",
                                     "zones[0].rows[0].seats[0].comfy: unknown key, left out"));
  ImportOptions strict;
  strict.strict = true;
  EXPECT_EQ(Refusal(text, strict), "zones[0].position.z: unknown key");
  EXPECT_EQ(Refusal(OneRow(SeatJson("g", 0, 0, ",\"a b\":1")), strict),
            "zones[0].rows[0].seats[0][\"a b\"]: unknown key");
}

TEST(PretixPlan, CountsTheWarningsBeyondAHundred) {
  std::string seats;
  for (int i = 0; i < 103; ++i) {
    seats += (i > 0 ? "," : "") +
             SeatJson("g" + std::to_string(i), i, 0, ",\"q" + std::to_string(i) + "\":1");
  }
  ImportReport report;
  ASSERT_TRUE(ParsePlan(OneRow(seats), {}, &report).ok());
  ASSERT_EQ(report.warnings.size(), 101u);
  EXPECT_EQ(report.warnings.back(), "and 3 warnings more");
}

TEST(PretixPlan, AcceptsTheKeysOfDrawingToolsSilentlyAlsoWhenStrict) {
  const std::string text = R"({"name":"P","size":{"width":1,"height":2},"source":"me",
    "categories":[{"name":"A","color":"#123456"}],
    "zones":[{"name":"Z","displayed":true,"uuid":"u","zone_id":"z","position":{"x":0,"y":0},
      "areas":[{"shape":"circle","color":"red","rotation":0,"position":{"x":1,"y":1}}],
      "rows":[{"row_number":"1","row_number_position":"both","number_of_seats":1,"uuid":"v",
        "seats_spacing":25,"position":{"x":0,"y":0},"seats":[{"seat_guid":"g","seat_number":"1",
        "uuid":"w","radius":10,"category":"A","position":{"x":0,"y":0}}]}]}]})";
  ImportOptions strict;
  strict.strict = true;
  ImportReport report;
  const auto plan = ParsePlan(text, strict, &report);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  EXPECT_TRUE(report.warnings.empty());
}

TEST(PretixPlan, WarnsOfAColourThatItCannotKeep) {
  ImportReport report;
  const std::string text =
      PlanJson(ZoneJson("Z", RowJson("1", SeatJson("x", 0))), "{\"name\":\"A\",\"color\":\"red\"}");
  const auto plan = ParsePlan(text, {}, &report);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->categories[0].color, "");
  EXPECT_THAT(report.warnings, ::testing::ElementsAre(StartsWith("categories[0].color: ")));
}

TEST(PretixPlan, TakesTheNameOfTheOptionsBeforeItsOwn) {
  ImportOptions options;
  options.name = "Other";
  const auto plan = ParsePlan(OneRow(SeatJson("g", 0)), options, nullptr);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->name, "Other");
  options.name = "bad\n";
  EXPECT_EQ(ParsePlan("{}", options, nullptr).code(), Code::kInvalidArgument);
}

TEST(PretixPlan, LeavesTheReportAloneOnFailure) {
  ImportReport report;
  report.seats = 7;
  ASSERT_FALSE(ParsePlan("{}", {}, &report).ok());
  EXPECT_EQ(report.seats, 7u);
}

TEST(RealExport, IsRefusedForItsGuidsAndReadByUuid) {
  const std::string text = StadiumText();
  if (text.empty()) GTEST_SKIP() << "seatmap-canvas_stadium.json is not on this machine";
  EXPECT_THAT(Refusal(text), HasSubstr("used before at zones["));
  EXPECT_THAT(Refusal(text), HasSubstr("--rekey uuid"));
  ImportOptions options;
  options.rekey_uuid = true;
  options.strict = true;
  ImportReport report;
  const auto plan = ParsePlan(text, options, &report);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  EXPECT_EQ(report.seats, 738u);
  EXPECT_EQ(report.sections, 2u);
  EXPECT_EQ(report.rows, 90u);
  EXPECT_EQ(report.categories, 5u);
}

TEST(ExampleVenue, ImportsStrictlyAndHasTheSeatsThatTheHallPublishes) {
  const std::string text = testing::ReadText(testing::SourceRoot() / "examples" / "venues" /
                                             "symphony_hall_birmingham.json");
  ASSERT_FALSE(text.empty());
  EXPECT_LT(text.size(), 400'000u);
  ImportOptions options;
  options.strict = true;
  ImportReport report;
  const auto plan = ParsePlan(text, options, &report);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  EXPECT_TRUE(report.warnings.empty());
  const auto seats_in = [&](std::string_view prefix) {
    return std::count_if(plan->seats.begin(), plan->seats.end(), [&](const PlanSeat& seat) {
      return plan->rows[seat.row].section.starts_with(prefix);
    });
  };
  EXPECT_EQ(plan->seats.size(), 2262u);
  EXPECT_EQ(seats_in("Stalls"), 892);
  EXPECT_EQ(seats_in("Circle") + seats_in("Choir"), 566);
  EXPECT_EQ(seats_in("Choir"), 222);
  EXPECT_EQ(seats_in("Upper Circle"), 291);
  EXPECT_EQ(seats_in("Grand Tier"), 513);
}

}  // namespace
}  // namespace seathold
