#include "bench/sale/report.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

namespace seathold::sale {
namespace {

std::string FirstLine(const char* path, std::string_view key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(key)) continue;
    const std::size_t colon = line.find(": ");
    return colon == line.npos ? line : line.substr(colon + 2);
  }
  return "";
}

std::string Key(std::string_view scenario, std::string_view contestant) {
  return fmt::format("{} {}", scenario, contestant);
}

// Of the last minute, of five and of fifteen.
std::string Load() {
  const std::string line = FirstLine("/proc/loadavg", "");
  return line.substr(0, line.find(' ', line.find(' ', line.find(' ') + 1) + 1));
}

Json Machine() {
  return Json::Object()
      .Set("cores", std::thread::hardware_concurrency())
      .Set("processor", FirstLine("/proc/cpuinfo", "model name"))
      .Set("sqlite", sqlite3_libversion())
#ifdef NDEBUG
      .Set("assertions", false);
#else
      .Set("assertions", true);
#endif
}

}  // namespace

void AddUsage(const std::string& prefix, const Usage& usage, std::uint64_t operations, Values* to) {
  const auto n = static_cast<double>(operations);
  if (operations == 0) return;
  to->emplace_back(prefix + "_per_s", n / usage.wall_s);
  to->emplace_back(prefix + "_cpu_us", usage.cpu_s / n * 1e6);
  to->emplace_back(prefix + "_bytes", usage.written_bytes / n);
}

void AddTimes(const std::string& prefix, const Recorder& times, Values* to) {
  if (times.count() == 0) return;
  to->emplace_back(prefix + "_p50_us", times.At(0.5));
  to->emplace_back(prefix + "_p99_us", times.At(0.99));
  to->emplace_back(prefix + "_p999_us", times.At(0.999));
  to->emplace_back(prefix + "_max_us", times.most_us());
}

void Report::Add(std::string_view scenario, std::string_view contestant,
                 std::string_view durability, std::string_view at, int round,
                 const Values& values) {
  Json figures = Json::Object();
  std::string text;
  for (const auto& [name, value] : values) {
    figures.Set(name, value);
    text += fmt::format("  {} {:.5g}", name, value);
  }
  rows_.Push(Json::Object()
                 .Set("scenario", scenario)
                 .Set("contestant", contestant)
                 .Set("durability", durability)
                 .Set("at", at)
                 .Set("round", round)
                 .Set("values", std::move(figures)));
  if (!quick_) {
    fmt::print("{} {} {}{}round {}{}\n", scenario, contestant, at, at.empty() ? "" : " ", round,
               text);
  } else if (std::ranges::find(broken_, Key(scenario, contestant)) == broken_.end()) {
    fmt::print("ok sale: {} {}{}{}\n", scenario, contestant, at.empty() ? "" : " ", at);
  }
  std::fflush(stdout);
}

void Report::Judge(std::string_view scenario, std::string_view contestant,
                   const std::string& broken) {
  if (broken.empty()) return;
  broken_.push_back(Key(scenario, contestant));
  fmt::print("not ok sale: {} {} - {}\n", scenario, contestant, broken);
}

Report::Report(bool quick) : quick_(quick), load_before_(Load()) {}

std::string Report::Text() const {
  return Json::Object()
      .Set("machine", Machine())
      .Set("load_before", load_before_)
      .Set("load_after", Load())
      .Set("failed", failed())
      .Set("rows", rows_)
      .Dump(1);
}

}  // namespace seathold::sale
