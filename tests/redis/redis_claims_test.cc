// What only claims on a Redis server promise: what stands there, and what they do when the server
// has lost some of it, or is not what it was.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <thread>

#include "src/claims/redis/claim_scripts.h"
#include "src/claims/redis/redis_claim_cache.h"
#include "tests/redis/fake_server.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace claims_on_redis {

constexpr PerformanceId kPerformance{7};
constexpr std::int64_t kTtlMs = 300'000;
constexpr const char* kClaims = "seathold:{p7}:claims";
constexpr const char* kDue = "seathold:{p7}:due";
constexpr const char* kSeat5 = "seathold:{p7}:seat:5";
constexpr const char* kPerformances = "seathold:performances";

HoldId HoldOf(std::uint8_t n) {
  HoldId id;
  id.value[15] = n;
  return id;
}

Claim Make(std::uint64_t seat, std::uint8_t hold, std::uint64_t version,
           std::int64_t ttl_ms = kTtlMs) {
  return {kPerformance, SeatId{seat}, HoldOf(hold), UserId{hold}, version, AddMs(kNow, ttl_ms)};
}

std::unique_ptr<ClaimCache> NewCache(const RedisOptions& options) {
  return NewRedisClaimCache(std::make_shared<RedisClient>(options));
}

Code Put(ClaimCache& cache, std::span<const Claim> claims) {
  return cache.Put(claims, kNow, {}).code();
}
Code Put(ClaimCache& cache, const Claim& claim) { return Put(cache, {&claim, 1}); }

int HolderOf5(ClaimCache& cache) {
  Claim claim;
  bool found = false;
  EXPECT_TRUE(cache.Get(kPerformance, SeatId{5}, kNow, &claim, &found, {}).ok());
  return found ? claim.hold.value[15] : 0;
}

