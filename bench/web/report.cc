#include "bench/web/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/util/json.h"

namespace seathold::load {
namespace {

constexpr double kP95MsMost = 50;

double Us(double seconds, std::uint64_t of) {
  return of == 0 ? 0 : seconds * 1e6 / static_cast<double>(of);
}

std::string StatusesText(const Tally& tally) {
  std::string text;
  for (const auto& [status, count] : tally.statuses) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", status, count);
  }
  return text;
}

Json SpreadJson(const Spread& spread) {
  return Json::Object()
      .Set("p50_ms", spread.p50)
      .Set("p95_ms", spread.p95)
      .Set("p99_ms", spread.p99)
      .Set("p999_ms", spread.p999)
      .Set("max_ms", spread.most);
}

}  // namespace

Spread SpreadOf(std::vector<std::int64_t> took_ns) {
  if (took_ns.empty()) return {};
  std::ranges::sort(took_ns);
  const auto at = [&](double share) {
    const double rank = std::ceil(share * static_cast<double>(took_ns.size()));
    const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    return static_cast<double>(took_ns[std::min(index, took_ns.size() - 1)]) / 1e6;
  };
  return {at(0.5), at(0.95), at(0.99), at(0.999), at(1)};
}

double Report::rate_served() const {
  return tally.seconds > 0 ? static_cast<double>(tally.answered) / tally.seconds : 0;
}

Spread Report::spread() const {
  std::vector<std::int64_t> all;
  for (const auto& of_kind : tally.took_ns) all.insert(all.end(), of_kind.begin(), of_kind.end());
  return SpreadOf(std::move(all));
}

std::string TableHead() {
  return "| mix | asked /s | served /s | p50 ms | p95 ms | p99 ms | p99.9 ms | max ms | unwanted | "
         "given up | host CPU | us a request | generator CPU | us a request | MB out | MB in | "
         "statuses |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
}

std::string TableRow(const Report& report) {
  const Tally& tally = report.tally;
  const Spread spread = report.spread();
  const double seconds = std::max(tally.seconds, 1e-9);
  return fmt::format(
      "| {} | {:.0f} | {:.0f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.1f} | {} | {} | {:.2f} | "
      "{:.1f} | {:.2f} | {:.1f} | {:.1f} | {:.1f} | {} |\n",
      report.mix, report.rate_asked, report.rate_served(), spread.p50, spread.p95, spread.p99,
      spread.p999, spread.most, tally.unwanted, tally.given_up, report.host_cpu_s / seconds,
      Us(report.host_cpu_s, tally.answered), tally.own_cpu_s / seconds,
      Us(tally.own_cpu_s, tally.answered), static_cast<double>(tally.bytes_sent) / 1e6,
      static_cast<double>(tally.bytes_received) / 1e6, StatusesText(tally));
}

std::string KindsText(const Report& report) {
  std::string text;
  for (std::size_t i = 0; i < kKinds; ++i) {
    const auto& took_ns = report.tally.took_ns[i];
    if (took_ns.empty()) continue;
    const Spread spread = SpreadOf(took_ns);
    text += fmt::format("  {:<12} {:>8}  p50 {:8.2f}  p95 {:8.2f}  p99 {:8.2f}  max {:8.1f} ms\n",
                        NameOf(static_cast<Kind>(i)), took_ns.size(), spread.p50, spread.p95,
                        spread.p99, spread.most);
  }
  return text;
}

std::string JsonText(const Report& report) {
  const Tally& tally = report.tally;
  Json statuses = Json::Object(), kinds = Json::Object();
  for (const auto& [status, count] : tally.statuses) {
    statuses.Set(fmt::format("{}", status), count);
  }
  for (std::size_t i = 0; i < kKinds; ++i) {
    const auto& took_ns = tally.took_ns[i];
    if (took_ns.empty()) continue;
    kinds.Set(NameOf(static_cast<Kind>(i)),
              SpreadJson(SpreadOf(took_ns)).Set("count", took_ns.size()));
  }
  return Json::Object()
      .Set("mix", report.mix)
      .Set("rate_asked", report.rate_asked)
      .Set("rate_served", report.rate_served())
      .Set("connections", report.connections)
      .Set("seconds", tally.seconds)
      .Set("asked", tally.asked)
      .Set("answered", tally.answered)
      .Set("unwanted", tally.unwanted)
      .Set("given_up", tally.given_up)
      .Set("latency", SpreadJson(report.spread()))
      .Set("kinds", std::move(kinds))
      .Set("statuses", std::move(statuses))
      .Set("host_cpu_s", report.host_cpu_s)
      .Set("host_cpu_us_a_request", Us(report.host_cpu_s, tally.answered))
      .Set("host_resident_bytes", report.host_bytes)
      .Set("generator_cpu_s", tally.own_cpu_s)
      .Set("generator_cpu_us_a_request", Us(tally.own_cpu_s, tally.answered))
      .Set("bytes_sent", tally.bytes_sent)
      .Set("bytes_received", tally.bytes_received)
      .Dump();
}

std::string BrokenBy(const Report& report) {
  const Tally& tally = report.tally;
  if (tally.given_up > 0) return fmt::format("{} never answered", tally.given_up);
  if (tally.unwanted > 0) {
    return fmt::format("{} refused or failed ({})", tally.unwanted, StatusesText(tally));
  }
  const double p95 = report.spread().p95;
  return p95 > kP95MsMost ? fmt::format("p95 {:.1f} ms", p95) : "";
}

}  // namespace seathold::load
