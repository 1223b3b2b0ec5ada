#include "examples/cli/demo/rush.h"

#include <barrier>
#include <deque>
#include <thread>
#include <utility>

#include "examples/cli/demo/counter.h"

namespace seathold::demo {
namespace {

constexpr int kStepsMax = 2 * 3'600 / kStepSeconds;
constexpr int kMapEverySteps = 3;                // what browsers show is up to six seconds old
constexpr std::int64_t kAfterwardsMs = 310'000;  // until the last holds have lapsed
constexpr std::uint64_t kFirstHostUser = 1'000'000;
constexpr std::size_t kFundChunk = 2'000;

double SecondsSince(std::int64_t began_ns) {
  return static_cast<double>(MonotonicNs() - began_ns) / 1e9;
}

// The counters of one rush, each served by its own thread; one thread alone needs no other.
class Counters {
 public:
  Counters(BoxOffice& office, const Hall& hall, const RushOptions& options)
      : begin_(options.threads + 1), end_(options.threads + 1) {
    for (int i = 0; i < options.threads; ++i) counters_.emplace_back(office, hall, kStepsMax);
    for (int i = 0; i < options.buyers; ++i) Expect(options, static_cast<std::uint32_t>(i));
    if (options.threads > 1) {
      for (Counter& counter : counters_) threads_.emplace_back([&] { Work(counter); });
    }
  }

  ~Counters() {
    if (threads_.empty()) return;
    closing_ = true;
    begin_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  // Returns when every counter has served everybody who was due.
  void Serve(int step, TimeUs now, const HallMap& map) {
    step_ = step, now_ = now, map_ = &map;
    if (threads_.empty()) return counters_.front().Serve(step, now, map);
    begin_.arrive_and_wait();
    end_.arrive_and_wait();
  }

  Tally Sum() const {
    Tally sum;
    for (const Counter& counter : counters_) sum.Add(counter.tally());
    return sum;
  }

  RushMoment Moment() const {
    RushMoment moment;
    for (const Counter& counter : counters_) {
      const Tally& tally = counter.tally();
      moment.buyers += counter.buyers();
      moment.finished += tally.finished();
      moment.holds += tally.holds;
      moment.refused += tally.refused();
      moment.payments += tally.payments;
      moment.polls += tally.polls;
    }
    return moment;
  }

 private:
  void Expect(const RushOptions& options, std::uint32_t buyer) {
    Counter& counter = counters_[buyer % counters_.size()];
    if (buyer < options.accounts.size()) {
      const LoggedIn& account = options.accounts[buyer];
      counter.Expect(options.seed, buyer, account.user, account.access_token);
    } else {
      counter.Expect(options.seed, buyer, HostUser(buyer), "");
    }
  }

  void Work(Counter& counter) {
    for (;;) {
      begin_.arrive_and_wait();
      if (closing_) return;
      counter.Serve(step_, now_, *map_);
      end_.arrive_and_wait();
    }
  }

  std::deque<Counter> counters_;
  std::vector<std::thread> threads_;
  std::barrier<> begin_, end_;  // what follows is written before `begin_` and read behind it
  bool closing_ = false;
  int step_ = 0;
  TimeUs now_;
  const HallMap* map_ = nullptr;
};

UserId UserOf(const RushOptions& options, std::uint32_t buyer) {
  return buyer < options.accounts.size() ? options.accounts[buyer].user : HostUser(buyer);
}

}  // namespace

UserId HostUser(std::uint32_t buyer) { return UserId{kFirstHostUser + buyer}; }

Status FundWallets(BoxOffice& office, const Hall& hall, const RushOptions& options,
                   std::uint64_t* funded, std::int64_t* funded_minor) {
  std::vector<Funding> chunk;
  const auto flush = [&] {
    Status status = office.Fund(chunk);
    *funded += chunk.size();
    chunk.clear();
    return status;
  };
  for (int i = 0; i < options.buyers; ++i) {
    const std::uint32_t buyer = static_cast<std::uint32_t>(i);
    const BuyerScript script = WriteScript(options.seed, buyer);
    if (script.purse == Purse::kCard) continue;
    const std::int64_t enough = hall.dearest_minor() * script.seats;
    const std::int64_t amount = script.purse == Purse::kWallet ? enough : hall.cheapest_minor() / 2;
    chunk.emplace_back(UserOf(options, buyer), amount);
    *funded_minor += amount;
    if (chunk.size() < kFundChunk) continue;
    if (Status status = flush(); !status.ok()) return status;
  }
  return flush();
}

RushResult RunRush(BoxOffice& office, const Hall& hall, const RushOptions& options,
                   ManualClock& clock, const StopFlag& stop, const Watcher& watch) {
  RushResult result;
  const std::int64_t began_ns = MonotonicNs();
  const TimeUs opening = clock.Now();
  Counters counters(office, hall, options);
  int step = 0;
  const auto look = [&] {
    Result<std::shared_ptr<const HallMap>> map = office.Look();
    if (map.ok()) result.map = *map;
    return map.status();
  };
  const auto tell = [&] {
    RushMoment moment = counters.Moment();
    moment.wall_s = SecondsSince(began_ns);
    moment.sale_s = step * static_cast<double>(kStepSeconds);
    moment.waiting = office.waiting();
    moment.inside = office.inside();
    moment.map = result.map;
    watch(moment);
    return moment.finished == moment.buyers;
  };
  for (; step < kStepsMax && !stop; ++step) {
    clock.Set(AddMs(opening, step * kStepSeconds * 1'000));
    if (result.status = office.Tick(clock.Now()); !result.status.ok()) break;
    if (step % kMapEverySteps == 0) {
      if (result.status = look(); !result.status.ok()) break;
    }
    counters.Serve(step, clock.Now(), *result.map);
    if (tell()) break;
  }
  clock.AdvanceMs(kAfterwardsMs);
  if (result.status.ok()) result.status = office.Tick(clock.Now());
  if (result.status.ok()) result.status = look();
  tell();
  result.tally = counters.Sum();
  result.wall_s = SecondsSince(began_ns);
  result.sale_s = step * static_cast<double>(kStepSeconds);
  result.undecided = static_cast<std::uint64_t>(options.buyers) - result.tally.finished();
  return result;
}

}  // namespace seathold::demo
