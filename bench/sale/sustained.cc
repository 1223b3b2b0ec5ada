// A minute of selling on new seats, with all that it takes: laying out halls, holds, payments for
// four of five, sweeping what has expired, and settling until nothing is left to do, all inside the
// time.
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr const char* kNames[] = {"sqlite_batch", "ours"};
constexpr std::size_t kBatch = 10'000;
constexpr std::uint64_t kUnpaid = 5;  // every fifth
constexpr std::int64_t kTtlMs = 5'000;
constexpr std::uint32_t kHallsAtATime = 4;

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

struct Minute {
  std::uint64_t held = 0, paid = 0, ended = 0;
  Recorder holds, pays, sweeps;
  double resident_middle = 0;
  std::int64_t laying_out_ns = 0;
};

bool AllDone(const std::vector<Answer>& answers) {
  return std::ranges::count(answers, Answer::kDone) == static_cast<std::ptrdiff_t>(answers.size());
}

// One call of each kind; false: something was refused.
bool SellOnce(Contestant* contestant, Caller* caller, Stock* stock, Minute* minute) {
  const auto asks = stock->Take(kBatch);
  std::vector<PayAsk> bills;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (i % kUnpaid != 0) bills.push_back(PaymentOf(asks[i]));
  }
  std::vector<Answer> held(asks.size()), paid(bills.size());
  const std::int64_t began = MonotonicNs();
  caller->Hold(asks, held);
  const std::int64_t between = MonotonicNs();
  caller->Pay(bills, paid);
  const std::int64_t ended = MonotonicNs();
  minute->ended += contestant->Sweep(kBatch);
  minute->holds.Add(between - began);
  minute->pays.Add(ended - between);
  minute->sweeps.Add(MonotonicNs() - ended);
  minute->held += asks.size();
  minute->paid += bills.size();
  return AllDone(held) && AllDone(paid);
}

void RunOne(const Options& options, Contestant* contestant, Report* report) {
  HallSpec spec{.performances = kHallsAtATime, .users = 10'000, .ttl_ms = kTtlMs};
  contestant->Reset(spec);
  const auto caller = contestant->NewCaller();
  spec.performances = 1u << 20;  // the stock never ends; halls are laid out in front of it
  Stock stock(spec);
  std::uint64_t laid_out = std::uint64_t{kHallsAtATime} * spec.seats / kSeatsAHold;
  Minute minute;
  bool good = true;
  ::malloc_trim(0);  // what scenarios before this one left free
  const double resident_before = ResidentBytes();
  const Meter meter(*contestant);
  const std::int64_t began = MonotonicNs();
  const auto length_ns = static_cast<std::int64_t>(options.sustained_s * 1e9);
  while (good && MonotonicNs() - began < length_ns) {
    if (minute.held + kBatch > laid_out) {
      const std::int64_t laying_out = MonotonicNs();
      contestant->Grow(kHallsAtATime);
      minute.laying_out_ns += MonotonicNs() - laying_out;
      laid_out += std::uint64_t{kHallsAtATime} * spec.seats / kSeatsAHold;
    }
    good = SellOnce(contestant, caller.get(), &stock, &minute);
    if (MonotonicNs() - began < length_ns / 2) minute.resident_middle = ResidentBytes();
  }
  const double resident = ResidentBytes();
  const std::int64_t settling = MonotonicNs();
  contestant->Settle();
  const double settled_s = static_cast<double>(MonotonicNs() - settling) / 1e9;
  const Usage usage = meter.Spent();
  Values values;
  AddUsage("operation", usage, minute.held + minute.paid + minute.ended, &values);
  AddTimes("hold_batch", minute.holds, &values);
  AddTimes("pay_batch", minute.pays, &values);
  AddTimes("sweep_batch", minute.sweeps, &values);
  for (const auto& [name, value] :
       Values{{"held", static_cast<double>(minute.held)},
              {"paid", static_cast<double>(minute.paid)},
              {"ended", static_cast<double>(minute.ended)},
              {"laying_out_s", static_cast<double>(minute.laying_out_ns) / 1e9},
              {"settled_after_s", settled_s},
              {"resident_before_bytes", resident_before},
              {"resident_middle_bytes", minute.resident_middle},
              {"resident_end_bytes", resident}}) {
    values.emplace_back(name, value);
  }
  if (!good) report->Judge("sustained", contestant->name(), "a hold or payment was refused");
  report->Add("sustained", *contestant, "", 1, values);
}

}  // namespace

void RunSustained(const Options& options, Report* report) {
  for (const auto& contestant : Choose(options, kNames)) {
    RunOne(options, contestant.get(), report);
  }
}

}  // namespace seathold::sale
