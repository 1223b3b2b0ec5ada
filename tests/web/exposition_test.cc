// The text of metrics that the web host and the command line tool share, and the reader that judges
// it.
#include "examples/cli/exposition.h"

#include <gtest/gtest.h>

#include "tests/support/exposition.h"

namespace seathold::testing {
namespace {

TEST(ExpositionWriter, TellsAllOfAnEngine) {
  Stats stats;
  stats.holds = 3;
  stats.refused_by = {{Code::kSeatTaken, 5}, {Code::kInsufficientFunds, 1}};
  stats.clock_behind_ms = 1'500;
  stats.hold.buckets[0] = 1;   // below what is told apart
  stats.hold.buckets[9] = 2;   // 512 us .. 1,024 us
  stats.hold.buckets[31] = 4;  // beyond all
  stats.hold.count = 7;
  stats.hold.sum_us = 2'500'000;
  std::string text;
  cli::AddEngineMetrics(stats, &text);
  const Exposition read = ReadExposition(text);
  EXPECT_EQ(read.wrong, std::vector<std::string>());
  EXPECT_EQ(read.value("seathold_done_total{what=\"hold\"}"), 3);
  EXPECT_EQ(read.value("seathold_refused_total{code=\"seat_taken\"}"), 5);
  EXPECT_EQ(read.value("seathold_clock_behind_seconds"), 1.5);
  const auto bucket = [&](const std::string& le) {
    return read.value("seathold_engine_seconds_bucket{call=\"hold\",le=\"" + le + "\"}");
  };
  EXPECT_EQ(bucket("3.2e-05"), 1);
  EXPECT_EQ(bucket("0.000512"), 1);
  EXPECT_EQ(bucket("0.001024"), 3);
  EXPECT_EQ(bucket("67.108864"), 3);
  EXPECT_EQ(bucket("+Inf"), 7);
  EXPECT_EQ(read.value("seathold_engine_seconds_count{call=\"hold\"}"), 7);
  EXPECT_EQ(read.value("seathold_engine_seconds_sum{call=\"hold\"}"), 2.5);
  for (const auto& [name, type] : read.types) EXPECT_TRUE(name.starts_with("seathold_")) << name;
}

TEST(ExpositionWriter, LabelsOfAnyBytesCanBeReadBack) {
  for (const char* value :
       {"say \"hi\"", "back\\slash", "two\nlines", "no \xff utf-8", "", "a,b}="}) {
    std::string text;
    cli::BeginMetric("x", "gauge", "Of a test.", &text);
    cli::AddSample("x", {{"a", value}, {"b", "2"}}, std::uint64_t{1}, &text);
    EXPECT_EQ(ReadExposition(text).wrong, std::vector<std::string>()) << text;
    EXPECT_EQ(text.find('\xff'), text.npos);
  }
  std::string text;
  cli::BeginMetric("x", "gauge", "Of a test.", &text);
  cli::AddSample("x", {{"a", "\"\\"}}, 0.25, &text);
  EXPECT_EQ(text, "# HELP x Of a test.\n# TYPE x gauge\nx{a=\"\\\"\\\\\"} 0.25\n");
}

// Each is right but for one thing.
TEST(ExpositionReader, SeesWhatAScraperForgives) {
  const std::string gauge = "# HELP x Text.\n# TYPE x gauge\n";
  const std::string histogram = "# HELP x Text.\n# TYPE x histogram\n";
  const std::string good = "x_bucket{a=\"1\",le=\"1\"} 1\nx_bucket{a=\"1\",le=\"+Inf\"} 2\n";
  EXPECT_TRUE(ReadExposition(gauge + "x 1\n").wrong.empty());
  EXPECT_TRUE(ReadExposition(gauge + "x{a=\"\\\\\\\"\\n\",b=\"\"} 1e-05\n").wrong.empty());
  EXPECT_TRUE(
      ReadExposition(histogram + good + "x_sum{a=\"1\"} 1\nx_count{a=\"1\"} 2\n").wrong.empty());
  const std::string bad[] = {
      "x 1\n",                                    // no help, no type
      "# TYPE x gauge\nx 1\n",                    // no help
      "# HELP x Text.\nx 1\n",                    // no type
      gauge + gauge + "x 1\n",                    // both twice
      gauge + "x 1",                              // no last line feed
      gauge + "\nx 1\n",                          // an empty line
      gauge + "y 1\n",                            // another metric's
      gauge + "x 1\nx 1\n",                       // twice
      gauge + "x -1\n",                           // below 0
      gauge + "x one\n",                          // no number
      gauge + "x 1 \n",                           // a blank behind
      gauge + "x{a=1} 1\n",                       // no quotes
      gauge + "x{a=\"\\t\"} 1\n",                 // no such escape
      gauge + "x{a=\"1\",a=\"2\"} 1\n",           // a label twice
      gauge + "x{1a=\"1\"} 1\n",                  // no name of a label
      "# HELP x Text.\n# TYPE x counter\nx 1\n",  // no total
      "# HELP x_total Text.\n# TYPE x_total gauge\nx_total 1\n",
      histogram + good + "x_count{a=\"1\"} 2\n",                    // no sum
      histogram + good + "x_sum{a=\"1\"} 1\n",                      // no count
      histogram + good + "x_sum{a=\"1\"} 1\nx_count{a=\"1\"} 3\n",  // another count
      histogram + good + "x_sum{a=\"2\"} 1\nx_count{a=\"2\"} 2\n",  // other labels
      histogram + "x_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n",
      histogram + "x_bucket{le=\"1\"} 2\nx_sum 1\nx_count 2\n",  // no +Inf
      histogram +
          "x_bucket{le=\"2\"} 1\nx_bucket{le=\"1\"} 1\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count "
          "1\n",
  };
  for (const std::string& text : bad) EXPECT_FALSE(ReadExposition(text).wrong.empty()) << text;
}

}  // namespace
}  // namespace seathold::testing
