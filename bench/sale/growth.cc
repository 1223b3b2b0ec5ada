// What an operation costs as the hall grows from a thousand seats to a million, and as the house
// knows ten thousand buyers or ten million (those in the first round alone, for they take minutes
// to lay out), each with a wallet.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "bench/sale/promises.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr const char* kNames[] = {"sqlite_batch", "ours"};
constexpr std::size_t kBatch = 500;  // a hall of a thousand seats
constexpr std::size_t kBatches = 20;

// Buyers all over the house, so that their wallets are not neighbours.
std::vector<HoldAsk> Take(Stock* stock, std::uint64_t users) {
  auto asks = stock->Take(kBatch);
  for (HoldAsk& ask : asks) ask.user = ask.user * 2'654'435'761u % users + 1;
  return asks;
}

void RunOne(Contestant* contestant, const HallSpec& spec, const std::string& at, int round,
            Report* report) {
  contestant->Reset(spec);
  contestant->Settle();
  contestant->Rest();
  const auto caller = contestant->NewCaller();
  Stock stock(spec);
  std::vector<std::vector<HoldAsk>> asks;
  std::vector<std::vector<PayAsk>> bills;
  for (std::size_t n = 0; n < kBatches; ++n) {
    asks.push_back(Take(&stock, spec.users));
    bills.push_back(PaymentsOf(asks.back()));
  }
  std::vector<Answer> answers(kBatch);
  Promises promises;
  Recorder holds, pays, first;
  std::optional<Meter> meter;
  for (std::size_t n = 0; n < kBatches; ++n) {
    if (n == 1) meter.emplace(*contestant);
    const std::int64_t began = MonotonicNs();
    caller->Hold(asks[n], answers);
    (n == 0 ? first : holds).Add(MonotonicNs() - began);
    promises.Note(asks[n], answers);
    const std::int64_t again = MonotonicNs();
    caller->Pay(bills[n], answers);
    if (n > 0) pays.Add(MonotonicNs() - again);
    promises.Note(bills[n], answers);
  }
  Values values;
  AddUsage("sale", meter->Spent(), (kBatches - 1) * kBatch, &values);
  values.emplace_back("first_hold_batch_us", first.most_us());
  AddTimes("hold_batch", holds, &values);
  AddTimes("pay_batch", pays, &values);
  const bool good = promises.held() == kBatches * kBatch && promises.paid() == promises.held();
  if (!good) report->Judge("growth", contestant->name(), "a hold or payment was refused");
  report->Add("growth", *contestant, at, round, values);
}

}  // namespace

void RunGrowth(const Options& options, Report* report) {
  const auto contestants = Choose(options, kNames);
  for (int round = 1; round <= std::min(options.rounds, 3); ++round) {
    for (const auto& contestant : contestants) {
      for (const std::uint32_t seats : {1'000u, 10'000u, 100'000u, 1'000'000u}) {
        const std::uint32_t performances = std::max(1u, 20'000u / seats);
        RunOne(contestant.get(), {.performances = performances, .seats = seats, .users = 10'000},
               fmt::format("seats {}", seats), round, report);
      }
      for (const std::uint64_t users : {10'000u, 100'000u, 1'000'000u, 10'000'000u}) {
        if (users == 10'000'000 && round > 1) continue;
        RunOne(contestant.get(), {.users = users}, fmt::format("users {}", users), round, report);
      }
    }
  }
}

}  // namespace seathold::sale
