// Metrics in the text format of Prometheus, for the command line tool and the web host alike.
//
// Not part of the library: a host in C++ has a client library of its own, to which it hands the
// numbers of Stats under the names and labels of its fleet.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "seathold/stats.h"

namespace seathold::cli {

struct MetricLabel {
  std::string_view name, value;
};
using MetricLabels = std::initializer_list<MetricLabel>;

// Begins a metric; its samples follow before another begins. `type`: counter, gauge or histogram.
void BeginMetric(std::string_view name, std::string_view type, std::string_view help,
                 std::string* out);
// Values of labels may be any bytes.
void AddSample(std::string_view name, MetricLabels labels, std::uint64_t value, std::string* out);
void AddSample(std::string_view name, MetricLabels labels, double value, std::string* out);
// A metric of one sample.
void AddMetric(std::string_view name, std::string_view type, std::string_view help,
               std::uint64_t value, std::string* out);

// A bucket of a histogram: how many took at most `bound_s` seconds, all below counted.
struct MetricBucket {
  double bound_s = 0;
  std::uint64_t below = 0;
};
// The samples of one histogram. `count`: those beyond the last bucket as well.
void AddHistogram(std::string_view name, const MetricLabel& label,
                  std::span<const MetricBucket> buckets, double sum_s, std::uint64_t count,
                  std::string* out);

// All that an engine tells of itself.
void AddEngineMetrics(const Stats& stats, std::string* out);

}  // namespace seathold::cli
