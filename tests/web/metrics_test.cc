// /metrics, as Prometheus reads it.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

// Text of Prometheus, read strictly: each family has its help and its type, once, before its
// samples, which stand together; counters end in _total and nothing else does; units are base
// units; no sample stands twice; buckets grow with le and end with +Inf, which is the count.
class MetricsText {
 public:
  explicit MetricsText(const std::string& text) {
    if (!text.ends_with("\n")) wrong.push_back("no last newline");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("# HELP ")) {
        ReadHelp(line);
      } else if (line.starts_with("# TYPE ")) {
        ReadType(line);
      } else {
        ReadSample(line);
      }
    }
    EndBuckets();
  }

  std::map<std::string, double> samples;
  std::vector<std::string> wrong;

 private:
  void ReadHelp(const std::string& line);
  void ReadType(const std::string& line);
  void ReadSample(const std::string& line);
  void ReadBucket(const std::string& line, const std::string& series, double value);
  void EndBuckets();
  void Require(bool fact, const std::string& what) {
    if (!fact) wrong.push_back(what);
  }

  std::set<std::string> families_;
  std::string helped_, family_, type_;                     // what the lines are about now
  std::map<std::string, std::pair<double, double>> last_;  // le, count by series
};

void MetricsText::ReadHelp(const std::string& line) {
  std::istringstream words(line.substr(7));
  std::string text;
  words >> helped_ >> text;
  Require(!text.empty(), "no help: " + line);
}

void MetricsText::ReadType(const std::string& line) {
  static const std::regex kUnits(
      ".*_(ms|us|ns|s|secs?|mins?|h|kb|mb|kib|mib|milliseconds|microseconds|minutes|hours|percent)"
      "(_total)?");
  std::istringstream words(line.substr(7));
  words >> family_ >> type_;
  Require(helped_ == family_, "no help before: " + line);
  Require(families_.insert(family_).second, "twice: " + line);
  Require(type_ == "counter" || type_ == "gauge" || type_ == "histogram", "odd type: " + line);
  Require(family_.ends_with("_total") == (type_ == "counter"), "odd name: " + line);
  Require(!std::regex_match(family_, std::regex(".*_(bucket|count|sum)")), "odd name: " + line);
  Require(!std::regex_match(family_, kUnits), "no base unit: " + line);
}

void MetricsText::ReadSample(const std::string& line) {
  static const std::regex kSample(
      R"re(([a-z_]+)(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? (\S+))re");
  std::smatch parts;
  if (!std::regex_match(line, parts, kSample)) return wrong.push_back(line);
  const std::string name = parts[1];
  const bool histogram = type_ == "histogram";
  Require(histogram ? name == family_ + "_bucket" || name == family_ + "_sum" ||
                          name == family_ + "_count"
                    : name == family_,
          "not under its type: " + line);
  const double value = std::stod(parts[4]);
  Require(value >= 0, "negative: " + line);
  const std::string series = name + std::string(parts[2]);
  Require(samples.emplace(series, value).second, "twice: " + line);
  if (histogram) ReadBucket(line, series, value);
}

void MetricsText::ReadBucket(const std::string& line, const std::string& series, double value) {
  static const std::regex kLe(R"re((.*)_bucket\{(.*),le="([^"]+)"\})re");
  std::smatch bucket;
  if (!std::regex_match(series, bucket, kLe)) return;
  const std::string of = std::string(bucket[1]) + "{" + std::string(bucket[2]) + "}";
  const double le = bucket[3] == "+Inf" ? HUGE_VAL : std::stod(bucket[3]);
  const auto before = last_.find(of);
  Require(before == last_.end() || (le > before->second.first && value >= before->second.second),
          "falls: " + line);
  last_[of] = {le, value};
}

void MetricsText::EndBuckets() {
  for (const auto& [of, end] : last_) {
    const std::size_t brace = of.find('{');
    const auto count = samples.find(of.substr(0, brace) + "_count" + of.substr(brace));
    Require(end.first == HUGE_VAL, "no +Inf: " + of);
    Require(count != samples.end() && count->second == end.second, "count: " + of);
    Require(samples.contains(of.substr(0, brace) + "_sum" + of.substr(brace)), "sum: " + of);
  }
}

class Metrics : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
  }
};

