// One caller, calls of a thousand: all seats of a burst held, then paid, nobody in the way. What is
// left to do behind the answers (settling, checkpoints) goes on meanwhile and is not waited for.
#include "bench/sale/promises.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr const char* kNames[] = {"array",           "disk",         "sqlite",
                                  "sqlite_batch",    "sqlite_rows",  "redis_off",
                                  "redis_off_batch", "redis_always", "redis_always_batch",
                                  "postgres",        "postgres_set", "ours_memory",
                                  "ours_shared",     "ours"};
constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kBatchesMax = 50;

// Calls until the time is over or there is nothing left; returns how many.
template <class Ask, class Call>
std::size_t RunPhase(const std::vector<std::vector<Ask>>& batches, double seconds,
                     const Contestant& of, const char* prefix, Call call, Promises* promises,
                     Values* values) {
  Recorder times;
  std::vector<Answer> answers(batches.size() * kBatch);
  const auto answers_of = [&](std::size_t n) {
    return std::span(answers).subspan(n * kBatch, kBatch);
  };
  const Meter meter(of);
  const std::int64_t ends = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
  std::size_t done = 0;
  for (; done < batches.size() && (done == 0 || MonotonicNs() < ends); ++done) {
    const std::int64_t began = MonotonicNs();
    call(batches[done], answers_of(done));
    times.Add(MonotonicNs() - began);
  }
  AddUsage(prefix, meter.Spent(), done * kBatch, values);
  for (std::size_t n = 0; n < done; ++n) {
    promises->Note(std::span<const Ask>(batches[n]), answers_of(n));
  }
  AddTimes(std::string(prefix) + "_batch", times, values);
  return done;
}

}  // namespace

void RunBatches(const Options& options, Report* report) {
  const HallSpec spec{.performances = 2};
  const auto contestants = Choose(options, kNames);
  for (int round = 1; round <= options.rounds; ++round) {
    for (const auto& contestant : contestants) {
      contestant->Reset(spec);
      const auto caller = contestant->NewCaller();
      Stock stock(spec);
      std::vector<std::vector<HoldAsk>> holds;
      std::vector<std::vector<PayAsk>> payments;
      for (std::size_t n = 0; n < kBatchesMax; ++n) {
        holds.push_back(stock.Take(kBatch));
        payments.push_back(PaymentsOf(holds.back()));
      }
      Promises promises;
      Values values;
      const auto hold = [&](std::span<const HoldAsk> asks, std::span<Answer> answers) {
        caller->Hold(asks, answers);
      };
      const auto pay = [&](std::span<const PayAsk> asks, std::span<Answer> answers) {
        caller->Pay(asks, answers);
      };
      const double seconds = 2 * options.seconds;
      payments.resize(RunPhase(holds, seconds, *contestant, "hold", hold, &promises, &values));
      contestant->Rest();
      RunPhase(payments, seconds, *contestant, "pay", pay, &promises, &values);
      if (contestant->keeps_books()) {
        report->Judge("batches", contestant->name(), promises.Broken(spec, contestant->Read()));
      }
      report->Add("batches", *contestant, "", round, values);
    }
  }
}

}  // namespace seathold::sale
