// What is measured. Each scenario stands in a file of its own, named after it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/sale/contestant.h"
#include "bench/sale/report.h"

namespace seathold::sale {

struct Options {
  bool quick = false;  // does it sell right? small counts, no figure is looked at
  int rounds = 5;
  double seconds = 0.5;  // a measured stretch
  double sustained_s = 60;
  std::vector<std::string> only;         // scenarios; empty = all
  std::vector<std::string> contestants;  // empty = those of each scenario
  std::string out;                       // a file for the JSON
};

// Those that a scenario names, as far as they are asked for and here.
std::vector<std::unique_ptr<Contestant>> Choose(const Options& options,
                                                std::span<const char* const> names);

void RunCheck(const Options& options, Report* report);
void RunBatches(const Options& options, Report* report);
void RunCallers(const Options& options, Report* report);
void RunOpenLoop(const Options& options, Report* report);
void RunRush(const Options& options, Report* report);
void RunJourney(const Options& options, Report* report);
void RunSustained(const Options& options, Report* report);
void RunShared(const Options& options, Report* report);
void RunRefuse(const Options& options, Report* report);
void RunLine(const Options& options, Report* report);
void RunRedisLine(const Options& options, std::uint64_t waiters, Report* report);
void RunMap(const Options& options, Report* report);
void RunGrowth(const Options& options, Report* report);
void RunSizes(const Options& options, Report* report);
void RunReopen(const Options& options, Report* report);

}  // namespace seathold::sale
