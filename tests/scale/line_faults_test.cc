// What a waiting line on Redis can lose without anybody losing their place.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>

#include "tests/processes/rendezvous.h"
#include "tests/queue/queue_hall.h"
#include "tests/redis/redis_cluster.h"

namespace seathold::testing {
namespace {

constexpr const char* kLineKeys[] = {"line", "waiting", "heard", "inside"};

class ScaleLine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    server_.emplace();
    hall_.options.rebuild_grace_ms = 0;
    hall_.options.line = server_->Uri("?timeout_ms=2000");
  }
  std::string Key(const char* name) const {
    return "seathold:{s" + std::to_string(hall_.show.value) + "}:" + name;
  }
  // 1 has paid and is through, 2 and 3 are inside, 4 .. 6 wait.
  void SixBuyers() {
    hall_.Build(Gated(2), nullptr);
    places_.clear();
    through_.clear();
    for (std::uint64_t user = 1; user <= 6; ++user) places_[user] = hall_.Join(user);
    ASSERT_NO_FATAL_FAILURE(PayAndLetIn(1, 3));
  }
  // `buyer` is through, and it is the next one's turn.
  void PayAndLetIn(std::uint64_t buyer, std::uint64_t next) {
    const HoldId id{hall_.engine->NewId()};
    const auto seat = static_cast<std::uint32_t>(buyer);
    ASSERT_TRUE(hall_.Hold(buyer, seat, places_[buyer].pass.view(), id).status.ok());
    ASSERT_TRUE(hall_.Pay(buyer, id).ok());
    through_[buyer] = places_[buyer];
    places_.erase(buyer);
    ASSERT_EQ(hall_.Admit(), 1);
    places_[next] = hall_.Poll(places_[next].token.view());
    ASSERT_EQ(places_[next].state, LineState::kAdmitted);
  }
  // Whoever was inside or waited is there as before, and a newcomer behind them.
  void ExpectEveryPlaceKept() {
    const Place newcomer = hall_.Join(999);
    EXPECT_EQ(newcomer.state, LineState::kWaiting) << newcomer.status.text();
    EXPECT_EQ(hall_.Admit(), 0) << "the cap holds before anybody is back";
    for (const auto& [user, place] : places_) {
      (void)hall_.Poll(place.pass.empty() ? place.token.view() : place.pass.view());
    }
    std::uint64_t ahead = 0;
    for (const auto& [user, place] : places_) {
      const Place back = hall_.Poll(place.token.view());
      ASSERT_TRUE(back.status.ok()) << "user " << user << ": " << back.status.text();
      EXPECT_EQ(back.sequence, place.sequence) << "user " << user;
      EXPECT_EQ(back.state, place.state) << "user " << user;
      EXPECT_EQ(back.ahead, ahead) << "user " << user;
      ahead += place.state == LineState::kWaiting;
    }
    EXPECT_EQ(hall_.Poll(newcomer.token.view()).ahead, ahead);
    EXPECT_EQ(hall_.Admit(), 0) << "the cap holds";
    EXPECT_EQ(hall_.Stats().active, 2u);
    ExpectSpent();
  }
  // Neither the pass nor the token of who has paid is good for anything.
  void ExpectSpent() {
    for (const auto& [user, place] : through_) {
      EXPECT_EQ(hall_.Poll(place.pass.view()).status.code(), Code::kPassSpent);
      EXPECT_EQ(hall_.Poll(place.token.view()).status.code(), Code::kPassSpent);
      EXPECT_EQ(hall_.Hold(user, 77, place.pass.view()).status.code(), Code::kPassSpent);
    }
  }
  bool Whole() {
    for (const char* name : kLineKeys) {
      if (server_->Number({"EXISTS", Key(name)}) == 0) return false;
    }
    return true;
  }

  std::optional<RedisServer> server_;
  QueueHall hall_;
  std::map<std::uint64_t, Place> places_, through_;  // by user: in the line, and through
};

