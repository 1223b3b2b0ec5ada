// Plain SQLite, the file shared with other processes: the engine and, in turn with it, its own row
// writes by hand. By the processor time of the caller, which a busy machine stretches far less.
#include <time.h>

#include <algorithm>

#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kPairs = 20;  // of calls, of which the medians are taken

double ThreadCpuS() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Took {
  double hold_cpu_s = 0, pay_cpu_s = 0;
};

Took SellOnce(Caller* caller, Stock* stock, std::size_t batch, bool* good) {
  const auto asks = stock->Take(batch);
  const auto bills = PaymentsOf(asks);
  std::vector<Answer> answers(batch);
  const double began = ThreadCpuS();
  caller->Hold(asks, answers);
  const double between = ThreadCpuS();
  *good = *good && std::ranges::count(answers, Answer::kDone) == std::ptrdiff_t(batch);
  const double again = ThreadCpuS();
  caller->Pay(bills, answers);
  const double ended = ThreadCpuS();
  *good = *good && std::ranges::count(answers, Answer::kDone) == std::ptrdiff_t(batch);
  return {between - began, ended - again};
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void RunShared(const Options& options, Report* report) {
  const HallSpec spec{.performances = 4};
  const auto ours = NewOurs(OurStorage::kShared), rows = NewSqliteRows();
  bool good = true;
  for (int round = 1; round <= options.rounds; ++round) {
    Stock our_stock(spec), row_stock(spec);
    ours->Reset(spec);
    rows->Reset(spec);
    const auto we = ours->NewCaller(), they = rows->NewCaller();
    for (const std::size_t batch : {std::size_t{1}, std::size_t{1'000}}) {
      std::vector<double> holds, pays;
      for (std::size_t n = 0; n < kPairs * (batch == 1 ? 10 : 1); ++n) {
        const Took us = SellOnce(we.get(), &our_stock, batch, &good);
        const Took them = SellOnce(they.get(), &row_stock, batch, &good);
        holds.push_back(them.hold_cpu_s / us.hold_cpu_s);
        pays.push_back(them.pay_cpu_s / us.pay_cpu_s);
      }
      report->Add("shared", *ours, batch == 1 ? "single" : "batch", round,
                  {{"hold_cpu_ratio", Median(holds)}, {"pay_cpu_ratio", Median(pays)}});
    }
  }
  if (!good) report->Judge("shared", ours->name(), "a hold or payment was refused");
}

}  // namespace seathold::sale
