// Buyers who come when they come, whether or not those before them have been served: the time of an
// operation counts from when it was due. 32 connections; who comes while all are busy waits, and
// that counts. The rate doubles until it cannot be kept.
#include <fmt/format.h>
#include <time.h>

#include <optional>
#include <random>

#include "bench/sale/promises.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"
#include "bench/sale/threads.h"

namespace seathold::sale {
namespace {

constexpr const char* kNames[] = {"sqlite", "redis_always", "postgres", "ours"};
constexpr int kConnections = 32;
constexpr double kFirstRate = 500, kLastRate = 64'000;
constexpr double kKept = 0.95;          // of the rate, else it is not carried
constexpr double kP99MostUs = 250'000;  // beyond that nobody would call it carried

void SleepUntil(std::int64_t at_ns) {
  const timespec at{at_ns / 1'000'000'000, at_ns % 1'000'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) != 0) {
  }
}

// When each is due, behind the start: gaps of an exponential distribution.
std::vector<std::int64_t> Arrivals(double rate, double seconds, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap(rate);
  std::vector<std::int64_t> due_ns;
  for (double at = gap(random); at < seconds; at += gap(random)) {
    due_ns.push_back(static_cast<std::int64_t>(at * 1e9));
  }
  return due_ns;
}

struct Step {
  Values values;
  bool carried = false;
};

Step RunStep(Contestant* contestant, const std::vector<HoldAsk>& asks,
             const std::vector<std::int64_t>& due_ns, Promises* promises) {
  std::vector<Recorder> times(kConnections);
  std::vector<Promises> told(kConnections);
  std::atomic<std::size_t> next{0};
  std::optional<Meter> meter;
  std::int64_t start_ns = 0;
  Together(
      kConnections, [&](int) { return contestant->NewCaller(); },
      [&] {
        meter.emplace(*contestant);
        start_ns = MonotonicNs();
      },
      [&](int t, const std::unique_ptr<Caller>& caller) {
        for (std::size_t n = next++; n < due_ns.size(); n = next++) {
          SleepUntil(start_ns + due_ns[n]);
          Answer answer = Answer::kFailed;
          caller->Hold({&asks[n], 1}, {&answer, 1});
          times[t].Add(MonotonicNs() - start_ns - due_ns[n]);
          told[t].Note(std::span(&asks[n], 1), {&answer, 1});
        }
      });
  Step step;
  const Usage usage = meter->Spent();
  Recorder all;
  for (const Recorder& part : times) all.Join(part);
  for (const Promises& part : told) promises->Join(part);
  AddUsage("hold", usage, due_ns.size(), &step.values);
  AddTimes("hold", all, &step.values);
  const double wanted_s = static_cast<double>(due_ns.back()) / 1e9;
  step.carried = usage.wall_s * kKept <= wanted_s && all.At(0.99) <= kP99MostUs;
  step.values.emplace_back("carried", step.carried);
  return step;
}

}  // namespace

void RunOpenLoop(const Options& options, Report* report) {
  const double seconds = 2 * options.seconds;
  const auto contestants = Choose(options, kNames);
  for (int round = 1; round <= options.rounds; ++round) {
    for (const auto& contestant : contestants) {
      const HallSpec spec{.performances = static_cast<std::uint32_t>(2 + 5 * seconds)};
      contestant->Reset(spec);
      Stock stock(spec);
      Promises promises;
      for (double rate = kFirstRate; rate <= kLastRate; rate *= 2) {
        const auto due_ns = Arrivals(rate, seconds, static_cast<std::uint64_t>(round));
        const Step step = RunStep(contestant.get(), stock.Take(due_ns.size()), due_ns, &promises);
        report->Add("open_loop", *contestant, fmt::format("{}", rate), round, step.values);
        if (!step.carried) break;
      }
      report->Judge("open_loop", contestant->name(), promises.Broken(spec, contestant->Read()));
    }
  }
}

}  // namespace seathold::sale
