// Blocking callers, each with one operation at a time, as the threads of a service: closed loop.
#include <fmt/format.h>

#include <optional>

#include "bench/sale/promises.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"
#include "bench/sale/threads.h"

namespace seathold::sale {
namespace {

constexpr const char* kNames[] = {"array",        "disk",     "sqlite",           "redis_off",
                                  "redis_always", "postgres", "postgres_service", "ours"};
constexpr int kCallers[] = {1, 4, 16, 32, 50};

struct Tally {
  Promises promises;
  Recorder times;
};

// One ask a call from each thread, while there is time and next(t) has one.
template <class Ask, class Next, class Call>
void RunPhase(Contestant* contestant, int callers, double seconds, const char* prefix, Next next,
              Call call, std::vector<Tally>* tallies, Values* values) {
  std::optional<Meter> meter;
  std::int64_t ends = 0;
  for (Tally& tally : *tallies) tally.times = {};
  Together(
      callers, [&](int) { return contestant->NewCaller(); },
      [&] {
        meter.emplace(*contestant);
        ends = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
      },
      [&](int t, const std::unique_ptr<Caller>& caller) {
        Tally& tally = (*tallies)[static_cast<std::size_t>(t)];
        std::int64_t began = MonotonicNs();
        Ask ask;
        while (began < ends && next(t, &ask)) {
          Answer answer = Answer::kFailed;
          call(caller.get(), ask, &answer);
          const std::int64_t ended = MonotonicNs();
          tally.times.Add(ended - began);
          tally.promises.Note(std::span<const Ask>(&ask, 1), {&answer, 1});
          began = ended;
        }
      });
  Recorder times;
  for (const Tally& tally : *tallies) times.Join(tally.times);
  AddUsage(prefix, meter->Spent(), times.count(), values);
  AddTimes(prefix, times, values);
}

void RunOne(const Options& options, Contestant* contestant, int callers, int round,
            Report* report) {
  const HallSpec spec{.performances = 2};
  contestant->Reset(spec);
  std::vector<Tally> tallies(static_cast<std::size_t>(callers));
  Values values;
  std::atomic<std::uint64_t> next_pair{0};
  const Stock stock(spec);
  RunPhase<HoldAsk>(
      contestant, callers, options.seconds, "hold",
      [&](int, HoldAsk* ask) {
        const std::uint64_t n = next_pair.fetch_add(1, std::memory_order_relaxed);
        if (n < stock.pairs()) *ask = stock.Ask(n);
        return n < stock.pairs();
      },
      [](Caller* caller, const HoldAsk& ask, Answer* answer) {
        caller->Hold({&ask, 1}, {answer, 1});
      },
      &tallies, &values);
  contestant->Rest();
  std::vector<std::vector<PayAsk>> bills;
  for (const Tally& tally : tallies) bills.push_back(PaymentsOf(tally.promises.held_asks()));
  std::vector<std::size_t> at(bills.size());
  RunPhase<PayAsk>(
      contestant, callers, options.seconds, "pay",
      [&](int t, PayAsk* ask) {
        const auto i = static_cast<std::size_t>(t);
        if (at[i] == bills[i].size()) return false;
        *ask = bills[i][at[i]++];
        return true;
      },
      [](Caller* caller, const PayAsk& ask, Answer* answer) {
        caller->Pay({&ask, 1}, {answer, 1});
      },
      &tallies, &values);
  Promises all;
  for (const Tally& tally : tallies) all.Join(tally.promises);
  if (contestant->keeps_books()) {
    report->Judge("callers", contestant->name(), all.Broken(spec, contestant->Read()));
  }
  report->Add("callers", *contestant, fmt::format("{}", callers), round, values);
}

}  // namespace

void RunCallers(const Options& options, Report* report) {
  const auto contestants = Choose(options, kNames);
  for (int round = 1; round <= options.rounds; ++round) {
    for (const int callers : kCallers) {
      for (const auto& contestant : contestants) {
        const bool redis = contestant->name().starts_with("redis");
        if (callers > 1 && contestant->name() == "disk") continue;  // others would wait in turn
        if (callers == 50 && !redis) continue;
        if (callers == 32 && redis) continue;
        RunOne(options, contestant.get(), callers, round, report);
      }
    }
  }
}

}  // namespace seathold::sale
