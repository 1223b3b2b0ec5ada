// A master that a sentinel names: found, checked, and found again when it is another one.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "src/claims/redis/redis_claim_cache.h"
#include "tests/redis/redis_cluster.h"

namespace seathold::testing {
namespace sentinel_of_redis {

class UnderASentinel : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    master_.emplace(std::vector<std::string>{"--repl-diskless-sync-delay", "0"});
    replica_.emplace(std::vector<std::string>{"--replicaof", "127.0.0.1 " + Port(*master_),
                                              "--repl-diskless-sync-delay", "0",
                                              "--repl-ping-replica-period", "1"});
    ASSERT_TRUE(Soon([&] { return Says(*replica_, "master_link_status:up"); }));
    sentinel_.emplace(std::vector<std::string>{"--sentinel"});
    // After a pause of the machine it would look on for 30 s.
    sentinel_->Ask({"SENTINEL", "DEBUG", "info-period", "200", "ping-period", "100",
                    "publish-period", "200", "tilt-period", "1000"});
    sentinel_->Ask({"SENTINEL", "MONITOR", "hall", "127.0.0.1", Port(*master_), "1"});
    sentinel_->Ask({"SENTINEL", "SET", "hall", "down-after-milliseconds", "500"});
    sentinel_->Ask({"SENTINEL", "SET", "hall", "failover-timeout", "2000"});
    ASSERT_TRUE(Soon([&] {
      return sentinel_->Ask({"SENTINEL", "REPLICAS", "hall"}).items.size() == 1;
    }));
    cache_ = NewRedisClaimCache(std::make_shared<RedisClient>(Options("hall")));
  }
  static std::string Port(const RedisServer& server) { return std::to_string(server.port()); }
  static bool Says(RedisServer& server, const char* what) {
    try {
      return server.Text({"INFO", "replication"}).find(what) != std::string::npos;
    } catch (const std::runtime_error&) {
      return false;  // a sentinel that changes a role ends the server's connections
    }
  }
  RedisOptions Options(const std::string& name) const {
    RedisOptions options = sentinel_->Options(kTimeoutMs);
    options.sentinel = name;
    options.db = 2;
    return options;
  }
  Code PutInTime() {
    const Claim claim{.performance = PerformanceId{7},
                      .seat = SeatId{5},
                      .user = UserId{1},
                      .seat_version = ++version_,
                      .expires_at = AddMs(kNow, 300'000)};
    const std::int64_t start_ns = MonotonicNs();
    const Code code = cache_->Put({&claim, 1}, kNow, {}).code();
    EXPECT_LE(MsSince(start_ns), kTimeoutMs + kSlackMs);
    return code;
  }
  static std::int64_t ScriptsRunBy(RedisServer& server) {
    const std::string stats = server.Text({"INFO", "commandstats"});
    std::int64_t count = 0;
    for (const std::string name : {"cmdstat_eval:calls=", "cmdstat_evalsha:calls="}) {
      const std::size_t at = stats.find(name);
      if (at != stats.npos) count += std::stoll(stats.substr(at + name.size()));
    }
    return count;
  }

  std::optional<RedisServer> master_, replica_, sentinel_;
  std::unique_ptr<ClaimCache> cache_;
  std::uint64_t version_ = 0;
};

TEST_F(UnderASentinel, AKilledMasterIsReplacedAndNotWrittenWhenItIsBack) {
  ASSERT_EQ(PutInTime(), Code::kOk);
  EXPECT_NE(master_->Text({"INFO", "keyspace"}).find("db2"), std::string::npos);
  master_->Kill();
  EXPECT_EQ(PutInTime(), Code::kBusy);
  EXPECT_TRUE(Soon([&] { return PutInTime() == Code::kOk; }));
  EXPECT_TRUE(Says(*replica_, "role:master"));
  master_->Start();  // believes to be the master until the sentinel tells it
  EXPECT_TRUE(Soon([&] {
    EXPECT_EQ(PutInTime(), Code::kOk);
    return Says(*master_, "role:slave") && Says(*master_, "master_link_status:up");
  }));
  EXPECT_EQ(ScriptsRunBy(*master_), 0);
}

TEST_F(UnderASentinel, ADemotedMasterIsLeftAtItsFirstWord) {
  ASSERT_EQ(PutInTime(), Code::kOk);
  // Once the sentinel has looked at the replica.
  ASSERT_TRUE(Soon([&] { return sentinel_->Text({"SENTINEL", "FAILOVER", "hall"}) == "OK"; }));
  ASSERT_TRUE(Soon([&] { return Says(*replica_, "role:master") && Says(*master_, "role:slave"); }));
  EXPECT_TRUE(Soon([&] { return PutInTime() == Code::kOk; }));
  const std::int64_t before = ScriptsRunBy(*replica_);
  EXPECT_EQ(PutInTime(), Code::kOk);
  EXPECT_GT(ScriptsRunBy(*replica_), before);
}

// The sentinel still names it, and it is none: not even read.
TEST_F(UnderASentinel, WhoSaysThatItIsNoMasterIsNotAsked) {
  sentinel_->Ask({"SENTINEL", "SET", "hall", "down-after-milliseconds", "60000"});
  master_->Ask({"REPLICAOF", "127.0.0.1", Port(*replica_)});
  Claim claim;
  bool found = false;
  const std::int64_t before = ScriptsRunBy(*master_);
  EXPECT_EQ(cache_->Get(PerformanceId{7}, SeatId{5}, kNow, &claim, &found, {}).code(), Code::kBusy);
  EXPECT_EQ(ScriptsRunBy(*master_), before);
}

TEST_F(UnderASentinel, ANameThatItDoesNotKnowIsAnError) {
  RedisClient client(Options("stall"));
  const RedisCall ping{.args = {"PING"}, .expected = RedisReply::Kind::kText};
  std::vector<RedisReply> replies;
  const Status status = client.Run({&ping, 1}, {}, &replies);
  EXPECT_EQ(status.code(), Code::kCannotOpen);
  EXPECT_NE(status.text().find("'stall'"), std::string::npos);
}

}  // namespace sentinel_of_redis
}  // namespace seathold::testing
