// Everybody wants the same seats: twenty attempts for each, nineteen told no. Two callers, calls of
// a thousand attempts; those of a call are after a hundred seats that the other caller's call is
// after too. Between calls each tries single seats that are gone, to see how long a no takes
// meanwhile.
#include <algorithm>
#include <optional>
#include <random>

#include "bench/sale/promises.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"
#include "bench/sale/threads.h"

namespace seathold::sale {
namespace {

constexpr const char* kNames[] = {"array",           "sqlite_batch", "redis_off",
                                  "redis_off_batch", "redis_always", "redis_always_batch",
                                  "postgres_set",    "ours_memory",  "ours"};
constexpr int kCallers = 2;
constexpr std::uint64_t kAttempts = 20;
constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kWindow = kCallers * kBatch / kAttempts;  // pairs that are wanted at a time
constexpr std::size_t kSingles = 20;

// Calls, in the order in which they are made: attempts on one window after the other, mixed.
std::vector<std::vector<HoldAsk>> PlanCalls(const Stock& stock, const HallSpec& spec) {
  std::mt19937_64 random(1);
  std::vector<std::vector<HoldAsk>> calls;
  for (std::uint64_t first = 0; first + kWindow <= stock.pairs(); first += kWindow) {
    std::vector<HoldAsk> attempts;
    for (std::uint64_t n = 0; n < kWindow * kAttempts; ++n) {
      attempts.push_back(stock.Ask(first + n % kWindow));
      attempts.back().user = random() % spec.users + 1;
    }
    std::ranges::shuffle(attempts, random);
    for (auto at = attempts.begin(); at != attempts.end(); at += kBatch) {
      calls.emplace_back(at, at + kBatch);
    }
  }
  return calls;
}

struct Tally {
  Promises promises;
  Recorder calls, singles;
};

// Single attempts on seats that were just asked for, by somebody who holds none of them.
void TrySingles(Caller* caller, std::span<const HoldAsk> asked, const HallSpec& spec,
                Tally* tally) {
  for (HoldAsk again : asked.first(kSingles)) {
    again.hold = bench::NextId();
    again.user += spec.users;
    Answer answer = Answer::kFailed;
    const std::int64_t began = MonotonicNs();
    caller->Hold({&again, 1}, {&answer, 1});
    tally->singles.Add(MonotonicNs() - began);
    tally->promises.Note(std::span<const HoldAsk>(&again, 1), {&answer, 1});
  }
}

// How long the single attempts took, the calls apart.
std::int64_t MakeCalls(Caller* caller, const std::vector<std::vector<HoldAsk>>& calls,
                       const HallSpec& spec, std::int64_t ends, std::atomic<std::size_t>* next,
                       Tally* tally) {
  std::vector<Answer> answers(kBatch);
  std::int64_t singles_ns = 0;
  for (std::size_t n = (*next)++; n < calls.size() && MonotonicNs() < ends; n = (*next)++) {
    const std::int64_t began = MonotonicNs();
    caller->Hold(calls[n], answers);
    tally->calls.Add(MonotonicNs() - began);
    tally->promises.Note(calls[n], answers);
    const std::int64_t singles_began = MonotonicNs();
    TrySingles(caller, calls[n], spec, tally);
    singles_ns += MonotonicNs() - singles_began;
  }
  return singles_ns;
}

void RunOne(const Options& options, Contestant* contestant, const HallSpec& spec,
            const std::vector<std::vector<HoldAsk>>& calls, int round, Report* report) {
  contestant->Reset(spec);
  std::vector<Tally> tallies(kCallers);
  std::atomic<std::size_t> next{0};
  std::optional<Meter> meter;
  std::int64_t ends = 0;
  std::atomic<std::int64_t> singles_ns{0};
  Together(
      kCallers, [&](int) { return contestant->NewCaller(); },
      [&] {
        meter.emplace(*contestant);
        ends = MonotonicNs() + static_cast<std::int64_t>(2 * options.seconds * 1e9);
      },
      [&](int t, const std::unique_ptr<Caller>& caller) {
        singles_ns += MakeCalls(caller.get(), calls, spec, ends, &next, &tallies[t]);
      });
  Usage usage = meter->Spent();
  Tally all;
  for (const Tally& tally : tallies) {
    all.promises.Join(tally.promises);
    all.calls.Join(tally.calls);
    all.singles.Join(tally.singles);
  }
  usage.wall_s -= static_cast<double>(singles_ns) / 1e9 / kCallers;
  Values values;
  const std::uint64_t attempts = all.calls.count() * kBatch;
  AddUsage("attempt", usage, attempts, &values);
  AddTimes("call", all.calls, &values);
  AddTimes("refusal", all.singles, &values);
  values.emplace_back("won_per_s", static_cast<double>(all.promises.held()) / usage.wall_s);
  values.emplace_back("won_share",
                      static_cast<double>(all.promises.held()) / static_cast<double>(attempts));
  report->Judge("rush", contestant->name(), all.promises.Broken(spec, contestant->Read()));
  report->Add("rush", *contestant, "", round, values);
}

}  // namespace

void RunRush(const Options& options, Report* report) {
  const HallSpec spec{.performances = 4};
  const auto calls = PlanCalls(Stock(spec), spec);
  const auto contestants = Choose(options, kNames);
  for (int round = 1; round <= options.rounds; ++round) {
    for (const auto& contestant : contestants) {
      RunOne(options, contestant.get(), spec, calls, round, report);
    }
  }
}

}  // namespace seathold::sale
