#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/plan/plan_test_util.h"
#include "tests/support/counts.h"

namespace seathold {
namespace {

using testing::Csv;
using testing::CsvOptions;
using ::testing::HasSubstr;
using testing::Places;

std::string CsvRefusal(std::string_view lines) {
  return testing::Refusal(Csv(lines), CsvOptions());
}

Plan Parsed(std::string_view text) {
  auto plan = ParsePlan(text, CsvOptions(), nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status().text();
  return plan.ok() ? *plan : Plan{};
}

TEST(CsvPlan, ReadsSeatsWithTheirPlaceCategoryAndAttributes) {
  const Plan plan = Parsed(Csv("Stalls,A,1,10,20,Red,wheelchair\nStalls,A,2,35,20,Blue,\n"));
  EXPECT_EQ(Places(plan), "Stalls-A-1:0 Stalls-A-2:1");
  EXPECT_EQ(plan.name, "Hall");
  EXPECT_EQ(plan.seats[0].attributes, "wheelchair");
  EXPECT_EQ(plan.seats[0].x, 10);
  EXPECT_EQ(plan.seats[0].y, 20);
  EXPECT_EQ(plan.categories[plan.seats[1].category].name, "Blue");
}

TEST(CsvPlan, ReadsWhatRfc4180Allows) {
  const Plan plan = Parsed(
      "\xEF\xBB\xBFsection,row,seat,x,y,category,attributes\r\n"
      "\"Box, \"\"Royal\"\"\",A,1,0,0,\"two\r\nlines\",\r\n"
      "\r\n"
      "\"Box, \"\"Royal\"\"\",A,2,25,0,\"two\nlines\",last line without an end");
  EXPECT_EQ(Places(plan), "Box, \"Royal\"-A-1:0 Box, \"Royal\"-A-2:1");
  ASSERT_EQ(plan.categories.size(), 1u);
  EXPECT_EQ(plan.categories[0].name, "two lines");
  EXPECT_EQ(plan.seats[1].attributes, "last line without an end");
}

TEST(CsvPlan, TakesColumnsInAnyOrderAndOptionalOnesMayBeAbsent) {
  const Plan plan = Parsed("category,seat,row,section\nRed,1-2,A,S\n");
  EXPECT_EQ(Places(plan), "S-A-1:0 S-A-2:1");
}

TEST(CsvPlan, ExpandsRangesAndLeavesOutThePlaceOfAMissingNumber) {
  EXPECT_EQ(Places(Parsed(Csv("S,A,\"1-3,5-6\",,,C,\n"))),
            "S-A-1:0 S-A-2:1 S-A-3:2 S-A-5:4 S-A-6:5");
  EXPECT_EQ(Places(Parsed(Csv("S,A,1,,,C,\nS,A,2,,,C,\nS,A,4,,,C,\n"))), "S-A-1:0 S-A-2:1 S-A-4:3");
}

TEST(CsvPlan, KnowsOddAndEvenNumbering) {
  EXPECT_EQ(Places(Parsed(Csv("S,A,1-5/2,,,C,\n"))), "S-A-1:0 S-A-3:1 S-A-5:2");
  EXPECT_EQ(Places(Parsed(Csv("S,A,\"1-5/2,9-11/2\",,,C,\n"))),
            "S-A-1:0 S-A-3:1 S-A-5:2 S-A-9:4 S-A-11:5");
  EXPECT_EQ(Places(Parsed(Csv("S,A,\"5-1/2,2-6/2\",,,C,\n"))),
            "S-A-5:0 S-A-3:1 S-A-1:2 S-A-2:3 S-A-4:4 S-A-6:5");
}

TEST(CsvPlan, TakesLabelsThatAreNoNumbers) {
  EXPECT_EQ(Places(Parsed(Csv("S,A,\"A, 12a ,B-1,01-03\",,,C,\n"))),
            "S-A-A:0 S-A-12a:1 S-A-B-1:2 S-A-01:3 S-A-02:4 S-A-03:5");
}

TEST(CsvPlan, LaysARangeAlongXFromTheGivenPlace) {
  const Plan plan = Parsed(Csv("S,A,1-3,100,7,C,\nS,A,4,300,7,C,\n"));
  EXPECT_EQ(plan.seats[0].x, 100);
  EXPECT_EQ(plan.seats[1].x, 125);
  EXPECT_EQ(plan.seats[2].x, 150);
  EXPECT_EQ(plan.seats[2].y, 7);
  EXPECT_EQ(Places(plan), "S-A-1:0 S-A-2:1 S-A-3:2 S-A-4:4");
}

TEST(CsvPlan, CentresRowsThatHaveNoCoordinatesAndSetsThemOneBehindTheOther) {
  const Plan plan = Parsed(Csv("S,A,1-3,,,C,\nS,B,1-2,,,C,\n"));
  EXPECT_EQ(plan.seats[0].x, -25);
  EXPECT_EQ(plan.seats[2].x, 25);
  EXPECT_EQ(plan.seats[3].x, -12.5);
  EXPECT_GT(plan.seats[3].y, plan.seats[0].y);
}

TEST(CsvPlan, GathersARowAndASectionThatAreScatteredOverTheFile) {
  const Plan plan = Parsed(Csv("S,A,1,,,C,\nT,A,1,,,C,\nS,B,1,,,C,\nS,A,2,,,C,\n"));
  EXPECT_EQ(Places(plan), "S-A-1:0 S-A-2:1 S-B-1:0 T-A-1:0");
  EXPECT_EQ(plan.rows[1].rank, 1u);
  EXPECT_EQ(plan.rows[2].section_index, 1u);
}

TEST(CsvPlan, RefusesAHeaderThatLacksOrRepeatsAColumn) {
  const auto refusal = [](std::string_view text) { return testing::Refusal(text, CsvOptions()); };
  EXPECT_THAT(
      refusal("section,row,x,y,category\n"),
      HasSubstr("line 1, column 1: the header needs section, row, seat and category, and may "
                "have x, y, attributes and status, separated by"));
  EXPECT_THAT(refusal("section,row,x,y,category\n"), HasSubstr("it has no seat"));
  EXPECT_EQ(refusal("section,row,seat,row,category\n"),
            "line 1, column 18: the column is named twice");
  EXPECT_THAT(refusal(""), HasSubstr("line 1, column 1"));
}

TEST(CsvPlan, WarnsOfAnUnknownColumnAndRefusesItWhenStrict) {
  const std::string text = "section,row,seat,category,colour\nS,A,1,C,red\n";
  ImportReport report;
  ASSERT_TRUE(ParsePlan(text, CsvOptions(), &report).ok());
  EXPECT_THAT(report.warnings,
              ::testing::ElementsAre("line 1, column 27: unknown column colour, left out"));
  ImportOptions strict = CsvOptions();
  strict.strict = true;
  EXPECT_EQ(testing::Refusal(text, strict), "line 1, column 27: unknown column colour");
}

TEST(CsvPlan, RefusesWithLineAndColumn) {
  EXPECT_EQ(CsvRefusal("S,A,1,,,C\n"), "line 2, column 9: 6 fields, and the header has 7");
  EXPECT_EQ(CsvRefusal("S,A,1,,,C,\n,A,1,,,C,\n"), "line 3, column 1: section is empty");
  EXPECT_EQ(CsvRefusal("S,,1,,,C,\n"), "line 2, column 3: row is empty");
  EXPECT_EQ(CsvRefusal("S,A,,,,C,\n"), "line 2, column 5: seat is empty");
  EXPECT_EQ(CsvRefusal("S,A,1,,,,\n"), "line 2, column 9: category is empty");
  EXPECT_EQ(CsvRefusal("S,A,1,left,,C,\n"), "line 2, column 7: x is not a number");
  EXPECT_EQ(CsvRefusal("S,A,1,0,1.2.3,C,\n"), "line 2, column 9: y is not a number");
  EXPECT_EQ(CsvRefusal("S,A,1,inf,,C,\n"), "line 2, column 7: a coordinate beyond 10,000,000");
  EXPECT_EQ(CsvRefusal("S,A,1,nan,,C,\n"), "line 2, column 7: a coordinate beyond 10,000,000");
  EXPECT_EQ(CsvRefusal("S,A,1,1e999,,C,\n"), "line 2, column 7: a coordinate beyond 10,000,000");
  EXPECT_EQ(CsvRefusal("S,A,1,10000001,,C,\n"), "line 2, column 7: a coordinate beyond 10,000,000");
  EXPECT_EQ(CsvRefusal("S,A,\"1,,2\",,,C,\n"),
            "line 2, column 5: the list of seats has an empty part");
  EXPECT_EQ(CsvRefusal("S,A,1-4/2,,,C,\n"),
            "line 2, column 5: the range 1-4/2 does not end on its last number");
  EXPECT_EQ(CsvRefusal("S,A,1-4/0,,,C,\n"),
            "line 2, column 5: the range 1-4/0 does not end on its last number");
  EXPECT_EQ(CsvRefusal("S,A,1-999999999,,,C,\n"), "line 2, column 5: more than 1000000 seats");
  EXPECT_EQ(CsvRefusal(""), "line 1, column 1: the plan has no seats");
}

TEST(CsvPlan, RefusesBrokenQuotes) {
  EXPECT_EQ(CsvRefusal("S,A\"b,1,,,C,\n"),
            "line 2, column 4: a quote inside a field that is not quoted");
  EXPECT_EQ(CsvRefusal("S,\"A\"b,1,,,C,\n"), "line 2, column 6: text after a closing quote");
  EXPECT_EQ(CsvRefusal("S,\"A,1,,,C,\n\n\n"), "line 2, column 3: the quote is never closed");
}

TEST(CsvPlan, RefusesTextThatIsNotFitToPrintAndCountsCharactersNotBytes) {
  EXPECT_EQ(CsvRefusal("\xC3\x9C\xC3\xB6,A\x01,1,,,C,\n"), "line 2, column 4: a control character");
  EXPECT_EQ(CsvRefusal("S,A\xFF,1,,,C,\n"),
            "line 2, column 3: not UTF-8: save the file as UTF-8 (in Excel: \"CSV UTF-8\")");
  EXPECT_EQ(CsvRefusal(std::string("S,A\0,1,,,C,\n", 12)), "line 2, column 3: a control character");
  EXPECT_EQ(CsvRefusal("S," + std::string(101, 'A') + ",1,,,C,\n"),
            "line 2, column 3: longer than 100 bytes");
  EXPECT_EQ(CsvRefusal("S,A,1,,,C,a\rb\n"), "line 2, column 11: a control character");
}

TEST(CsvPlan, CountsLinesInsideQuotes) {
  EXPECT_EQ(CsvRefusal("\"S\nS\",A,1,,,C,\nS,A,x-,bad,,C,\n"),
            "line 4, column 8: x is not a number");
}

TEST(CsvPlan, RefusesASeatGivenTwiceWithBothLines) {
  EXPECT_EQ(CsvRefusal("S,A,1-3,,,C,\nS,B,1,,,C,\nS,A,\"7,2\",,,C,\n"),
            "line 4, column 8: seat S-A-2 was given before on line 2");
}

TEST(CsvPlan, NeedsANameAndKnowsNoUuids) {
  ImportOptions options = CsvOptions();
  options.name.clear();
  EXPECT_EQ(ParsePlan(Csv("S,A,1,,,C,\n"), options, nullptr).code(), Code::kInvalidArgument);
  options = CsvOptions();
  options.rekey_uuid = true;
  EXPECT_EQ(ParsePlan(Csv("S,A,1,,,C,\n"), options, nullptr).code(), Code::kInvalidArgument);
  options = CsvOptions();
  options.format = static_cast<PlanFormat>(9);
  EXPECT_EQ(ParsePlan(Csv("S,A,1,,,C,\n"), options, nullptr).code(), Code::kInvalidArgument);
}

TEST(CsvPlan, HoldsTheLimitOfSeatsAtItAndOnePast) {
  EXPECT_EQ(CsvRefusal("S,A,1-1000001,,,C,\n"), "line 2, column 5: more than 1000000 seats");
  if (!testing::FullCounts()) GTEST_SKIP() << "a million seats only with SEATHOLD_FULL=1";
  const auto plan = ParsePlan(Csv("S,A,1-1000000,,,C,\n"), CsvOptions(), nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  EXPECT_EQ(plan->seats.size(), 1'000'000u);
  EXPECT_EQ(CsvRefusal("S,A,1-1000000,,,C,\nS,B,1,,,C,\n"),
            "line 3, column 5: more than 1000000 seats");
}

}  // namespace
}  // namespace seathold
