#include <algorithm>
#include <span>

#include "capi/reports.h"
#include "capi/shim.h"

namespace seathold::capi {
namespace {

static_assert(SEATHOLD_BUCKETS == Histogram::kBuckets);

void Write(seathold_latency kind, const Histogram& calls, seathold_histogram* out) {
  *out = {static_cast<std::uint32_t>(kind), 0, calls.count, calls.sum_us, calls.max_us, {}};
  std::ranges::copy(calls.buckets, out->buckets);
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_sweep(seathold_engine engine, uint32_t holds_max, uint32_t* expired,
                               int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.That(holds_max <= INT32_MAX, "holds_max", " is not within 1 .. 100,000");
  arguments.Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto ended = session.engine->Sweep(static_cast<int>(holds_max), OptionsOf(timeout_ms));
    if (!ended.ok()) return ended.status();
    if (expired != nullptr) *expired = static_cast<std::uint32_t>(*ended);
    return {};
  });
}

seathold_status seathold_verify(seathold_engine engine, int32_t* clean, char* json, size_t cap,
                                size_t* needed, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Need(clean, "clean").Array(json, cap, "json").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto report = session.engine->Verify(OptionsOf(timeout_ms));
    if (!report.ok()) return report.status();
    *clean = report->clean() ? 1 : 0;
    return GiveText(ToJson(*report).Dump(), json, cap, needed);
  });
}

seathold_status seathold_backup(seathold_engine engine, const char* path, size_t size,
                                int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Text(path, size, "path").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const std::string to(Text(path, size));
    if (to.find('\0') != to.npos) return Status(Code::kInvalidArgument, "path has a NUL");
    return session.engine->Backup(to, OptionsOf(timeout_ms));
  });
}

seathold_status seathold_keys_rotate(seathold_engine engine, seathold_error* error) {
  return Single(engine, Arguments(), error,
                [](Session& session) -> Answer { return session.engine->RotateKeys(); });
}

seathold_status seathold_stats_read(seathold_engine engine, char* json, size_t cap, size_t* needed,
                                    seathold_error* error) {
  Arguments arguments;
  arguments.Array(json, cap, "json");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return GiveText(ToJson(session.engine->stats()).Dump(), json, cap, needed);
  });
}

seathold_status seathold_histogram_list(seathold_engine engine, seathold_histogram* out, size_t cap,
                                        size_t* needed, seathold_error* error) {
  Arguments arguments;
  arguments.Array(out, cap, "out");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const Stats stats = session.engine->stats();
    const std::pair<seathold_latency, const Histogram*> all[] = {
        {SEATHOLD_LATENCY_HOLD, &stats.hold},
        {SEATHOLD_LATENCY_CONFIRM, &stats.confirm},
        {SEATHOLD_LATENCY_OTHER, &stats.other},
        {SEATHOLD_LATENCY_COMMIT, &stats.commit}};
    return GiveRecords(std::span(all), out, cap, needed,
                       [](const auto& one, auto* to) { Write(one.first, *one.second, to); });
  });
}

seathold_status seathold_log_poll(seathold_engine engine, char* text, size_t cap, size_t* n,
                                  seathold_error* error) {
  Arguments arguments;
  arguments.Array(text, cap, "text").Need(n, "n");
  return Single(engine, arguments, error,
                [&](Session& session) -> Answer { return session.log->Take(text, cap, n); });
}

seathold_status seathold_clock_read(seathold_engine engine, int64_t* now_us,
                                    seathold_error* error) {
  Arguments arguments;
  arguments.Need(now_us, "now_us");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    *now_us = session.engine->Now().value;
    return {};
  });
}

seathold_status seathold_clock_set(seathold_engine engine, int64_t now_us, seathold_error* error) {
  return Single(engine, Arguments(), error, [&](Session& session) -> Answer {
    if (session.clock == nullptr) return Status(Code::kUnsupported, "the clock is not manual");
    if (now_us < session.engine->Now().value) {
      return Status(Code::kInvalidArgument, "now_us lies before the engine's time");
    }
    if (now_us > kTimeMax.value) {
      return Status(Code::kInvalidArgument, "now_us lies beyond the year 9999");
    }
    session.clock->Set(TimeUs{now_us});
    return {};
  });
}

seathold_status seathold_clock_accept(seathold_engine engine, int64_t mark_us, int64_t timeout_ms,
                                      seathold_error* error) {
  Arguments arguments;
  arguments.Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return session.engine->AcceptClock(TimeUs{mark_us}, OptionsOf(timeout_ms));
  });
}

seathold_status seathold_id_new(seathold_engine engine, uint8_t* ids, size_t n,
                                seathold_error* error) {
  Arguments arguments;
  arguments.Batch(n).Array(ids, n, "ids");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    for (std::size_t i = 0; i < n; ++i) WriteId(ids + i * 16, session.engine->NewId());
    return {};
  });
}

}  // extern "C"
