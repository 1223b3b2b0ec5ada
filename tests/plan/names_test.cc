// Names that look the same, whichever way they come in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "src/plan/plan_check.h"
#include "tests/plan/plan_test_util.h"

namespace seathold {
namespace {

using testing::Csv;
using testing::CsvOptions;
using ::testing::HasSubstr;
using testing::OneRow;
using testing::PlanJson;
using testing::RowJson;
using testing::SeatJson;
using testing::ZoneJson;

std::string RefusalOfCsv(std::string_view lines) {
  return testing::Refusal(Csv(lines), CsvOptions());
}
std::string JsonRefusal(const std::string& text) { return testing::Refusal(text); }

// Each looks like the one beside it.
constexpr std::pair<const char*, const char*> kSameNames[] = {
    {"Ré", "Re\u0301"},      {"각", "\u1100\u1161\u11A8"}, {"Box 1", "Box\u00A01"},
    {"Box 1", "Box  1"},     {"Rot", "R\u200Bot"},         {"Rot", "\u200ERot"},
    {"Rot", "R\u00ADot"},    {"Reihe 12", "Reihe １２"},   {"צ1", "צ١"},
    {"Rot-A", "Rot\u2011A"}, {"Rot-A", "Rot\u2010A"},      {"Rot-A", "Rot\u2212A"}};

TEST(PlanNames, OfSeatsThatLookTheSameAreOneSeatGivenTwice) {
  for (const auto& [one, other] : kSameNames) {
    const std::string lines = std::string("S,A,\"") + one + "\",,,C,\nS,A,\"" + other + "\",,,C,\n";
    EXPECT_THAT(RefusalOfCsv(lines), HasSubstr("line 3, column 6: seat S-A-")) << one;
    EXPECT_THAT(RefusalOfCsv(lines), HasSubstr("was given before on line 2")) << one;
    EXPECT_THAT(JsonRefusal(OneRow(SeatJson(one, 0) + "," + SeatJson(other, 25))),
                HasSubstr("seats[1].seat_guid: used before at zones[0].rows[0].seats[0]"))
        << one;
  }
  EXPECT_EQ(RefusalOfCsv("S,A,Ａ,,,C,\nS,A,A,,,C,\n"), "") << "the width of a letter is seen";
  EXPECT_EQ(RefusalOfCsv("S,A,a,,,C,\nS,A,A,,,C,\n"), "");
  EXPECT_THAT(RefusalOfCsv("S,A,１,,,C,\nS,A,1-3,,,C,\n"), HasSubstr("given before"));
}

TEST(PlanNames, OfCategoriesThatLookTheSameAreOneAndTheirPlacesAreNamed) {
  for (const auto& [one, other] : kSameNames) {
    const std::string categories =
        std::string("{\"name\":\"A\"},{\"name\":\"") + one + "\"},{\"name\":\"" + other + "\"}";
    EXPECT_EQ(JsonRefusal(PlanJson(ZoneJson("Z", RowJson("1", SeatJson("x", 0))), categories)),
              "categories[2].name: used before at categories[1]")
        << one;
  }
  const auto plan = ParsePlan(Csv("S,A,1,,,Ré,\nS,A,2,,,Re\u0301,\n"), CsvOptions(), nullptr);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->categories.size(), 1u);
  EXPECT_EQ(plan->categories[0].name, "Ré");
  EXPECT_EQ(RefusalOfCsv("S,A,1,,,Box 1,\nS,A,2,,,Box\u00A01,\n"),
            "line 3, column 9: \"Box\u00A01\" looks like \"Box 1\" at line 2, column 9 and is "
            "spelled otherwise");
}

TEST(PlanNames, OfSectionsAndRowsThatLookTheSameAreOne) {
  const auto plan = ParsePlan(Csv("Ré,é,1,,,C,\nRe\u0301,e\u0301,2,,,C,\n"), CsvOptions(), nullptr);
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->rows.size(), 1u);
  EXPECT_EQ(plan->rows[0].section, "Ré");
  EXPECT_EQ(testing::Places(*plan), "Ré-é-1:0 Ré-é-2:1");
  EXPECT_THAT(RefusalOfCsv("1階,A,1,,,C,\n１階,A,2,,,C,\n"),
              HasSubstr("line 3, column 1: \"１階\" looks like \"1階\" at line 2, column 1"));
  EXPECT_THAT(RefusalOfCsv("S,Box 1,1,,,C,\nS,Box\u00A01,2,,,C,\n"),
              HasSubstr("line 3, column 3: \"Box\u00A01\" looks like"));
  EXPECT_THAT(JsonRefusal(PlanJson(ZoneJson("Box 1", RowJson("1", SeatJson("x", 0))) + "," +
                                   ZoneJson("Box\u00A01", RowJson("1", SeatJson("y", 0))))),
              HasSubstr("zones[1].name: \"Box\u00A01\" looks like \"Box 1\" at zones[0]"));
  EXPECT_THAT(RefusalOfCsv("A-1,1,1,,,C,\nA\u20111,1,1,,,C,\n"),
              HasSubstr("line 3, column 1: \"A\u20111\" looks like \"A-1\" at line 2, column 1"));
}

std::string TwoZones(const std::string& one, const std::string& other) {
  return PlanJson(ZoneJson(one, RowJson("1", SeatJson("x", 0))) + "," +
                  ZoneJson(other, RowJson("1", SeatJson("y", 0))));
}

