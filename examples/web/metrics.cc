#include "examples/web/metrics.h"

#include <fmt/format.h>

#include <vector>

#include "examples/cli/exposition.h"

namespace seathold::web {
namespace {

using cli::AddMetric;

void TellServer(const ServerCounts& server, std::string* out) {
  AddMetric("seathold_web_connections", "gauge", "Open connections.", server.connections, out);
  AddMetric("seathold_web_streams", "gauge", "Open streams of events.", server.streams, out);
  AddMetric("seathold_web_connections_total", "counter", "Connections taken.",
            server.accepted_total, out);
  AddMetric("seathold_web_turned_away_total", "counter", "Connections closed for a limit.",
            server.turned_away_total, out);
  AddMetric("seathold_web_malformed_total", "counter", "Requests that break the rules of framing.",
            server.malformed_total, out);
  AddMetric("seathold_web_timed_out_total", "counter", "Connections closed for being slow or idle.",
            server.timed_out_total, out);
  AddMetric("seathold_web_slow_streams_total", "counter", "Streams told to load the map anew.",
            server.slow_streams_total, out);
}

}  // namespace

void OperationCounts::Count(int status, std::int64_t took_ns) {
  ++by_class_[static_cast<std::size_t>(status / 100) % by_class_.size()];
  const double seconds = static_cast<double>(took_ns) / 1e9;
  std::size_t bucket = 0;
  while (bucket < kBoundsS.size() && seconds > kBoundsS[bucket]) ++bucket;
  ++buckets_[bucket];
  sum_us_ += static_cast<std::uint64_t>(took_ns / 1'000);
}

void OperationCounts::TellRequests(std::string_view operation, std::string* out) const {
  for (std::size_t i = 1; i < by_class_.size(); ++i) {
    const std::uint64_t count = by_class_[i];
    if (count == 0 && i != 2) continue;
    cli::AddSample("seathold_web_requests_total",
                   {{"operation", operation}, {"status", fmt::format("{}xx", i)}}, count, out);
  }
}

void OperationCounts::TellSeconds(std::string_view operation, std::string* out) const {
  std::vector<cli::MetricBucket> buckets;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBoundsS.size(); ++i) {
    below += buckets_[i];
    buckets.push_back({kBoundsS[i], below});
  }
  cli::AddHistogram("seathold_web_request_seconds", {"operation", operation}, buckets,
                    static_cast<double>(sum_us_) / 1e6, below + buckets_.back(), out);
}

void TellGauges(const Gauges& gauges, std::string* out) {
  TellServer(gauges.server, out);
  AddMetric("seathold_web_frames_total", "counter", "Changes of maps made ready for viewers.",
            gauges.frames_total, out);
  AddMetric("seathold_web_work_waiting", "gauge", "Requests that wait for a thread.",
            gauges.work_waiting, out);
  AddMetric("seathold_web_logins_waiting", "gauge", "Logins that wait for a thread.",
            gauges.logins_waiting, out);
  AddMetric("seathold_web_throttled_total", "counter", "Requests above the rate of an address.",
            gauges.throttled_total, out);
  AddMetric("seathold_web_rejected_total", "counter", "Requests that found no room to wait.",
            gauges.rejected_total, out);
  cli::AddEngineMetrics(gauges.engine, out);
}

}  // namespace seathold::web
