// The sale benchmark: README.md has the method, run.sh starts it with its servers.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

#include "bench/sale/scenarios.h"

namespace seathold::sale {
namespace {

struct Scenario {
  const char* name;
  void (*run)(const Options&, Report*);
};
constexpr Scenario kScenarios[] = {
    {"check", RunCheck},         {"batches", RunBatches}, {"callers", RunCallers},
    {"open_loop", RunOpenLoop},  {"rush", RunRush},       {"journey", RunJourney},
    {"sustained", RunSustained}, {"shared", RunShared},   {"refuse", RunRefuse},
    {"line", RunLine},           {"map", RunMap},         {"growth", RunGrowth},
    {"sizes", RunSizes},         {"reopen", RunReopen},
};

int Usage() {
  fmt::print(stderr,
             "seathold_sale [--quick] [--only SCENARIO,..] [--contestants NAME,..] [--rounds N]\n"
             "              [--seconds S] [--sustained S] [--out FILE]\nscenarios:");
  for (const Scenario& scenario : kScenarios) fmt::print(stderr, " {}", scenario.name);
  fmt::print(stderr, "\n");
  return 2;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) words.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

bool Read(std::string_view text, double* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number > 0;
}

std::optional<Options> ReadOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.quick = true;
      continue;
    }
    if (i + 1 == argc) return std::nullopt;
    const std::string_view value = argv[++i];
    double number = 0;
    if (word == "--only") {
      options.only = Split(value);
    } else if (word == "--contestants") {
      options.contestants = Split(value);
    } else if (word == "--out") {
      options.out = value;
    } else if (!Read(value, &number)) {
      return std::nullopt;
    } else if (word == "--rounds") {
      options.rounds = static_cast<int>(number);
    } else if (word == "--seconds") {
      options.seconds = number;
    } else if (word == "--sustained") {
      options.sustained_s = number;
    } else {
      return std::nullopt;
    }
  }
  if (options.quick) options.rounds = 1, options.seconds = 0.1;
  if (options.quick && options.only.empty()) {
    options.only = {"check", "journey", "map", "line", "reopen"};
  }
  for (const std::string& name : options.only) {
    if (std::ranges::none_of(kScenarios, [&](const Scenario& s) { return s.name == name; })) {
      return std::nullopt;
    }
  }
  return options;
}

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (!options) return Usage();
  Report report(options->quick);
  for (const Scenario& scenario : kScenarios) {
    const auto& only = options->only;
    if (!only.empty() && std::ranges::find(only, scenario.name) == only.end()) continue;
    scenario.run(*options, &report);
  }
  if (!options->out.empty()) std::ofstream(options->out) << report.Text() << '\n';
  return report.failed() ? 1 : 0;
}

}  // namespace
}  // namespace seathold::sale

int main(int argc, char** argv) { return seathold::sale::Main(argc, argv); }