TEST_F(Metrics, AreWellFormedAndTrue) {
  Buy(ann, {1, 2});
  ASSERT_EQ(Hold(bob, NewId(), {2}).status, 409);
  ASSERT_EQ(Do("GET", "/api/me").status, 401);
  const MetricsText metrics(Do("GET", "/metrics").body);
  EXPECT_EQ(metrics.wrong, std::vector<std::string>());
  const auto value = [&](const std::string& series) {
    const auto found = metrics.samples.find(series);
    return found == metrics.samples.end() ? -1 : found->second;
  };
  EXPECT_EQ(value("seathold_done_total{what=\"confirm\"}"), 1);
  EXPECT_EQ(value("seathold_refused_total{code=\"seat_taken\"}"), 1);
  EXPECT_EQ(value("seathold_web_requests_total{operation=\"putHold\",status=\"2xx\"}"), 1);
  EXPECT_EQ(value("seathold_web_requests_total{operation=\"putHold\",status=\"4xx\"}"), 1);
  EXPECT_EQ(value("seathold_web_requests_total{operation=\"me\",status=\"4xx\"}"), 1);
  EXPECT_EQ(value("seathold_web_request_seconds_count{operation=\"putHold\"}"), 2);
  EXPECT_EQ(value("seathold_engine_seconds_count{call=\"confirm\"}"), 1);
  EXPECT_GE(value("seathold_web_connections"), 1);
}

TEST_F(Metrics, PromtoolHasNothingToSayOfThem) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "no promtool here";
  Buy(ann, {1, 2});
  ASSERT_EQ(Hold(bob, NewId(), {2}).status, 409);
  const WebFolder folder;
  std::ofstream(folder.Path("metrics")) << Do("GET", "/metrics").body;
  const std::string check = "promtool check metrics <'" + folder.Path("metrics") + "' >'" +
                            folder.Path("told") + "' 2>&1";
  const int ended = std::system(check.c_str());
  std::ifstream told(folder.Path("told"));
  EXPECT_EQ(ended, 0) << std::string(std::istreambuf_iterator<char>(told), {});
}

TEST(MetricsReader, SeesWhatIsWrong) {
  const std::string help = "# HELP x X.\n", type = help + "# TYPE x histogram\n";
  const std::string good =
      "x_bucket{a=\"1\",le=\"1\"} 2\nx_bucket{a=\"1\",le=\"+Inf\"} 3\n"
      "x_sum{a=\"1\"} 1\nx_count{a=\"1\"} 3\n";
  EXPECT_EQ(MetricsText(type + good).wrong, std::vector<std::string>());
  const std::string gauge = "# HELP y Y.\n# TYPE y gauge\ny 1\n";
  EXPECT_EQ(MetricsText(type + good + gauge).wrong, std::vector<std::string>());
  for (const std::string& text :
       {type + "x_bucket{a=\"1\",le=\"1\"} 2\nx_sum{a=\"1\"} 1\nx_count{a=\"1\"} 2\n",
        type + "x_bucket{a=\"1\",le=\"1\"} 2\nx_bucket{a=\"1\",le=\"+Inf\"} 1\n"
               "x_sum{a=\"1\"} 1\nx_count{a=\"1\"} 1\n",
        type + "x_bucket{a=\"1\",le=\"+Inf\"} 1\nx_sum{a=\"1\"} 1\nx_count{a=\"1\"} 2\n",
        type + "x_bucket{a=\"1\",le=\"+Inf\"} 1\nx_count{a=\"1\"} 1\n",
        type + good + gauge + good,
        type + good + gauge + "x_sum{a=\"2\"} 1\n",
        type + "y 1\n",
        type + "x 1\n",
        gauge + "y 1\n",
        gauge + gauge,
        gauge + "y{} 1\n",
        std::string("# TYPE y gauge\ny 1\n"),
        std::string("y 1\n"),
        std::string("# HELP y\n# TYPE y gauge\ny 1\n"),
        std::string("# HELP y Y.\n# TYPE y counter\ny 1\n"),
        std::string("# HELP y_total Y.\n# TYPE y_total gauge\ny_total 1\n"),
        std::string("# HELP y_ms Y.\n# TYPE y_ms gauge\ny_ms 1\n"),
        std::string("# HELP y_ms_total Y.\n# TYPE y_ms_total counter\ny_ms_total 1\n"),
        std::string("# HELP y_sum Y.\n# TYPE y_sum gauge\ny_sum 1\n"),
        std::string("# HELP y Y.\n# TYPE y gauge\ny -1\n"),
        std::string("# HELP y Y.\n# TYPE y gauge\ny 1")}) {
    EXPECT_FALSE(MetricsText(text).wrong.empty()) << text;
  }
}

}  // namespace
}  // namespace seathold::testing