std::size_t DueCount(ClaimCache& cache, std::int64_t after_ms = kTtlMs) {
  std::vector<Claim> out(20'000);
  std::size_t n = 0;
  const Status status = cache.Due(AddMs(kNow, after_ms), out, &n, {});
  EXPECT_TRUE(status.ok()) << status.text();
  return n;
}

class RedisClaims : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    server_.emplace();
    cache_ = NewCache(server_->Options(10'000));
  }

  std::optional<RedisServer> server_;
  std::unique_ptr<ClaimCache> cache_;
};

TEST_F(RedisClaims, AClaimStandsThereForAsLongAsItsHold) {
  ASSERT_EQ(Put(*cache_, Make(5, 1, 9)), Code::kOk);
  EXPECT_EQ(server_->Text({"GET", kSeat5}),
            "00000000000000000009 00000000-0000-0000-0000-000000000001 1 1700000300000000");
  const std::int64_t ttl_ms = server_->Number({"PTTL", kSeat5});
  EXPECT_LE(ttl_ms, kTtlMs);
  EXPECT_GT(ttl_ms, kTtlMs - 5'000);
  EXPECT_EQ(server_->Number({"PTTL", kClaims}), -1);
  EXPECT_EQ(server_->Number({"PTTL", kDue}), -1);
  EXPECT_EQ(server_->Text({"ZSCORE", kDue, "5"}), "1700000300000000");

  const Claim dropped = Make(5, 1, 9);
  ASSERT_TRUE(cache_->Drop({&dropped, 1}, {}).ok());
  EXPECT_EQ(server_->Number({"EXISTS", kSeat5, kClaims, kDue}), 0);
}

TEST_F(RedisClaims, AClaimThatIsOverIsDueAndNotShown) {
  ASSERT_EQ(Put(*cache_, Make(5, 1, 1)), Code::kOk);
  ASSERT_EQ(Put(*cache_, Make(5, 2, 2, -1)), Code::kOk);  // in place of the one before
  ASSERT_EQ(Put(*cache_, Make(6, 3, 1, -1)), Code::kOk);
  EXPECT_EQ(server_->Number({"EXISTS", kSeat5, "seathold:{p7}:seat:6"}), 0);
  EXPECT_EQ(DueCount(*cache_, 0), 2u);
}

TEST_F(RedisClaims, NumbersBeyondTwoToThe53AreExact) {
  constexpr std::uint64_t kBig = UINT64_MAX;
  Claim claim = Make(5, 1, kBig - 1);
  claim.user = UserId{kBig};
  claim.seat = SeatId{kBig - 2};
  claim.performance = PerformanceId{kBig - 3};
  claim.expires_at = kTimeMax;
  ASSERT_EQ(Put(*cache_, claim), Code::kOk);
  Claim other = claim;
  other.hold = HoldOf(2);
  ASSERT_EQ(Put(*cache_, other), Code::kOk);  // the same version
  other.seat_version = kBig - 2;
  ASSERT_EQ(Put(*cache_, other), Code::kOk);  // a lower one
  Claim out;
  bool found = false;
  ASSERT_TRUE(cache_->Get(claim.performance, claim.seat, kNow, &out, &found, {}).ok());
  ASSERT_TRUE(found);
  EXPECT_EQ(out.hold, HoldOf(1));
  EXPECT_EQ(out.user, claim.user);
  EXPECT_EQ(out.seat_version, claim.seat_version);
  EXPECT_EQ(out.expires_at, kTimeMax);
  other.seat_version = kBig;
  ASSERT_EQ(Put(*cache_, other), Code::kOk);
  ASSERT_TRUE(cache_->Get(claim.performance, claim.seat, kNow, &out, &found, {}).ok());
  EXPECT_EQ(out.hold, HoldOf(2));
  std::vector<Claim> due(10);
  std::size_t n = 0;
  ASSERT_TRUE(cache_->Due(kTimeMax, due, &n, {}).ok());
  ASSERT_EQ(n, 1u);
  EXPECT_EQ(due[0].seat, claim.seat);
  ASSERT_TRUE(cache_->Due(TimeUs{kTimeMax.value - 1}, due, &n, {}).ok());
  EXPECT_EQ(n, 0u);
}

TEST_F(RedisClaims, AnyNumberGoesInSteps) {
  for (const std::size_t count : {kClaimsAScriptMax, kClaimsAScriptMax + 1, std::size_t{8'192}}) {
    std::vector<Claim> claims;
    for (std::uint64_t seat = 1; seat <= count; ++seat) claims.push_back(Make(seat, 1, 1));
    ASSERT_EQ(Put(*cache_, claims), Code::kOk);
    EXPECT_EQ(server_->Number({"HLEN", kClaims}), static_cast<std::int64_t>(count));
    EXPECT_EQ(DueCount(*cache_), count);
    ASSERT_TRUE(cache_->Forget(kPerformance, {}).ok());
    EXPECT_EQ(server_->Number({"EXISTS", kClaims, kDue, kSeat5}), 0);
  }
  std::vector<Claim> claims;
  for (std::uint64_t p = 1; p <= 3 * kClaimsAScriptMax; ++p) {
    claims.push_back(Make(1, 1, 1));
    claims.back().performance = PerformanceId{p};
  }
  ASSERT_EQ(Put(*cache_, claims), Code::kOk);
  EXPECT_EQ(DueCount(*cache_), claims.size());
}

TEST_F(RedisClaims, TheSameSeatTwiceInOneCallIsTwoSteps) {
  const Claim claims[] = {Make(5, 1, 1), Make(5, 2, 3), Make(5, 3, 2)};
  ASSERT_EQ(Put(*cache_, claims), Code::kOk);
  EXPECT_EQ(HolderOf5(*cache_), 2);
  EXPECT_EQ(DueCount(*cache_), 1u);
}

// Looking for what is due costs nothing for performances that have nothing due.
TEST_F(RedisClaims, PerformancesAreLookedAtOnceTheyHaveSomethingDue) {
  ASSERT_EQ(Put(*cache_, Make(5, 1, 1)), Code::kOk);
  ASSERT_EQ(Put(*cache_, Make(6, 2, 1, 2 * kTtlMs)), Code::kOk);
  EXPECT_EQ(server_->Text({"ZSCORE", kPerformances, "7"}), "1700000300000000");
  const Claim first = Make(5, 1, 1);
  ASSERT_TRUE(cache_->Drop({&first, 1}, {}).ok());
  EXPECT_EQ(DueCount(*cache_), 0u);
  EXPECT_EQ(server_->Text({"ZSCORE", kPerformances, "7"}), "1700000600000000");
  EXPECT_EQ(DueCount(*cache_, 2 * kTtlMs), 1u);
  const Claim second = Make(6, 2, 1);
  ASSERT_TRUE(cache_->Drop({&second, 1}, {}).ok());
  EXPECT_EQ(DueCount(*cache_, 2 * kTtlMs), 0u);
  EXPECT_EQ(server_->Number({"EXISTS", kPerformances}), 0);
}

TEST_F(RedisClaims, EveryKeyMayBeLost) {
  for (const char* lost : {kClaims, kDue, kSeat5, kPerformances}) {
    SCOPED_TRACE(lost);
    server_->Ask({"FLUSHALL"});
    ASSERT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kOk);
    ASSERT_EQ(Put(*cache_, Make(6, 1, 7)), Code::kOk);
    server_->Ask({"DEL", lost});
    EXPECT_LE(DueCount(*cache_), 2u);
    ASSERT_EQ(Put(*cache_, Make(5, 2, 8)), Code::kOk);  // and all is as it should be again
    EXPECT_EQ(HolderOf5(*cache_), 2);
    EXPECT_GE(DueCount(*cache_), 1u);
    EXPECT_EQ(server_->Number({"HLEN", kClaims}), server_->Number({"ZCARD", kDue}));
    EXPECT_EQ(server_->Number({"EXISTS", kSeat5}), 1);
    const Claim gone[] = {Make(5, 2, 8), Make(6, 1, 7)};
    ASSERT_TRUE(cache_->Drop(gone, {}).ok());
    EXPECT_EQ(DueCount(*cache_), 0u);
    EXPECT_EQ(server_->Number({"DBSIZE"}), 0);
  }
}

TEST_F(RedisClaims, ADueSeatWithoutItsClaimIsPassedOver) {
  ASSERT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kOk);
  ASSERT_EQ(Put(*cache_, Make(6, 1, 7)), Code::kOk);
  server_->Ask({"HDEL", kClaims, "5"});
  EXPECT_EQ(DueCount(*cache_), 1u);
  EXPECT_EQ(server_->Number({"ZCARD", kDue}), 1);
  server_->Ask({"HSET", kClaims, "6", "a stranger's"});
  EXPECT_EQ(DueCount(*cache_), 0u);
  EXPECT_EQ(HolderOf5(*cache_), 0);
}

TEST_F(RedisClaims, EveryKeyMayBeOfAnotherType) {
  for (const char* key : {kClaims, kDue, kSeat5, kPerformances}) {
    for (const bool list : {false, true}) {
      SCOPED_TRACE(std::string(key) + (list ? " is a list" : " is a string"));
      server_->Ask({"FLUSHALL"});
      ASSERT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kOk);
      server_->Ask({"DEL", key});
      server_->Ask({list ? "RPUSH" : "SET", key, "x"});
      const Claim claim = Make(5, 1, 7);
      (void)HolderOf5(*cache_);
      EXPECT_LE(DueCount(*cache_), 1u);
      EXPECT_TRUE(cache_->Drop({&claim, 1}, {}).ok());
      server_->Ask({"DEL", key});
      server_->Ask({list ? "RPUSH" : "SET", key, "x"});
      EXPECT_TRUE(cache_->Forget(kPerformance, {}).ok());
      ASSERT_EQ(Put(*cache_, Make(5, 2, 8)), Code::kOk);
      EXPECT_EQ(HolderOf5(*cache_), 2);
      EXPECT_EQ(DueCount(*cache_), 1u);
      EXPECT_GT(server_->Number({"PTTL", kSeat5}), 0);
    }
  }
}

TEST_F(RedisClaims, ForgottenScriptsAreSentAgain) {
  const Claim claim = Make(5, 1, 7);
  for (int i = 0; i < 3; ++i) {
    server_->Ask({"SCRIPT", "FLUSH"});
    ASSERT_EQ(Put(*cache_, claim), Code::kOk);
    server_->Ask({"SCRIPT", "FLUSH"});
    EXPECT_EQ(HolderOf5(*cache_), 1);
    server_->Ask({"SCRIPT", "FLUSH"});
    EXPECT_EQ(DueCount(*cache_), 1u);
    server_->Ask({"SCRIPT", "FLUSH"});
    ASSERT_TRUE(cache_->Drop({&claim, 1}, {}).ok());
  }
}

TEST_F(RedisClaims, ARestartedServerIsAnEmptyOne) {
  ASSERT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kOk);
  server_->Kill();
  EXPECT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kBusy);
  server_->Start();
  EXPECT_EQ(HolderOf5(*cache_), 0);
  ASSERT_EQ(Put(*cache_, Make(5, 2, 1)), Code::kOk);
  EXPECT_EQ(HolderOf5(*cache_), 2);
}

