// Bytes resident: what the mirror has for a seat, and what the heap grows by for a live hold of two
// seats and for a waiter (SQLite's page cache apart, which is bounded); and the bytes of log of a
// hold and a payment, which are what is written before anything is settled.
#include <malloc.h>
#include <sqlite3.h>

#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr std::uint32_t kHalls = 4;
constexpr std::size_t kHolds = 20'000, kWaiters = 100'000;

double HeapBytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) -
         static_cast<double>(sqlite3_memory_used());
}

double JoinMany(Ours* ours) {
  std::vector<JoinRequest> requests(kBatch);
  std::vector<Place> places(kBatch);
  const double before = HeapBytes();
  for (std::size_t n = 0; n < kWaiters; n += kBatch) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      requests[i] = {ours->queued_show(), UserId{10'000'000 + n + i}};
    }
    ours->engine().queue().Join(requests, places, {60'000});
    for (const Place& place : places) bench::Check(place.status, "joining");
  }
  return (HeapBytes() - before) / static_cast<double>(kWaiters);
}

// Closed and opened again, so that nothing is left but what an engine has of a database at rest.
double HeapAtRest(Ours* ours) {
  ours->Settle();
  ours->Rest();
  return HeapBytes();
}

}  // namespace

void RunSizes(const Options&, Report* report) {
  Ours ours(OurStorage::kJournal);
  const HallSpec spec{.performances = kHalls, .line = true};
  ours.Reset(spec);
  Values values;
  (void)HeapAtRest(&ours);
  values.emplace_back("seat_bytes", static_cast<double>(ours.engine().stats().mirror_bytes) /
                                        (double{kHalls} * spec.seats));
  Stock stock(spec);
  auto caller = ours.NewCaller();
  std::vector<Answer> answers(kBatch);
  std::vector<std::vector<HoldAsk>> held;
  std::vector<std::vector<PayAsk>> bills;
  for (std::size_t n = 0; n < kHolds; n += kBatch) {
    held.push_back(stock.Take(kBatch));
    bills.push_back(PaymentsOf(held.back()));
  }
  const double lists = HeapBytes();
  double written = ours.written_bytes();
  for (const auto& asks : held) caller->Hold(asks, answers);
  const auto count = static_cast<double>(kHolds);
  values.emplace_back("hold_log_bytes", (ours.written_bytes() - written) / count);
  values.emplace_back("unsettled_hold_bytes", (HeapBytes() - lists) / count);
  values.emplace_back("hold_bytes", (HeapAtRest(&ours) - lists) / count);
  written = ours.written_bytes();
  for (const auto& asks : bills) caller->Pay(asks, answers);
  values.emplace_back("pay_log_bytes", (ours.written_bytes() - written) / count);
  values.emplace_back("waiter_bytes", JoinMany(&ours));
  report->Add("sizes", ours, "", 1, values);
}

}  // namespace seathold::sale
