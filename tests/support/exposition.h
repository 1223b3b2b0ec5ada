// The text format of Prometheus (version 0.0.4), read strictly: what a scraper may forgive is wrong
// here.
//
// Each metric has one HELP, one TYPE and then its samples, all together; no sample stands twice;
// counters end in _total, and nothing else does; a histogram has for each of its label sets buckets
// that grow with `le` up to +Inf, which is its count, and a sum.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace seathold::testing {

struct Exposition {
  std::map<std::string, double> samples;     // by series as written: name{label="value"}
  std::map<std::string, std::string> types;  // by metric
  std::vector<std::string> wrong;            // what it is, and the line

  // -1: there is no such series.
  double value(const std::string& series) const {
    const auto found = samples.find(series);
    return found == samples.end() ? -1 : found->second;
  }
};

Exposition ReadExposition(std::string_view text);

}  // namespace seathold::testing
