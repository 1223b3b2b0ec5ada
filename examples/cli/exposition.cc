#include "examples/cli/exposition.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>
#include <vector>

#include "examples/cli/text.h"
#include "seathold/engine.h"

namespace seathold::cli {
namespace {

constexpr std::string_view kLatency = "seathold_engine_seconds";
// A bucket is a series in each scrape, for ever: below 32 us and above 100 s nobody asks.
constexpr std::uint64_t kBoundUsMin = 32, kBoundUsMax = 100'000'000;

double SecondsOf(std::uint64_t us) { return static_cast<double>(us) / 1e6; }

// What the format gives a meaning to.
void AppendEscaped(std::string_view text, std::string* out) {
  for (const char c : text) {
    if (c == '\n') {
      out->append("\\n");
      continue;
    }
    if (c == '\\' || c == '"') out->push_back('\\');
    out->push_back(c);
  }
}

void AppendSeries(std::string_view name, std::string_view suffix, MetricLabels labels,
                  std::string* out) {
  out->append(name).append(suffix);
  char before = '{';
  for (const auto& [label, value] : labels) {
    out->push_back(before);
    out->append(label).append("=\"");
    AppendEscaped(Printable(value), out);  // bytes that are no UTF-8 would spoil the whole text
    out->push_back('"');
    before = ',';
  }
  if (before == ',') out->push_back('}');
}

template <class Number>
void AppendSample(std::string_view name, std::string_view suffix, MetricLabels labels, Number value,
                  std::string* out) {
  AppendSeries(name, suffix, labels, out);
  fmt::format_to(std::back_inserter(*out), " {}\n", value);
}

void AddLatency(std::string_view call, const Histogram& calls, std::string* out) {
  std::vector<MetricBucket> buckets;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i + 1 < Histogram::kBuckets; ++i) {
    below += calls.buckets[i];
    const std::uint64_t bound_us = Histogram::bound_us(i);
    if (bound_us >= kBoundUsMin && bound_us <= kBoundUsMax) {
      buckets.push_back({SecondsOf(bound_us), below});
    }
  }
  AddHistogram(kLatency, {"call", call}, buckets, SecondsOf(calls.sum_us), calls.count, out);
}

void AddLatencies(const Stats& stats, std::string* out) {
  BeginMetric(kLatency, "histogram", "Calls of the engine; commit is one transaction.", out);
  AddLatency("hold", stats.hold, out);
  AddLatency("confirm", stats.confirm, out);
  AddLatency("other", stats.other, out);
  AddLatency("commit", stats.commit, out);
}

void AddAnswers(const Stats& stats, std::string* out) {
  constexpr std::string_view kDone = "seathold_done_total", kRefused = "seathold_refused_total";
  BeginMetric(kDone, "counter", "What was done, without repeats.", out);
  const std::pair<std::string_view, std::uint64_t> done[] = {{"hold", stats.holds},
                                                             {"confirm", stats.confirms},
                                                             {"cancel", stats.cancels},
                                                             {"refund", stats.refunds},
                                                             {"expire", stats.expired}};
  for (const auto& [what, count] : done) AddSample(kDone, {{"what", what}}, count, out);
  BeginMetric(kRefused, "counter", "Refusals by code.", out);
  for (const auto& [code, count] : stats.refused_by) {
    AddSample(kRefused, {{"code", CodeText(code)}}, count, out);
  }
}

struct MetricRow {
  std::string_view name, type, help;
  std::uint64_t value;
};

void AddCounts(const Stats& stats, std::string* out) {
  const MetricRow rows[] = {
      {"seathold_refused_by_mirror_total", "counter", "Refusals that did not touch storage.",
       stats.refused_by_mirror},
      {"seathold_replays_total", "counter", "Answered again under a known id.", stats.replays},
      {"seathold_busy_total", "counter", "Calls that could not be answered in time.", stats.busy},
      {"seathold_unknown_total", "counter", "Calls whose outcome is unknown.", stats.unknown},
      {"seathold_batches_total", "counter", "Storage transactions.", stats.batches},
      {"seathold_commands_total", "counter", "Commands in them.", stats.commands},
      {"seathold_waves_total", "counter", "Bulk reads in them beyond the first of each.",
       stats.waves},
      {"seathold_redecided_total", "counter", "Commands decided alone since their batch failed.",
       stats.redecided},
      {"seathold_mirror_refreshes_total", "counter", "Maps read anew from storage.",
       stats.mirror_refreshes},
      {"seathold_cache_errors_total", "counter", "Calls of the claim cache that failed.",
       stats.cache_errors},
      {"seathold_clock_jumps_total", "counter", "Leaps of the clock that were not believed.",
       stats.clock_jumps},
      {"seathold_lines_lost_total", "counter", "Waiting lines lost and rebuilt.", stats.lines_lost},
      {"seathold_storage_bytes", "gauge", "Bytes of the storage.", stats.bytes_on_disk},
      {"seathold_mirror_bytes", "gauge", "Bytes of seats in memory.", stats.mirror_bytes},
  };
  for (const MetricRow& row : rows) AddMetric(row.name, row.type, row.help, row.value, out);
}

}  // namespace

void BeginMetric(std::string_view name, std::string_view type, std::string_view help,
                 std::string* out) {
  fmt::format_to(std::back_inserter(*out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void AddSample(std::string_view name, MetricLabels labels, std::uint64_t value, std::string* out) {
  AppendSample(name, "", labels, value, out);
}
void AddSample(std::string_view name, MetricLabels labels, double value, std::string* out) {
  AppendSample(name, "", labels, value, out);
}

void AddMetric(std::string_view name, std::string_view type, std::string_view help,
               std::uint64_t value, std::string* out) {
  BeginMetric(name, type, help, out);
  AddSample(name, {}, value, out);
}

void AddHistogram(std::string_view name, const MetricLabel& label,
                  std::span<const MetricBucket> buckets, double sum_s, std::uint64_t count,
                  std::string* out) {
  for (const MetricBucket& bucket : buckets) {
    const std::string bound = fmt::format("{}", bucket.bound_s);
    AppendSample(name, "_bucket", {label, {"le", bound}}, bucket.below, out);
  }
  AppendSample(name, "_bucket", {label, {"le", "+Inf"}}, count, out);
  AppendSample(name, "_sum", {label}, sum_s, out);
  AppendSample(name, "_count", {label}, count, out);
}

void AddEngineMetrics(const Stats& stats, std::string* out) {
  // No path and no address: a web host shows this to anyone.
  BeginMetric("seathold_info", "gauge", "The release, and what a power cut leaves.", out);
  AddSample("seathold_info", {{"version", Version()}, {"durability", stats.storage.durability}},
            std::uint64_t{1}, out);
  AddAnswers(stats, out);
  AddCounts(stats, out);
  BeginMetric("seathold_clock_behind_seconds", "gauge",
              "How far the machine's clock lies behind engine time.", out);
  AddSample("seathold_clock_behind_seconds", {}, static_cast<double>(stats.clock_behind_ms) / 1e3,
            out);
  AddLatencies(stats, out);
}

}  // namespace seathold::cli
