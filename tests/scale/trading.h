// A hall sold and given back by eight processes over PostgreSQL, while something happens to what
// has their claims.
#pragma once

#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "src/claims/redis/redis_claim_cache.h"
#include "tests/scale/stage.h"
#include "tests/scale/timed_claims.h"
#include "tests/support/counts.h"

namespace seathold::testing {

inline constexpr std::uint32_t kTraders = 8;  // processes
inline constexpr std::uint32_t kTradersEach = 8;
inline constexpr std::int64_t kClaimTimeoutMs = 50;
inline constexpr std::int64_t kRecoveryMs = 5'000;

struct Trade {
  Rendezvous start;
  ClaimTimes times;
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> holds{0}, taken{0};
  std::atomic<std::int64_t> revenue_minor{0}, sold{0};
};

// Holds, and gives back, pays, or pays and is refunded, until it is over.
inline void TradeSeats(Engine& engine, const Hall& hall, std::uint64_t user, Trade* trade) {
  const Buyer buyer{engine, hall, {user}};
  std::mt19937_64 random(user);
  while (!trade->over) {
    const HoldId hold{engine.NewId()};
    const auto seat = static_cast<std::uint32_t>(random() % hall.seats);
    const HoldReply held = buyer.Hold(hold, {seat}, kPatient);
    if (!held.status.ok()) {
      ASSERT_EQ(held.status.code(), Code::kSeatTaken) << held.status.text();
      ++trade->taken;
      continue;
    }
    ++trade->holds;
    // Few are kept, so that there are seats to the end.
    const auto way = random() % 1'000;
    if (way < 500) {
      ASSERT_TRUE(buyer.Cancel(hold, kPatient).ok());
      continue;
    }
    const TransferId payment{engine.NewId()};
    const PayReply paid = buyer.Pay(hold, payment, ToString(payment.value), kPatient);
    ASSERT_TRUE(paid.status.ok()) << paid.status.text();
    if (way < 995) {
      const PayReply back = buyer.Refund(hold, {engine.NewId()}, kPatient);
      ASSERT_TRUE(back.status.ok()) << back.status.text();
      continue;
    }
    ++trade->sold;
    trade->revenue_minor += paid.total.minor;
  }
}

class ScaleTrading : public Stage {
 protected:
  void TearDown() override { SendHome(); }

  // The traders come, with claims on `redis`; from here on this process has them as children.
  void StartTrading(const RedisOptions& redis);
  // They go, no call of the claims was longer than it may be, and the books are right.
  void EndTrading();
  // The fault, and how soon the sale is as before: claims are written, and as many holds are made.
  void Suffer(const char* what, std::int64_t ms, const std::function<void()>& fault,
              const std::function<void()>& recover);

  static std::int64_t LongMs() { return FullCounts() ? 3'000 : 400; }

  SharedValue<Trade> trade_;
  Hall hall_;

 private:
  void SendHome();
  void TradeInOneProcess(const RedisOptions& redis, std::uint32_t process);

  EngineOptions options_;
  std::vector<pid_t> children_;
  double rate_ = 0;  // holds a second, before anything happened
};

inline void ScaleTrading::TradeInOneProcess(const RedisOptions& redis, std::uint32_t process) {
  EngineParts parts;
  parts.claims = std::make_unique<TimedClaims>(
      NewRedisClaimCache(std::make_shared<RedisClient>(redis)), &trade_->times);
  const auto engine = Open(options_, std::move(parts));
  ASSERT_NE(engine, nullptr);
  ASSERT_TRUE(trade_->start.Meet(kTraders + 1));
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kTradersEach; ++i) {
    threads.emplace_back(
        [&, i] { TradeSeats(*engine, hall_, 1 + process * kTradersEach + i, &*trade_); });
  }
  for (std::thread& thread : threads) thread.join();
}

inline void ScaleTrading::StartTrading(const RedisOptions& redis) {
  options_ = Options(Caches::kNone);
  options_.cache_timeout_ms = kClaimTimeoutMs;
  options_.sweeper_thread = true;
  hall_ = Build(options_, 20, 50);
  for (std::uint32_t process = 0; process < kTraders; ++process) {
    children_.push_back(Spawn([&] { TradeInOneProcess(redis, process); }));
  }
  ASSERT_TRUE(trade_->start.Meet(kTraders + 1));
  NapMs(500);
  const std::uint64_t before = trade_->holds;
  const std::int64_t start_ns = MonotonicNs();
  NapMs(1'000);
  rate_ =
      static_cast<double>(trade_->holds - before) * 1e3 / static_cast<double>(MsSince(start_ns));
  std::printf("undisturbed: %.0f holds/s\n", rate_);
}

inline void ScaleTrading::SendHome() {
  trade_->over = true;
  for (const pid_t child : children_) ExpectClean(child);
  children_.clear();
}

inline void ScaleTrading::EndTrading() {
  SendHome();
  EXPECT_LE(trade_->times.longest_ns / 1'000'000, kClaimTimeoutMs + kSlackMs);
  EXPECT_GT(trade_->times.failed.load(), 0u);
  InChild([&] {
    const auto engine = Open(options_);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, static_cast<std::uint64_t>(trade_->sold.load()), trade_->revenue_minor);
  });
  std::printf("COUNT scale_holds_beside_faults %llu\nlongest call of the claims %.1f ms\n",
              static_cast<unsigned long long>(trade_->holds.load()),
              static_cast<double>(trade_->times.longest_ns) / 1e6);
}

inline void ScaleTrading::Suffer(const char* what, std::int64_t ms,
                                 const std::function<void()>& fault,
                                 const std::function<void()>& recover) {
  SCOPED_TRACE(what);
  const std::uint64_t holds = trade_->holds, failed = trade_->times.failed;
  const std::int64_t start_ns = MonotonicNs();
  fault();
  NapMs(std::max<std::int64_t>(0, ms - MsSince(start_ns)));
  const std::int64_t suffered_ms = MsSince(start_ns);
  const std::uint64_t holds_meanwhile = trade_->holds - holds;
  EXPECT_TRUE(holds_meanwhile > 0 || suffered_ms < LongMs()) << "nothing was sold meanwhile";
  recover();
  const std::int64_t recovered_ns = MonotonicNs();
  // A third of the pace, in the best 300 ms of 5 s: what else this machine does is not the
  // question.
  double best = 0;
  std::uint64_t written = 0;
  while (MsSince(recovered_ns) < kRecoveryMs && (best < rate_ / 3 || written == 0)) {
    const std::uint64_t holds_before = trade_->holds, put_before = trade_->times.put;
    const std::int64_t window_ns = MonotonicNs();
    NapMs(300);
    const double s = static_cast<double>(MonotonicNs() - window_ns) / 1e9;
    best = std::max(best, static_cast<double>(trade_->holds - holds_before) / s);
    written = trade_->times.put - put_before;
  }
  EXPECT_GT(written, 0u) << "claims are not written again";
  EXPECT_GE(best, rate_ / 3) << "the sale is slower than before";
  std::printf("%s: %.0f holds/s meanwhile, %.0f within %lld ms of it, %llu calls failed\n", what,
              static_cast<double>(holds_meanwhile) * 1e3 / static_cast<double>(suffered_ms), best,
              static_cast<long long>(MsSince(recovered_ns)),
              static_cast<unsigned long long>(trade_->times.failed - failed));
}

}  // namespace seathold::testing
