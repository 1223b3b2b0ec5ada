#include "examples/web/metrics.h"

#include <fmt/format.h>

#include <iterator>

#include "examples/web/wire.h"

namespace seathold::web {
namespace {

void Tell(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value,
          std::string* out) {
  fmt::format_to(std::back_inserter(*out), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help,
                 type, value);
}

void Head(std::string_view name, std::string_view type, std::string_view help, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

// The engine's buckets are [2^i, 2^(i+1)) microseconds, the last takes the rest.
void TellHistogram(std::string_view call, const Histogram& histogram, std::string* out) {
  constexpr std::string_view kName = "seathold_engine_seconds";
  std::uint64_t below = 0;
  for (std::size_t i = 0; i + 1 < histogram.buckets.size(); ++i) {
    below += histogram.buckets[i];
    const double bound = static_cast<double>(std::uint64_t{2} << i) / 1e6;
    if (i < 4 || bound > 100) continue;  // below 32 us and above 100 s nobody asks
    fmt::format_to(std::back_inserter(*out), "{}_bucket{{call=\"{}\",le=\"{}\"}} {}\n", kName, call,
                   bound, below);
  }
  // Counted apart from the buckets while calls come in: the sum over all of them is the count.
  const std::uint64_t count = below + histogram.buckets.back();
  fmt::format_to(std::back_inserter(*out),
                 "{0}_bucket{{call=\"{1}\",le=\"+Inf\"}} {2}\n{0}_sum{{call=\"{1}\"}} "
                 "{3}\n{0}_count{{call=\"{1}\"}} {2}\n",
                 kName, call, count, static_cast<double>(histogram.sum_us) / 1e6);
}

void TellServer(const ServerCounts& server, std::string* out) {
  Tell("seathold_web_connections", "gauge", "Open connections.", server.connections, out);
  Tell("seathold_web_streams", "gauge", "Open streams of events.", server.streams, out);
  Tell("seathold_web_connections_total", "counter", "Connections taken.", server.accepted_total,
       out);
  Tell("seathold_web_turned_away_total", "counter", "Connections closed for a limit.",
       server.turned_away_total, out);
  Tell("seathold_web_malformed_total", "counter", "Requests that break the rules of framing.",
       server.malformed_total, out);
  Tell("seathold_web_timed_out_total", "counter", "Connections closed for being slow or idle.",
       server.timed_out_total, out);
  Tell("seathold_web_slow_streams_total", "counter", "Streams told to load the map anew.",
       server.slow_streams_total, out);
}

void TellEngine(const Stats& stats, std::string* out) {
  Head("seathold_done_total", "counter", "What was done, without repeats.", out);
  const std::pair<std::string_view, std::uint64_t> done[] = {{"hold", stats.holds},
                                                             {"confirm", stats.confirms},
                                                             {"cancel", stats.cancels},
                                                             {"refund", stats.refunds},
                                                             {"expire", stats.expired}};
  for (const auto& [what, count] : done) {
    fmt::format_to(std::back_inserter(*out), "seathold_done_total{{what=\"{}\"}} {}\n", what,
                   count);
  }
  Head("seathold_refused_total", "counter", "Refusals by code.", out);
  for (const auto& [code, count] : stats.refused_by) {
    fmt::format_to(std::back_inserter(*out), "seathold_refused_total{{code=\"{}\"}} {}\n",
                   CodeName(code), count);
  }
  Tell("seathold_refused_by_mirror_total", "counter", "Refusals that did not touch storage.",
       stats.refused_by_mirror, out);
  Tell("seathold_replays_total", "counter", "Answered again under a known id.", stats.replays, out);
  Tell("seathold_busy_total", "counter", "Calls that could not be answered in time.", stats.busy,
       out);
  Tell("seathold_unknown_total", "counter", "Calls whose outcome is unknown.", stats.unknown, out);
  Tell("seathold_batches_total", "counter", "Storage transactions.", stats.batches, out);
  Tell("seathold_commands_total", "counter", "Commands in them.", stats.commands, out);
  Tell("seathold_cache_errors_total", "counter", "Calls of the claim cache that failed.",
       stats.cache_errors, out);
  Tell("seathold_lines_lost_total", "counter", "Waiting lines lost and rebuilt.", stats.lines_lost,
       out);
  Tell("seathold_storage_bytes", "gauge", "Bytes of the storage.", stats.bytes_on_disk, out);
  Tell("seathold_mirror_bytes", "gauge", "Bytes of seats in memory.", stats.mirror_bytes, out);
  Head("seathold_engine_seconds", "histogram", "Calls of the engine; commit is one transaction.",
       out);
  TellHistogram("hold", stats.hold, out);
  TellHistogram("confirm", stats.confirm, out);
  TellHistogram("other", stats.other, out);
  TellHistogram("commit", stats.commit, out);
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
    fmt::format_to(std::back_inserter(*out),
                   "seathold_web_requests_total{{operation=\"{}\",status=\"{}xx\"}} {}\n",
                   operation, i, count);
  }
}

void OperationCounts::TellSeconds(std::string_view operation, std::string* out) const {
  constexpr std::string_view kName = "seathold_web_request_seconds";
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    below += buckets_[i];
    const std::string bound = i < kBoundsS.size() ? fmt::format("{}", kBoundsS[i]) : "+Inf";
    fmt::format_to(std::back_inserter(*out), "{}_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", kName,
                   operation, bound, below);
  }
  fmt::format_to(std::back_inserter(*out),
                 "{0}_sum{{operation=\"{1}\"}} {2}\n{0}_count{{operation=\"{1}\"}} {3}\n", kName,
                 operation, static_cast<double>(sum_us_) / 1e6, below);
}

void TellGauges(const Gauges& gauges, std::string* out) {
  TellServer(gauges.server, out);
  Tell("seathold_web_frames_total", "counter", "Changes of maps made ready for viewers.",
       gauges.frames_total, out);
  Tell("seathold_web_work_waiting", "gauge", "Requests that wait for a thread.",
       gauges.work_waiting, out);
  Tell("seathold_web_logins_waiting", "gauge", "Logins that wait for a thread.",
       gauges.logins_waiting, out);
  Tell("seathold_web_throttled_total", "counter", "Requests above the rate of an address.",
       gauges.throttled_total, out);
  Tell("seathold_web_rejected_total", "counter", "Requests that found no room to wait.",
       gauges.rejected_total, out);
  TellEngine(gauges.engine, out);
}

}  // namespace seathold::web