TEST_F(ScaleLine, EachKeyDeletedInTurnCostsNobodyTheirPlaceAndRevivesNothing) {
  for (const char* name : kLineKeys) {
    SCOPED_TRACE(name);
    server_->Ask({"FLUSHALL"});
    ASSERT_NO_FATAL_FAILURE(SixBuyers());
    server_->Ask({"DEL", Key(name)});
    ExpectEveryPlaceKept();
  }
}

TEST_F(ScaleLine, EachKeyOfAnotherTypeCostsNobodyTheirPlace) {
  for (const char* name : kLineKeys) {
    SCOPED_TRACE(name);
    server_->Ask({"FLUSHALL"});
    ASSERT_NO_FATAL_FAILURE(SixBuyers());
    server_->Ask({"DEL", Key(name)});
    server_->Ask({"RPUSH", Key(name), "x"});
    ExpectEveryPlaceKept();
  }
}

TEST_F(ScaleLine, EvictionCostsNobodyTheirPlace) {
  for (int round = 0; round < 3; ++round) {
    server_->Ask({"FLUSHALL"});
    server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
    ASSERT_NO_FATAL_FAILURE(SixBuyers());
    server_->Ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-random"});
    server_->Ask({"CONFIG", "SET", "maxmemory", "3mb"});
    const std::string much(50'000, 'x');
    for (int i = 0; i < 10'000 && Whole(); ++i) {
      server_->Ask({"SET", "other:" + std::to_string(i), much});
    }
    ASSERT_FALSE(Whole()) << "nothing of the line was evicted";
    ExpectEveryPlaceKept();
  }
}

// A replica that lags behind takes over the address: what happened since is not there. Two hosts
// sell, and what happened came through the first.
class ScaleStaleReplica : public ScaleLine {
 protected:
  void SetUp() override {
    ScaleLine::SetUp();
    hall_.options.storage = "sqlite:" + dir_.File("concert.db");
  }
  void TearDown() override { other_.engine.reset(); }

  void Follow() { replica_.emplace().Follow(*server_); }
  // Where `waiting` and `inside` are known, it hears no more.
  void FallBehind(std::int64_t waiting, std::int64_t inside) {
    const Deadline patience = Deadline::After({20'000});
    while (replica_->Number({"ZCARD", Key("waiting")}) != 1 + waiting ||
           replica_->Number({"ZCARD", Key("inside")}) != 1 + inside) {
      ASSERT_FALSE(patience.passed()) << "the replica does not follow";
      NapMs(10);
    }
    replica_->Ask({"REPLICAOF", "NO", "ONE"});
  }
  void TakeOver() {
    const std::string port = std::to_string(server_->port());
    server_->Kill();
    ASSERT_EQ(replica_->Text({"CONFIG", "SET", "port", port}), "OK");
  }
  void Promote() {
    Follow();
    ASSERT_NO_FATAL_FAILURE(SixBuyers());
    OpenOther();
    ASSERT_NO_FATAL_FAILURE(FallBehind(3, 2));
    for (const std::uint64_t user : {7u, 8u}) places_[user] = hall_.Join(user);
    ASSERT_NO_FATAL_FAILURE(PayAndLetIn(2, 4));
    ASSERT_NO_FATAL_FAILURE(TakeOver());
  }
  // The second host, which gives nobody a place before the replica takes over.
  void OpenOther() {
    other_.options = hall_.options;
    other_.clock = hall_.clock;
    other_.show = hall_.show;
    other_.Open();
  }

  const QueueDir dir_;
  QueueHall other_;
  std::optional<RedisServer> replica_;
};

TEST_F(ScaleStaleReplica, CostsNobodyTheirPlaceWhenANewcomerIsTheFirstToCome) {
  ASSERT_NO_FATAL_FAILURE(Promote());
  ExpectEveryPlaceKept();
}

TEST_F(ScaleStaleReplica, CostsNobodyTheirPlaceWhenWhoJoinedLastIsTheFirstToCome) {
  ASSERT_NO_FATAL_FAILURE(Promote());
  (void)hall_.Poll(places_[8].token.view());
  ExpectEveryPlaceKept();
}

TEST_F(ScaleStaleReplica, CostsNobodyTheirPlaceWhenANewcomerComesThroughTheOtherHost) {
  ASSERT_NO_FATAL_FAILURE(Promote());
  for (const std::uint64_t user : {999u, 1'000u, 1'001u}) {
    const Place newcomer = other_.Join(user);
    EXPECT_EQ(newcomer.state, LineState::kWaiting) << newcomer.status.text();
  }
  ExpectEveryPlaceKept();
}

// Whoever went straight in since is not known to it.
TEST_F(ScaleStaleReplica, KeepsTheCapWhenANewcomerComesThroughTheOtherHost) {
  Follow();
  hall_.Build(Gated(2), nullptr);
  OpenOther();
  ASSERT_NO_FATAL_FAILURE(FallBehind(0, 0));
  for (const std::uint64_t user : {1u, 2u}) {
    places_[user] = hall_.Join(user);
    ASSERT_EQ(places_[user].state, LineState::kAdmitted);
  }
  ASSERT_NO_FATAL_FAILURE(TakeOver());
  const Place newcomer = other_.Join(999);
  EXPECT_EQ(newcomer.state, LineState::kWaiting) << newcomer.status.text();
  ExpectEveryPlaceKept();
}

// As it has it, 2 has yet to pay and 4 to come in.
TEST_F(ScaleStaleReplica, LetsNobodyInBeyondTheCap) {
  ASSERT_NO_FATAL_FAILURE(Promote());
  hall_.clock->AdvanceMs(1'000);
  EXPECT_EQ(hall_.Admit(), 0);
  ExpectEveryPlaceKept();
}

class ScaleClusterLine : public ScaleLine {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    cluster_ = &RedisCluster::Whole();
    static int made = 0;
    const std::string prefix = "line" + std::to_string(++made);
    hall_.options.rebuild_grace_ms = 0;
    hall_.options.line = cluster_->Uri("&timeout_ms=2000&prefix=" + prefix);
    ASSERT_NO_FATAL_FAILURE(SixBuyers());
    keys_ = prefix + ":{s" + std::to_string(hall_.show.value) + "}:";
  }

  RedisCluster* cluster_ = nullptr;
  std::string keys_;  // what they begin with
};

TEST_F(ScaleClusterLine, AMasterKilledCostsNobodyTheirPlace) {
  RedisServer& master = cluster_->MasterOf(keys_);
  RedisServer& replica = cluster_->ReplicaOf(master);
  for (const std::uint64_t user : {7u, 8u}) places_[user] = hall_.Join(user);
  master.Kill();
  EXPECT_EQ(hall_.Join(999).status.code(), Code::kBusy);
  ASSERT_TRUE(Soon([&] { return hall_.Join(999).status.ok(); }));
  EXPECT_EQ(replica.Ask({"ROLE"}).items[0].text, "master");
  ExpectEveryPlaceKept();
}

TEST_F(ScaleClusterLine, ASlotMovedCostsNobodyTheirPlace) {
  RedisServer& master = cluster_->MasterOf(keys_);
  RedisServer& other = cluster_->OtherMaster(master);
  const std::size_t slot = RedisSlotOf(keys_);
  cluster_->BeginToMove(slot, master, other);
  cluster_->Move(keys_ + kLineKeys[0], master, other);
  EXPECT_EQ(hall_.Join(999).status.code(), Code::kBusy);  // it is neither here nor there
  for (const char* name : kLineKeys) cluster_->Move(keys_ + name, master, other);
  cluster_->EndMoving(slot, master, other);
  ExpectEveryPlaceKept();
}

}  // namespace
}  // namespace seathold::testing
