// A queue whose waiting line is on a Redis server, through the engine.
#include <gtest/gtest.h>

#include <optional>

#include "tests/queue/queue_hall.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace {

class RedisQueue : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    server_.emplace();
    Use("?timeout_ms=2000");
    hall_.options.rebuild_grace_ms = 0;
  }
  void Use(const std::string& rest) {
    hall_.options.line = hall_.options.claims = server_->Uri(rest);
  }
  std::string Key(const char* name) const {
    return "seathold:{s" + std::to_string(hall_.show.value) + "}:" + name;
  }
  // Two inside, four waiting.
  std::vector<Place> SixBuyers() {
    hall_.Build(Gated(2), nullptr);
    std::vector<Place> places;
    for (std::uint64_t user = 1; user <= 6; ++user) places.push_back(hall_.Join(user));
    EXPECT_EQ(places[1].state, LineState::kAdmitted);
    EXPECT_EQ(places[5].ahead, 3u);
    return places;
  }
  void ExpectEveryPlaceKept(const std::vector<Place>& places) {
    const Place newcomer = hall_.Join(999);
    EXPECT_EQ(newcomer.state, LineState::kWaiting) << newcomer.status.text();
    for (const Place& place : places) (void)hall_.Poll(Shown(place));
    for (const Place& place : places) {
      const Place back = hall_.Poll(Shown(place));
      ASSERT_TRUE(back.status.ok()) << back.status.text();
      EXPECT_EQ(back.sequence, place.sequence);
      EXPECT_EQ(back.state, place.state);
      EXPECT_EQ(back.ahead, place.ahead);
    }
    EXPECT_EQ(hall_.Poll(newcomer.token.view()).ahead, 4u);
    EXPECT_EQ(hall_.Admit(), 0) << "the cap holds";
  }
  static std::string_view Shown(const Place& place) {
    return place.pass.empty() ? place.token.view() : place.pass.view();
  }

  std::optional<RedisServer> server_;
  QueueHall hall_;
};

TEST_F(RedisQueue, ABuyerGoesThroughTheLineOnTheServer) {
  hall_.Build(Gated(1), nullptr);
  const Place inside = hall_.Join(1), waiting = hall_.Join(2);
  EXPECT_EQ(inside.state, LineState::kAdmitted);
  EXPECT_EQ(waiting.state, LineState::kWaiting);
  EXPECT_EQ(server_->Number({"ZCARD", Key("inside")}), 1 + 1);
  EXPECT_EQ(server_->Number({"ZCARD", Key("waiting")}), 1 + 1);
  const HoldId id{hall_.engine->NewId()};
  ASSERT_TRUE(hall_.Hold(1, 0, inside.pass.view(), id).status.ok());
  EXPECT_EQ(hall_.Admit(), 0);
  ASSERT_TRUE(hall_.Pay(1, id).ok());
  EXPECT_EQ(server_->Number({"ZCARD", Key("inside")}), 1);
  EXPECT_EQ(hall_.Admit(), 1);
  EXPECT_EQ(hall_.Poll(waiting.token.view()).state, LineState::kAdmitted);
  EXPECT_EQ(hall_.Hold(1, 1, inside.pass.view()).status.code(), Code::kPassSpent);
  EXPECT_TRUE(hall_.engine->stats().line.starts_with("redis, 127.0.0.1:"));
}

TEST_F(RedisQueue, TwoEnginesShareOneLine) {
  hall_.options.storage = "sqlite:";
  QueueDir dir;
  hall_.options.storage += dir.File("hall.db");
  hall_.Build(Gated(1), nullptr);
  const Place inside = hall_.Join(1);
  QueueHall other;
  other.options = hall_.options;
  other.clock = hall_.clock;
  other.Open();
  other.show = hall_.show;
  EXPECT_EQ(other.Join(1).sequence, inside.sequence);
  EXPECT_EQ(other.Join(2).ahead, 0u);
  EXPECT_EQ(hall_.Join(3).ahead, 1u);
  EXPECT_EQ(hall_.Stats().waiting, 2u);
}

TEST_F(RedisQueue, EachSingleKeyDeletedInTurnCostsNobodyTheirPlace) {
  for (const char* name : {"line", "waiting", "heard", "inside"}) {
    SCOPED_TRACE(name);
    server_->Ask({"FLUSHALL"});
    const std::vector<Place> places = SixBuyers();
    server_->Ask({"DEL", Key(name)});
    ExpectEveryPlaceKept(places);
    EXPECT_EQ(hall_.Stats().epoch, 2u);
  }
}

TEST_F(RedisQueue, AServerThatComesBackEmptyCostsNobodyTheirPlace) {
  Use("?timeout_ms=200");
  const std::vector<Place> places = SixBuyers();
  server_->Kill();
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(hall_.Join(7).status.code(), Code::kBusy);
  EXPECT_EQ(hall_.Poll(places[4].token.view()).status.code(), Code::kBusy);
  // A pass that is out works on without its line.
  EXPECT_TRUE(hall_.Hold(1, 0, places[0].pass.view()).status.ok());
  EXPECT_LE((MonotonicNs() - start_ns) / 1'000'000, 3 * 250);
  server_->Start();
  ExpectEveryPlaceKept(places);
}

}  // namespace
}  // namespace seathold::testing
