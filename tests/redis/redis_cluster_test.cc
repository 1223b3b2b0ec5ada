// Claims and lines on a Redis cluster, whatever becomes of its nodes and slots.
#include "tests/redis/redis_cluster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "src/claims/redis/redis_claim_cache.h"
#include "tests/redis/fake_server.h"

namespace seathold::testing {
namespace cluster_of_redis {

using Kind = RedisReply::Kind;
constexpr std::int64_t kLongMs = 10'000;
constexpr std::int64_t kRecoveryMs = 5'000;

// Keys that no other test of the run has.
RedisOptions NewOptions(std::int64_t timeout_ms) {
  static int made = 0;
  RedisOptions options = RedisCluster::Whole().Options(timeout_ms);
  options.prefix = "t" + std::to_string(++made);
  return options;
}

class OnACluster : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    cluster_ = &RedisCluster::Whole();
    options_ = NewOptions(kLongMs);
  }
  std::string KeyOf(std::uint64_t performance, const std::string& rest) const {
    return options_.prefix + ":{p" + std::to_string(performance) + "}:" + rest;
  }
  // A performance whose claims this master keeps.
  std::uint64_t PerformanceAt(RedisServer& master) const {
    std::uint64_t performance = 1;
    while (&cluster_->MasterOf(KeyOf(performance, "")) != &master) ++performance;
    return performance;
  }
  static Claim Make(std::uint64_t performance, std::uint64_t seat, std::uint64_t version = 1) {
    Claim claim{.performance = PerformanceId{performance}, .seat = SeatId{seat}};
    claim.hold.value[15] = static_cast<std::uint8_t>(version);
    claim.user = UserId{1};
    claim.seat_version = version;
    claim.expires_at = AddMs(kNow, 300'000);
    return claim;
  }
  static Code Put(ClaimCache& cache, const Claim& claim) {
    return cache.Put({&claim, 1}, kNow, {}).code();
  }
  static std::uint64_t VersionOf(ClaimCache& cache, std::uint64_t performance, std::uint64_t seat) {
    Claim claim;
    bool found = false;
    const Status status =
        cache.Get(PerformanceId{performance}, SeatId{seat}, kNow, &claim, &found, {});
    return status.ok() && found ? claim.seat_version : 0;
  }
  std::unique_ptr<ClaimCache> Claims(std::int64_t timeout_ms) const {
    RedisOptions options = options_;
    options.timeout_ms = timeout_ms;
    return NewRedisClaimCache(std::make_shared<RedisClient>(options));
  }

  // How often a node was told to do something.
  static std::int64_t CountOf(RedisServer& node, const std::string& command) {
    const std::string stats = node.Text({"INFO", "commandstats"});
    const std::string name = "cmdstat_" + command + ":calls=";
    const std::size_t at = stats.find(name);
    return at == stats.npos ? 0 : std::stoll(stats.substr(at + name.size()));
  }

  RedisCluster* cluster_ = nullptr;
  RedisOptions options_;
};

TEST_F(OnACluster, EachCallGoesToWhoKeepsItsKeys) {
  RedisClient client(options_);
  std::vector<RedisCall> calls;
  for (int i = 0; i < 60; ++i) {
    const std::string key = options_.prefix + std::to_string(i);
    calls.push_back(
        {.keys = {key}, .args = {"SET", key, std::to_string(i)}, .expected = Kind::kText});
    calls.push_back({.keys = {key}, .args = {"INCR", key}});
  }
  std::vector<RedisReply> replies;
  const std::int64_t before = CountOf(cluster_->node(0), "set");
  ASSERT_TRUE(client.Run(calls, {}, &replies).ok());
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(replies[2 * static_cast<std::size_t>(i) + 1].integer, i + 1);
  EXPECT_EQ(cluster_->MasterOf(options_.prefix + "7").Text({"GET", options_.prefix + "7"}), "8");
  EXPECT_EQ(client.Servers().size(), 3u);
  EXPECT_LT(CountOf(cluster_->node(0), "set") - before, 60);
}

TEST_F(OnACluster, AnySeedTellsTheRestAlsoBehindOneThatIsGone) {
  for (std::size_t i = 0; i < RedisCluster::kNodes; ++i) {
    RedisOptions options = options_;
    options.host = "127.0.0.1";
    options.port = FreePort();
    options.other_hosts = {{"127.0.0.1", cluster_->node(i).port()}};
    const auto cache = NewRedisClaimCache(std::make_shared<RedisClient>(options));
    for (std::uint64_t p = 1; p <= 10; ++p) ASSERT_EQ(Put(*cache, Make(p, 1, i + 1)), Code::kOk);
    for (std::uint64_t p = 1; p <= 10; ++p) EXPECT_EQ(VersionOf(*cache, p, 1), i + 1);
  }
}

// A seed that hangs costs a part of the time of a call. Seeds are asked in the order of their
// addresses, so it is one in front of a node.
TEST_F(OnACluster, ASeedThatHangsLeavesTimeForTheNext) {
  RedisOptions options = options_;
  options.timeout_ms = 1'000;
  for (const RedisAddress& node : options_.other_hosts) {
    if (node.port > options.port) options.port = node.port;
  }
  options.other_hosts.clear();
  std::vector<std::unique_ptr<FakeServer>> hanging;
  do {
    hanging.push_back(std::make_unique<FakeServer>([](int, const std::atomic<bool>& over) {
      while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }));
  } while (hanging.back()->Options(1).port > options.port);
  options.other_hosts = {AddressOf(hanging.back()->Options(1))};
  RedisClient client(options);
  const RedisCall call{.keys = {"k"}, .args = {"EXISTS", "k"}};
  std::vector<RedisReply> replies;
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(client.Run({&call, 1}, {}, &replies).code(), Code::kOk);
  EXPECT_GE(MsSince(start_ns), 400);
}

// What has gone over already is asked of the target: each command with an ASKING of its own, the
// script that it does not know yet as well.
TEST_F(OnACluster, ClaimsThatHaveGoneOverAreAskedOfTheTarget) {
  const auto cache = Claims(kLongMs);
  RedisServer& from = cluster_->MasterOf(KeyOf(1, ""));
  RedisServer& to = cluster_->OtherMaster(from);
  const std::size_t slot = RedisSlotOf(KeyOf(1, ""));
  ASSERT_EQ(Put(*cache, Make(1, 1)), Code::kOk);
  cluster_->BeginToMove(slot, from, to);
  for (const char* key : {"claims", "due", "seat:1"}) cluster_->Move(KeyOf(1, key), from, to);
  for (const std::uint64_t version : {5u, 6u}) {
    to.Ask({"SCRIPT", "FLUSH"});
    EXPECT_EQ(Put(*cache, Make(1, 1, version)), Code::kOk);
    EXPECT_EQ(VersionOf(*cache, 1, 1), version);
  }
  // The server cannot tell a key that is new from one that has not come over yet.
  EXPECT_EQ(Put(*cache, Make(1, 2)), Code::kBusy);
  cluster_->EndMoving(slot, from, to);
  EXPECT_EQ(&cluster_->MasterOf(KeyOf(1, "")), &to);
  EXPECT_EQ(VersionOf(*cache, 1, 1), 6u);
  EXPECT_EQ(Put(*cache, Make(1, 2)), Code::kOk);
}

// Some keys here, some there: the step is dropped, at once, and those of other slots are not.
TEST_F(OnACluster, AStepOverTwoNodesIsDroppedAndNotRepeated) {
  const auto cache = Claims(kLongMs);
  RedisServer& from = cluster_->MasterOf(KeyOf(1, ""));
  RedisServer& to = cluster_->OtherMaster(from);
  const std::size_t slot = RedisSlotOf(KeyOf(1, ""));
  const std::uint64_t elsewhere = PerformanceAt(to);
  ASSERT_EQ(Put(*cache, Make(1, 1)), Code::kOk);
  cluster_->BeginToMove(slot, from, to);
  cluster_->Move(KeyOf(1, "due"), from, to);
  const std::int64_t before = CountOf(to, "asking");
  const Claim both[] = {Make(1, 2), Make(elsewhere, 3, 9)};
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(cache->Put(both, kNow, {}).code(), Code::kBusy);
  EXPECT_LE(MsSince(start_ns), 2'000);  // of ten seconds
  EXPECT_LE(CountOf(to, "asking") - before, 1);
  EXPECT_EQ(VersionOf(*cache, elsewhere, 3), 9u);
  for (const char* key : {"claims", "seat:1"}) cluster_->Move(KeyOf(1, key), from, to);
  cluster_->EndMoving(slot, from, to);
  EXPECT_EQ(Put(*cache, Make(1, 2, 4)), Code::kOk);
  EXPECT_EQ(VersionOf(*cache, 1, 1), 1u);
  EXPECT_EQ(VersionOf(*cache, 1, 2), 4u);
}

// Whoever takes a performance out of the list of those that have something due looks at its claims
// after that: it must never be listed ahead of them.
TEST_F(OnACluster, APerformanceIsListedBehindItsClaims) {
  const std::string list = options_.prefix + ":performances";
  RedisServer& lists = cluster_->MasterOf(list);
  RedisServer& claims = cluster_->OtherMaster(lists);
  const std::uint64_t performance = PerformanceAt(claims);
  const auto cache = Claims(kLongMs);
  ASSERT_EQ(Put(*cache, Make(performance, 1)), Code::kOk);  // all are connected
  lists.Ask({"DEL", list});
  claims.Stop();
  std::thread putting([&] { EXPECT_EQ(Put(*cache, Make(performance, 2)), Code::kOk); });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // it is under way
  EXPECT_EQ(lists.Number({"EXISTS", list}), 0);
  claims.Continue();
  putting.join();
  EXPECT_EQ(lists.Number({"EXISTS", list}), 1);
}

TEST_F(OnACluster, AMasterThatHangsKeepsNothingFromTheOthers) {
  const auto cache = Claims(kTimeoutMs);
  RedisServer& list = cluster_->MasterOf(options_.prefix + ":performances");
  for (int i = 0; i < 2; ++i) {  // of two one is asked before the other
    RedisServer& hanging = i == 0 ? list : cluster_->OtherMaster(list);
    RedisServer& other = cluster_->OtherMaster(hanging);
    const Claim both[] = {Make(PerformanceAt(hanging), 1, 2), Make(PerformanceAt(other), 1, 2)};
    ASSERT_TRUE(Soon([&] { return cache->Put(both, kNow, {}).ok(); }));
    hanging.Stop();
    for (const std::uint64_t seat : {2u, 3u}) {  // by connections that are there, and by new ones
      const Claim next[] = {Make(both[0].performance.value, seat),
                            Make(both[1].performance.value, seat)};
      const std::int64_t start_ns = MonotonicNs();
      EXPECT_EQ(cache->Put(next, kNow, {}).code(), Code::kBusy);
      EXPECT_LE(MsSince(start_ns), kTimeoutMs + kSlackMs);
      EXPECT_EQ(VersionOf(*cache, next[1].performance.value, seat), 1u);
    }
    hanging.Continue();
  }
}

// A slot goes from node to node while its claims are written: what was said to be stored is there.
TEST_F(OnACluster, NoClaimIsLostWhileItsSlotIsMoved) {
  // A busy machine keeps a node silent: its replica would follow it without its last claims.
  cluster_->PutUpWith(60'000);
  const auto cache = Claims(kLongMs);
  std::atomic<bool> over{false};
  std::atomic<int> stored{0}, busy{0};
  std::vector<std::uint64_t> versions(20);
  std::string why;  // the latest was busy
  std::thread writing([&] {
    for (std::uint64_t version = 1; !over; ++version) {
      for (std::uint64_t seat = 0; seat < versions.size() && !over; ++seat) {
        const Claim claim = Make(1, seat + 1, version);
        const Status status = cache->Put({&claim, 1}, kNow, {});
        EXPECT_TRUE(status.ok() || status == Code::kBusy) << status.text();
        if (!status.ok()) {  // half of its keys are there: busy at once
          why = status.text();
          ++busy;
          continue;
        }
        versions[seat] = version;
        ++stored;
      }
    }
  });
  const std::size_t slot = RedisSlotOf(KeyOf(1, ""));
  bool went_on = true;
  for (int i = 0; i < 6 && went_on; ++i) {
    RedisServer& from = cluster_->MasterOf(KeyOf(1, ""));
    cluster_->MoveAll(slot, from, cluster_->OtherMaster(from));
    const int before = stored;
    went_on = went_on && Soon([&] { return stored > before + 20; });
  }
  over = true;
  writing.join();
  EXPECT_TRUE(went_on) << stored << " stored, " << busy << " busy: " << why;
  for (std::uint64_t seat = 0; seat < versions.size(); ++seat) {
    EXPECT_GE(VersionOf(*cache, 1, seat + 1), versions[seat]) << "seat " << seat + 1;
  }
}

// Every call while something happens to a master, and whether claims there come back.
class AMasterInTrouble : public OnACluster {
 protected:
  void SetUp() override {
    OnACluster::SetUp();
    if (IsSkipped()) return;
    cache_ = Claims(kTimeoutMs);
    master_ = &cluster_->MasterOf(KeyOf(1, ""));
    other_ = PerformanceAt(cluster_->OtherMaster(*master_));
    ASSERT_TRUE(Soon([&] { return PutInTime(1) == Code::kOk && PutInTime(other_) == Code::kOk; }));
  }
  Code PutInTime(std::uint64_t performance) {
    const std::int64_t start_ns = MonotonicNs();
    const Code code = Put(*cache_, Make(performance, 1, ++version_));
    EXPECT_LE(MsSince(start_ns), kTimeoutMs + kSlackMs);
    EXPECT_TRUE(code == Code::kOk || code == Code::kBusy) << static_cast<int>(code);
    return code;
  }
  // Calls all the time until every node that is there has a master for every slot, and after that
  // until claims are stored again; how long the latter took.
  std::int64_t MsUntilWellAgain() {
    EXPECT_TRUE(Soon([&] {
      (void)PutInTime(1);
      (void)PutInTime(other_);
      return IsServed();
    }));
    const std::int64_t start_ns = MonotonicNs();
    EXPECT_TRUE(Soon([&] { return PutInTime(1) == Code::kOk && PutInTime(other_) == Code::kOk; }));
    return MsSince(start_ns);
  }
  bool IsServed() {
    for (std::size_t i = 0; i < RedisCluster::kNodes; ++i) {
      RedisServer& node = cluster_->node(i);
      if (node.is_running() && !IsStopped(node) &&
          node.Text({"CLUSTER", "INFO"}).find("cluster_state:ok") == std::string::npos) {
        return false;
      }
    }
    return &cluster_->MasterOf(KeyOf(1, "")) != master_ || master_->is_running();
  }
  bool IsStopped(const RedisServer& node) const { return &node == stopped_; }

  std::unique_ptr<ClaimCache> cache_;
  RedisServer* master_ = nullptr;
  const RedisServer* stopped_ = nullptr;
  std::uint64_t other_ = 0;
  std::uint64_t version_ = 0;
};

TEST_F(AMasterInTrouble, KilledIsReplaced) {
  master_->Kill();
  EXPECT_EQ(PutInTime(1), Code::kBusy);
  EXPECT_LE(MsUntilWellAgain(), kRecoveryMs);
  EXPECT_NE(&cluster_->MasterOf(KeyOf(1, "")), master_);
  EXPECT_EQ(VersionOf(*cache_, 1, 1), version_ - 1);
  master_->Start();  // a replica now
  EXPECT_TRUE(cluster_->IsWholeSoon());
  EXPECT_EQ(PutInTime(1), Code::kOk);
}

TEST_F(AMasterInTrouble, RestartedIsEmptyAndTakesClaimsAgain) {
  master_->Kill();
  master_->Start();
  EXPECT_LE(MsUntilWellAgain(), kRecoveryMs);
  EXPECT_EQ(VersionOf(*cache_, 1, 1), version_ - 1);
}

TEST_F(AMasterInTrouble, HandedOverByPlan) {
  RedisServer& replica = cluster_->ReplicaOf(*master_);
  ASSERT_EQ(replica.Text({"CLUSTER", "FAILOVER"}), "OK");
  ASSERT_TRUE(Soon([&] {
    (void)PutInTime(1);
    return &cluster_->MasterOf(KeyOf(1, "")) == &replica;
  }));
  EXPECT_LE(MsUntilWellAgain(), kRecoveryMs);
  EXPECT_TRUE(cluster_->IsWholeSoon());
}

}  // namespace cluster_of_redis
}  // namespace seathold::testing
