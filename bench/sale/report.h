// What was measured, row by row, one a round; written as JSON, of which table.py makes the table
// and the pictures.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/sale/contestant.h"
#include "bench/sale/meter.h"
#include "bench/sale/recorder.h"
#include "src/util/json.h"

namespace seathold::sale {

using Values = std::vector<std::pair<std::string, double>>;

// PREFIX_per_s, PREFIX_cpu_us and PREFIX_bytes, each of one operation.
void AddUsage(const std::string& prefix, const Usage& usage, std::uint64_t operations, Values* to);
// PREFIX_p50_us, _p99_us, _p999_us, _max_us.
void AddTimes(const std::string& prefix, const Recorder& times, Values* to);

class Report {
 public:
  // `quick`: no figures are shown, but whether each was right, as tests/run.sh reads it.
  explicit Report(bool quick);
  // `at` tells rows of one scenario and contestant apart: "callers 32". It may be empty.
  void Add(std::string_view scenario, std::string_view contestant, std::string_view durability,
           std::string_view at, int round, const Values& values);
  void Add(std::string_view scenario, const Contestant& contestant, std::string_view at, int round,
           const Values& values) {
    Add(scenario, contestant.name(), contestant.durability(), at, round, values);
  }
  // Ends in failure where `broken` is not empty: no figure counts of who sold a seat twice.
  void Judge(std::string_view scenario, std::string_view contestant, const std::string& broken);
  bool failed() const { return !broken_.empty(); }
  std::string Text() const;

 private:
  const bool quick_;
  const std::string load_before_;
  Json rows_ = Json::Array();
  std::vector<std::string> broken_;  // scenario and contestant of each
};

}  // namespace seathold::sale
