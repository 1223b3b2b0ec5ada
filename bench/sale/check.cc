// Does everybody sell right? Rushes, replays, payments that must fail, holds that expire; then the
// books against what callers were told. This is what --quick runs; no time is looked at.
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "bench/sale/promises.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr const char* kAll[] = {
    "array",       "sqlite",           "sqlite_batch",    "ours",         "ours_shared",
    "ours_memory", "redis_off",        "redis_off_batch", "redis_always", "redis_always_batch",
    "postgres",    "postgres_service", "postgres_set"};
constexpr int kThreads = 4;
constexpr std::uint64_t kAttemptsAPair = 10;  // twenty a seat, two seats each

// Attempts on every pair in an order of its own; who wins pays, but for one in four.
Promises RushAndPay(Contestant* contestant, const HallSpec& spec, std::uint64_t seed,
                    std::size_t batch) {
  const auto caller = contestant->NewCaller();
  const Stock stock(spec);
  std::vector<std::uint64_t> order;
  for (std::uint64_t n = 0; n < stock.pairs() * kAttemptsAPair / kThreads; ++n) {
    order.push_back((n + seed) % stock.pairs());
  }
  std::ranges::shuffle(order, std::mt19937_64(seed));
  Promises promises;
  for (std::size_t at = 0; at < order.size(); at += batch) {
    std::vector<HoldAsk> asks;
    for (std::size_t i = at; i < std::min(at + batch, order.size()); ++i) {
      asks.push_back(stock.Ask(order[i]));
      asks.back().user = (seed * 7 + i) % spec.users + 1;
    }
    std::vector<Answer> answers(asks.size());
    caller->Hold(asks, answers);
    promises.Note(asks, answers);
    std::vector<PayAsk> payments;
    for (std::size_t i = 0; i < asks.size(); ++i) {
      if (answers[i] == Answer::kDone && asks[i].first_seat % 8 != 0) {
        payments.push_back(PaymentOf(asks[i]));
      }
    }
    answers.assign(payments.size(), Answer::kFailed);
    if (!payments.empty()) caller->Pay(payments, answers);
    promises.Note(payments, answers);
  }
  return promises;
}

std::string Rush(Contestant* contestant, std::size_t batch) {
  const HallSpec spec{.performances = 2, .seats = 400, .users = 50};
  contestant->Reset(spec);
  std::vector<Promises> told(kThreads);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] { told[t] = RushAndPay(contestant, spec, t + 1, batch); });
  }
  for (std::thread& thread : threads) thread.join();
  Promises all;
  for (const Promises& promises : told) all.Join(promises);
  const std::uint64_t pairs = Stock(spec).pairs();
  const std::string broken = all.Broken(spec, contestant->Read());
  if (!broken.empty()) return broken;
  return all.held() == pairs ? "" : "not every seat was sold in a rush";
}

// Answers to one payment.
Answer Pay(Caller* caller, const PayAsk& ask) {
  Answer answer = Answer::kFailed;
  caller->Pay({&ask, 1}, {&answer, 1});
  return answer;
}

// A payment that is sent again is done and moves nothing; others' holds, unknown holds and a
// payment's id for another hold are refused.
std::string Payments(Contestant* contestant) {
  const HallSpec spec{.seats = 400, .users = 10};
  contestant->Reset(spec);
  const auto caller = contestant->NewCaller();
  Stock stock(spec);
  const std::vector<HoldAsk> asks = stock.Take(100);
  std::vector<Answer> answers(asks.size());
  Promises promises;
  caller->Hold(asks, answers);
  promises.Note(asks, answers);
  std::vector<PayAsk> payments = PaymentsOf(asks);
  const PayAsk left_out = payments.back();
  payments.pop_back();
  for (int time = 0; time < 2; ++time) {
    answers.assign(payments.size(), Answer::kFailed);
    caller->Pay(payments, answers);
    if (time == 0) promises.Note(payments, answers);
    if (std::ranges::count(answers, Answer::kDone) != 99) return "payments or their replays failed";
  }
  PayAsk wrong = left_out;
  wrong.user = left_out.user % spec.users + 1;
  if (Pay(caller.get(), wrong) != Answer::kRefused) return "paid for another's hold";
  wrong = left_out;
  wrong.hold = bench::NextId();
  if (Pay(caller.get(), wrong) != Answer::kRefused) return "paid for no hold";
  wrong = left_out;
  wrong.payment = payments.front().payment;
  if (Pay(caller.get(), wrong) != Answer::kRefused) return "one payment paid for two holds";
  return promises.Broken(spec, contestant->Read());
}

// What has expired cannot be paid, and its seats are the next buyer's.
std::string Expiry(Contestant* contestant) {
  const HallSpec spec{.seats = 400, .users = 10, .ttl_ms = 1'000};
  contestant->Reset(spec);
  const auto caller = contestant->NewCaller();
  Stock early(spec), late(spec);
  std::vector<HoldAsk> asks = early.Take(50);
  std::vector<Answer> answers(asks.size());
  caller->Hold(asks, answers);
  const std::int64_t over_us = NowUs() + (spec.ttl_ms + 20) * 1'000;
  while (NowUs() < over_us) ::usleep(20'000);
  const std::vector<PayAsk> payments = PaymentsOf(asks);
  caller->Pay(payments, answers);
  if (std::ranges::count(answers, Answer::kRefused) != 50) return "paid for an expired hold";
  asks = late.Take(50);
  Promises promises;
  caller->Hold(asks, answers);
  promises.Note(asks, answers);
  if (promises.held() != 50) return "expired seats were not free";
  const std::vector<PayAsk> again = PaymentsOf(asks);
  caller->Pay(again, answers);
  promises.Note(again, answers);
  if (promises.paid() != 50) return "what was held anew could not be paid";
  return promises.Broken(spec, contestant->Read(), false);
}

}  // namespace

void RunCheck(const Options& options, Report* report) {
  for (const auto& contestant : Choose(options, kAll)) {
    const std::int64_t began = MonotonicNs();
    std::string broken;
    for (const std::size_t batch : {1, 50}) {
      if (broken.empty()) broken = Rush(contestant.get(), batch);
    }
    if (broken.empty()) broken = Payments(contestant.get());
    if (broken.empty()) broken = Expiry(contestant.get());
    report->Judge("check", contestant->name(), broken);
    report->Add("check", *contestant, "", 1,
                {{"books_exact", broken.empty()},
                 {"took_s", static_cast<double>(MonotonicNs() - began) / 1e9}});
  }
}

}  // namespace seathold::sale