TEST_F(RedisClaims, AFullServerTakesNothingHalfAndLetsGo) {
  ASSERT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kOk);
  server_->Ask({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(Put(*cache_, Make(6, 1, 7)), Code::kOutOfMemory);
  Claim elsewhere = Make(5, 1, 7);
  elsewhere.performance = PerformanceId{8};
  EXPECT_EQ(Put(*cache_, elsewhere), Code::kOutOfMemory);
  EXPECT_EQ(server_->Number({"EXISTS", "seathold:{p8}:claims", "seathold:{p8}:due",
                             "seathold:{p8}:seat:5", "seathold:{p7}:seat:6"}),
            0);
  EXPECT_EQ(HolderOf5(*cache_), 1);
  EXPECT_EQ(DueCount(*cache_), 1u);
  const Claim claim = Make(5, 1, 7);
  EXPECT_TRUE(cache_->Drop({&claim, 1}, {}).ok());
  EXPECT_EQ(HolderOf5(*cache_), 0);
  server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_EQ(Put(*cache_, Make(6, 1, 7)), Code::kOk);
}

TEST_F(RedisClaims, EvictionForgetsAndBreaksNothing) {
  for (const char* policy : {"volatile-ttl", "allkeys-random", "allkeys-lru"}) {
    SCOPED_TRACE(policy);
    server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
    server_->Ask({"FLUSHALL"});
    server_->Ask({"CONFIG", "SET", "maxmemory-policy", policy});
    server_->Ask({"CONFIG", "SET", "maxmemory", "3mb"});
    for (std::uint64_t part = 0; part < 60; ++part) {
      std::vector<Claim> claims;
      for (std::uint64_t i = 1; i <= 200; ++i) claims.push_back(Make(part * 200 + i, 1, 1));
      for (Claim& claim : claims) claim.performance = PerformanceId{1 + part % 20};
      // What cannot be evicted fills up, too.
      const Code put = Put(*cache_, claims);
      EXPECT_TRUE(put == Code::kOk || put == Code::kOutOfMemory) << static_cast<int>(put);
    }
    const std::string stats = server_->Text({"INFO", "stats"});
    EXPECT_EQ(stats.find("evicted_keys:0\r"), std::string::npos);
    server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(Put(*cache_, Make(1, 1, 1)), Code::kOk);
    EXPECT_GE(DueCount(*cache_), 1u);
  }
}

TEST_F(RedisClaims, AReplicaThatMayNotBeWrittenIsBusy) {
  RedisServer master;
  server_->Ask({"REPLICAOF", "127.0.0.1", std::to_string(master.port())});
  EXPECT_EQ(Put(*cache_, Make(5, 1, 1)), Code::kBusy);
  server_->Ask({"REPLICAOF", "NO", "ONE"});
  EXPECT_EQ(Put(*cache_, Make(5, 1, 1)), Code::kOk);
}

TEST_F(RedisClaims, TwoPrefixesAreTwoCaches) {
  RedisOptions options = server_->Options(10'000);
  options.prefix = "other";
  const auto other = NewCache(options);
  ASSERT_EQ(Put(*cache_, Make(5, 1, 7)), Code::kOk);
  EXPECT_EQ(HolderOf5(*other), 0);
  EXPECT_EQ(DueCount(*other), 0u);
}

// While another process puts a performance off it may be out of sight for a moment, never for good.
TEST_F(RedisClaims, NothingDueIsMissedForGoodWhilePerformancesArePutOff) {
  constexpr std::uint8_t kRounds = 200;
  const auto sweeper = NewCache(server_->Options(10'000));
  std::atomic<bool> over{false};
  std::thread sweeping([&] {
    while (!over) (void)DueCount(*sweeper, kTtlMs);
  });
  for (std::uint8_t round = 1; round <= kRounds; ++round) {
    const Claim claim = Make(5, round, round);
    EXPECT_EQ(Put(*cache_, claim), Code::kOk);
    const Deadline patience = Deadline::After({5'000});
    bool seen = false;
    while (!seen && !patience.passed()) seen = DueCount(*cache_) == 1;
    EXPECT_TRUE(seen) << "round " << int{round};
    EXPECT_TRUE(cache_->Drop({&claim, 1}, {}).ok());
    if (!seen) break;
  }
  over = true;
  sweeping.join();
}

// Every call against a server in a bad state returns in time, and works once it is well.
class RedisClaimsFault : public RedisClaims {
 protected:
  void SetUp() override {
    RedisClaims::SetUp();
    if (server_) cache_ = NewCache(server_->Options(kTimeoutMs));
  }
  void ExpectBusyInTime() {
    const Claim claim = Make(5, 1, 7);
    Claim out[4];
    bool found = true;
    std::size_t n = 1;
    const std::function<Status()> calls[] = {
        [&] {
          return cache_->Put({&claim, 1}, kNow, {});
        },
        [&] {
          return cache_->Drop({&claim, 1}, {});
        },
        [&] { return cache_->Get(kPerformance, SeatId{5}, kNow, out, &found, {}); },
        [&] { return cache_->Due(kTimeMax, out, &n, {}); },
        [&] { return cache_->Forget(kPerformance, {}); },
    };
    for (const auto& call : calls) {
      const std::int64_t start_ns = MonotonicNs();
      EXPECT_EQ(call().code(), Code::kBusy);
      EXPECT_LE(MsSince(start_ns), kTimeoutMs + kSlackMs);
    }
    EXPECT_FALSE(found);
    EXPECT_EQ(n, 0u);
  }
  void ExpectWell() {
    ASSERT_EQ(Put(*cache_, Make(5, 9, 100)), Code::kOk);
    EXPECT_EQ(HolderOf5(*cache_), 9);
  }
};

TEST_F(RedisClaimsFault, Killed) {
  ExpectWell();
  server_->Kill();
  ExpectBusyInTime();
  server_->Start();
  ExpectWell();
}

TEST_F(RedisClaimsFault, Stopped) {
  ExpectWell();
  server_->Stop();
  ExpectBusyInTime();
  server_->Continue();
  ExpectWell();
}

TEST_F(RedisClaimsFault, InAnEndlessScript) {
  server_->Ask({"CONFIG", "SET", "busy-reply-threshold", "1"});
  RedisClient client(server_->Options(kTimeoutMs));
  const RedisCall endless{.args = {"EVAL", "while true do end", "0"}};
  std::vector<RedisReply> replies;
  EXPECT_EQ(client.Run({&endless, 1}, {}, &replies).code(), Code::kBusy);
  ExpectBusyInTime();
  server_->Ask({"SCRIPT", "KILL"});
  while (FirstWord(server_->Text({"PING"})) == "BUSY") std::this_thread::yield();
  ExpectWell();
}

TEST_F(RedisClaimsFault, OneByteAtATimeAndNonsense) {
  FakeServer slow([](int socket, const std::atomic<bool>& over) {
    while (!over) {
      if (FakeServer::Heard(socket).empty()) continue;
      for (const char byte : std::string("$10\r\n0123456789\r\n")) {
        FakeServer::Say(socket, {&byte, 1});
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
      }
    }
  });
  cache_ = NewCache(slow.Options(kTimeoutMs));
  ExpectBusyInTime();
  for (const char* text :
       {"+OK\r\n", "hello\r\n", "*-1\r\n", "*2\r\n$1\r\nx\r\n*0\r\n", "$3\r\nabcd"}) {
    SCOPED_TRACE(text);
    FakeServer nonsense(FakeServer::Always(text));
    cache_ = NewCache(nonsense.Options(kTimeoutMs));
    Claim out[4];
    std::size_t n = 1;
    bool found = true;
    const std::int64_t start_ns = MonotonicNs();
    EXPECT_NE(Put(*cache_, Make(5, 1, 7)), Code::kOk);
    (void)cache_->Get(kPerformance, SeatId{5}, kNow, out, &found, {});
    EXPECT_FALSE(found);
    (void)cache_->Due(kTimeMax, out, &n, {});
    EXPECT_EQ(n, 0u);
    EXPECT_LE(MsSince(start_ns), 3 * (kTimeoutMs + kSlackMs));
  }
}

}  // namespace claims_on_redis
}  // namespace seathold::testing
