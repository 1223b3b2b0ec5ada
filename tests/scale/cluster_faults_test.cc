// The nodes and slots of a cluster that has the claims of a sale come and go.
#include "tests/scale/trading.h"

namespace seathold::testing {
namespace {

class ScaleCluster : public ScaleTrading {
 protected:
  void SetUp() override {
    ScaleTrading::SetUp();
    if (IsSkipped()) return;
    cluster_ = &RedisCluster::Whole();
    RedisOptions redis = cluster_->Options(kClaimTimeoutMs);
    redis.prefix = "trade";
    ASSERT_NO_FATAL_FAILURE(StartTrading(redis));
    claims_ = redis.prefix + ":{p" + std::to_string(hall_.performance.value) + "}:";
  }

  RedisServer& ClaimsMaster() { return cluster_->MasterOf(claims_); }
  // All but `gone` say that every slot is served, and `replica` does what `gone` did.
  void AwaitTakeover(RedisServer& replica, const RedisServer& gone) {
    EXPECT_TRUE(Soon([&] {
      if (replica.Ask({"ROLE"}).items[0].text != "master") return false;
      for (std::size_t i = 0; i < RedisCluster::kNodes; ++i) {
        RedisServer& node = cluster_->node(i);
        const bool ok = &node == &gone || node.Text({"CLUSTER", "INFO"}).starts_with(kServed);
        if (!ok) return false;
      }
      return true;
    }));
  }

  // Some more are written.
  void AwaitClaims() {
    const std::uint64_t before = trade_->times.put;
    EXPECT_TRUE(Soon([&] { return trade_->times.put > before + 20; }));
  }

  static constexpr std::string_view kServed = "cluster_state:ok";
  RedisCluster* cluster_ = nullptr;
  std::string claims_;  // what their keys begin with
};

TEST_F(ScaleCluster, NothingThatBecomesOfItsNodesChangesASaleOrHoldsItUp) {
  RedisServer* master = &ClaimsMaster();
  RedisServer* replica = &cluster_->ReplicaOf(*master);
  Suffer(
      "a master killed", 0, [&] { master->Kill(), AwaitTakeover(*replica, *master); }, [] {});
  EXPECT_TRUE(Soon([&] { return &ClaimsMaster() == replica; }));
  Suffer(
      "it is back as a replica", LongMs(), [&] { master->Start(); }, [] {});
  ASSERT_TRUE(cluster_->IsWholeSoon());

  master = &ClaimsMaster();
  const std::size_t slot = RedisSlotOf(claims_);
  Suffer(
      "its slot moved there and back", 0,
      [&] {
        RedisServer& other = cluster_->OtherMaster(*master);
        cluster_->MoveAll(slot, *master, other);
        AwaitClaims();
        cluster_->MoveAll(slot, other, *master);
      },
      [] {});

  cluster_->PutUpWith(60'000);
  Suffer(
      "a master stopped", FullCounts() ? 3'000 : 1'500, [&] { master->Stop(); },
      [&] { master->Continue(); });
  cluster_->PutUpWith(kNodeTimeoutMs);
  ASSERT_TRUE(cluster_->IsWholeSoon());

  master = &ClaimsMaster();
  replica = &cluster_->ReplicaOf(*master);
  Suffer(
      "a master stopped and replaced", 0, [&] { master->Stop(), AwaitTakeover(*replica, *master); },
      [] {});
  Suffer(
      "it goes on and finds itself a replica", LongMs(), [&] { master->Continue(); }, [] {});
  ASSERT_TRUE(cluster_->IsWholeSoon());

  master = &ClaimsMaster();
  replica = &cluster_->ReplicaOf(*master);
  Suffer(
      "handed over by plan", 0,
      [&] {
        EXPECT_EQ(replica->Text({"CLUSTER", "FAILOVER"}), "OK");
        AwaitTakeover(*replica, *replica);
      },
      [] {});
  EndTrading();
}

}  // namespace
}  // namespace seathold::testing
