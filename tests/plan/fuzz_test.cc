// Whatever the bytes: a plan, or kInvalidPlan with a reason; never anything else.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/plan/plan_test_util.h"
#include "tests/support/counts.h"

namespace seathold {
namespace {

constexpr std::uint32_t kSeed = 20261122;
constexpr int kMutants = 20'000;

std::string SmallPlan() {
  const std::string row_a = testing::RowJson(
      "A", testing::SeatJson("a1", 0) + "," +
               testing::SeatJson("a2", 25, 0, ",\"uuid\":\"u\",\"attributes\":\"aisle\""));
  const std::string row_b = testing::RowJson("B", testing::SeatJson("b1", 0, 30));
  return testing::PlanJson(
      testing::ZoneJson("Z", row_a + "," + row_b) + "," +
          testing::ZoneJson("Y", testing::RowJson("A", testing::SeatJson("c", 9))),
      "{\"name\":\"A\",\"color\":\"#123456\"}");
}

std::string SmallCsv() {
  return testing::Csv(
      "\"Stalls, \"\"left\"\"\",A,\"1-10,12-16\",,,Red,\r\nBox,\xC3\x9C,31-1/2,10.5,-3,Blue,a\r\n"
      "Box,B,01,1e3,,Red,\"two\r\nlines\"\r\n");
}

class Mutator {
 public:
  std::string Mutate(std::string text) {
    const int edits = 1 + static_cast<int>(random_() % 4);
    for (int i = 0; i < edits && !text.empty(); ++i) Edit(text);
    return text;
  }

 private:
  void Edit(std::string& text) {
    static const std::string kTokens[] = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          "\"",
                                          ",",
                                          ":",
                                          "-",
                                          "/",
                                          "\n",
                                          "\r\n",
                                          "1e999",
                                          "-1e308",
                                          "null",
                                          "99999999999999999999",
                                          "\\u0000",
                                          "\\ud800",
                                          "\xFF",
                                          "\xED\xA0\x80",
                                          "\"\"",
                                          "[[[[[[[[",
                                          "1-1000",
                                          "9-1/3",
                                          "nan",
                                          std::string("\0", 1)};
    const std::size_t at = random_() % text.size();
    const std::size_t length = 1 + random_() % std::min<std::size_t>(text.size() - at, 24);
    switch (random_() % 5) {
      case 0:
        text[at] = static_cast<char>(random_() % 256);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(at, kTokens[random_() % std::size(kTokens)]);
        break;
      default:
        text.resize(at + 1);
    }
  }

  std::mt19937 random_{kSeed};
};

void Attack(const std::string& seed_text, ImportOptions options) {
  Mutator mutator;
  int accepted = 0;
  const int mutants = testing::Scaled(kMutants);
  for (int i = 0; i < mutants; ++i) {
    const std::string text = mutator.Mutate(seed_text);
    options.strict = i % 2 == 1;
    const auto plan = ParsePlan(text, options, nullptr);
    if (!plan.ok()) {
      ASSERT_EQ(plan.code(), Code::kInvalidPlan) << "seed " << kSeed << ", mutant " << i;
      ASSERT_FALSE(plan.status().detail().empty()) << "seed " << kSeed << ", mutant " << i;
      continue;
    }
    ++accepted;
    ASSERT_FALSE(plan->seats.empty()) << "seed " << kSeed << ", mutant " << i;
    if (accepted % 16 != 0) continue;
    const auto again = ParsePlan(PlanToJson(*plan), {}, nullptr);
    ASSERT_TRUE(again.ok()) << "mutant " << i << ": " << again.status().text();
    ASSERT_EQ(testing::Places(*again), testing::Places(*plan)) << "mutant " << i;
    ASSERT_NE(PlanToSvg(*plan, {}, {}).find("</svg>"), std::string::npos);
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, mutants);
}

TEST(PlanFuzz, MutatedJsonIsReadOrRefusedWithAReason) {
  RecordProperty("seed", static_cast<int>(kSeed));
  Attack(SmallPlan(), testing::PretixOptions());
}

TEST(PlanFuzz, MutatedCsvIsReadOrRefusedWithAReason) {
  RecordProperty("seed", static_cast<int>(kSeed));
  Attack(SmallCsv(), testing::CsvOptions());
}

}  // namespace
}  // namespace seathold