TEST(PlanNames, OfTwoZonesAreOneOnlyWhereTheFileSpellsThemAlike) {
  EXPECT_THAT(JsonRefusal(TwoZones("é", "e\u0301")),
              HasSubstr("zones[1].name: \"e\u0301\" looks like \"é\" at zones[0]"));
  EXPECT_THAT(JsonRefusal(TwoZones("e\u0301", "é")), HasSubstr("zones[1].name: \"é\" looks like"));
  for (const char* differs : {"e", "É", "ｅ"}) EXPECT_EQ(JsonRefusal(TwoZones("é", differs)), "");
  for (const char* blank : {"", " ", "Zone 1"}) EXPECT_EQ(JsonRefusal(TwoZones("", blank)), "");
  EXPECT_EQ(JsonRefusal(TwoZones("e\u0301", "e\u0301")), "");
}

TEST(PlanNames, AreKeptComposed) {
  const auto plan = ParsePlan(
      PlanJson(ZoneJson("Re\u0301",
                        RowJson("e\u0301", SeatJson("A", 0, 0, ",\"attributes\":\"e\u0301\""))),
               "{\"name\":\"A\"},{\"name\":\"e\u0301\"}"),
      {}, nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status().text();
  EXPECT_EQ(plan->rows[0].section, "Ré");
  EXPECT_EQ(plan->rows[0].name, "é");
  EXPECT_EQ(plan->seats[0].attributes, "é");
  EXPECT_EQ(plan->categories[1].name, "é");
}

TEST(PlanNames, OfSeatsFindTheirCategoryHoweverItIsTyped) {
  std::string text = OneRow(SeatJson("g", 0));
  text.replace(text.find("\"name\":\"A\""), 10, "\"name\":\"Re\u0301 1\"");
  text.replace(text.find("\"category\":\"A\""), 14, "\"category\":\"Ré\u00A01\"");
  EXPECT_EQ(JsonRefusal(text), "");
}

TEST(PlanNames, ThatCannotBeKeptAreRefusedWithTheirPlace) {
  for (const char* bad : {"가\u11A7", "x\u0378", "x\u202Ey", "x\u2067", "x\u0085"}) {
    EXPECT_THAT(RefusalOfCsv(std::string("S,A,1,,,C,\nS,") + bad + ",1,,,C,\n"),
                HasSubstr("line 3, column 3: a c"))
        << bad;
    EXPECT_THAT(JsonRefusal(OneRow(SeatJson(bad, 0))), HasSubstr("seats[0].seat_guid: a c")) << bad;
  }
  for (const char* blank : {" ", "\u00A0", "\u200B", "\u3000\u3000"}) {
    EXPECT_EQ(JsonRefusal(OneRow(SeatJson(blank, 0))),
              "zones[0].rows[0].seats[0].seat_guid: empty");
    EXPECT_EQ(RefusalOfCsv(std::string("S,") + blank + ",1,,,C,\n"),
              "line 2, column 3: row is empty");
  }
}

Plan HostPlan(std::string_view first_guid, std::string_view second_guid) {
  Plan plan;
  plan.name = "Re\u0301";
  plan.categories = {{"e\u0301", ""}};
  plan.rows = {{"S", "A", 0, 0}};
  plan.seats.resize(2);
  plan.seats[0].guid = first_guid;
  plan.seats[1].guid = second_guid;
  plan.seats[1].place = 1;
  return plan;
}

TEST(HostPlans, AreTakenInAsFilesAre) {
  Plan plan = HostPlan("e\u0301", "b");
  ASSERT_TRUE(TakePlan(&plan).ok());
  EXPECT_EQ(plan.name, "Ré");
  EXPECT_EQ(plan.categories[0].name, "é");
  EXPECT_EQ(plan.seats[0].guid, "é");
  for (const auto& [one, other] : kSameNames) {
    Plan twice = HostPlan(one, other);
    EXPECT_EQ(TakePlan(&twice).detail(), "seats[1].guid: that of seats[0]") << one;
    Plan categories = HostPlan("a", "b");
    categories.categories = {{one, ""}, {other, ""}};
    EXPECT_EQ(TakePlan(&categories).detail(),
              "categories[1].name: the name of another, categories[0].name");
  }
  Plan sections = HostPlan("a", "b");
  sections.rows = {{"Box 1", "A", 0, 0}, {"Box\u00A01", "A", 0, 1}};
  EXPECT_THAT(TakePlan(&sections).detail(), HasSubstr("rows[1].section: "));
}

TEST(HostPlans, MayBlockSeatsForAReasonThatSaysSo) {
  Plan plan = HostPlan("a", "b");
  plan.seats[0].blocked = "brok\u0301n";
  EXPECT_TRUE(TakePlan(&plan).ok());
  EXPECT_EQ(plan.seats[0].blocked, "broḱn") << "taken in, too";
  plan.seats[0].blocked = " Free ";
  EXPECT_EQ(TakePlan(&plan).detail(), "seats[0].blocked: a word for a seat that is free");
  plan.seats[0].blocked = std::string(101, 'x');
  EXPECT_EQ(TakePlan(&plan).detail(), "seats[0].blocked: longer than 100 bytes");
  plan.seats[0].blocked = " ";
  EXPECT_EQ(TakePlan(&plan).detail(), "seats[0].blocked: empty");
}

}  // namespace
}  // namespace seathold
