// An engine with its claims on a Redis server: what stands there in every flow, and what a server
// in a bad state changes (nothing).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <thread>

#include "tests/redis/fake_server.h"
#include "tests/redis/redis_cluster.h"
#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

class RedisEngine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    server_.emplace();
  }
  HallSpec Spec(const std::string& rest = "?timeout_ms=2000") const {
    HallSpec spec;
    spec.claims = server_->Uri(rest);
    spec.options = [](EngineOptions& options) { options.cache_timeout_ms = 2'000; };
    return spec;
  }
  std::string KeyOf(SpyHall& hall, std::uint32_t ordinal) const {
    return "seathold:{p" + std::to_string(hall.performance().value) +
           "}:seat:" + std::to_string(hall.Seat(ordinal).value);
  }
  bool Shown(SpyHall& hall, std::uint32_t ordinal) {
    return server_->Number({"EXISTS", KeyOf(hall, ordinal)}) == 1;
  }

  std::optional<RedisServer> server_;
};

TEST_F(RedisEngine, AHoldHasItsClaimWithItsTtl) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Hold(1, kAnn, {0, 1}).status.ok());
  for (const std::uint32_t seat : {0u, 1u}) {
    const std::int64_t ttl_ms = server_->Number({"PTTL", KeyOf(hall, seat)});
    EXPECT_LE(ttl_ms, kHallTtlMs);
    EXPECT_GT(ttl_ms, kHallTtlMs - 5'000);
    EXPECT_NE(server_->Text({"GET", KeyOf(hall, seat)}).find(ToString(HoldNo(1).value)),
              std::string::npos);
  }
  EXPECT_FALSE(Shown(hall, 2));
}

TEST_F(RedisEngine, CancelAndPaymentDropIt) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Charge(900, kAnn, 100'000).status.ok());
  ASSERT_TRUE(hall.Hold(1, kAnn, {0}).status.ok());
  ASSERT_TRUE(hall.Hold(2, kAnn, {1}).status.ok());
  EXPECT_TRUE(Shown(hall, 0) && Shown(hall, 1));
  ASSERT_EQ(hall.Cancel(1, kAnn), Code::kOk);
  EXPECT_FALSE(Shown(hall, 0));
  ASSERT_TRUE(hall.Pay(901, 2, kAnn).status.ok());
  EXPECT_FALSE(Shown(hall, 1));
  EXPECT_EQ(hall.Audit(), "");
}

TEST_F(RedisEngine, TheSweeperFindsWhatIsDueAndItLeavesTheList) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Hold(1, kAnn, {0, 1}).status.ok());
  (void)hall.Sweep();  // the round that asks storage; the next asks the claims only
  hall.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall.Sweep(), 1);
  EXPECT_EQ(hall.StateOf(0), SeatState::kAvailable);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
  const std::string due = "seathold:{p" + std::to_string(hall.performance().value) + "}:due";
  EXPECT_EQ(server_->Number({"EXISTS", due, KeyOf(hall, 0)}), 0);
}

TEST_F(RedisEngine, OnAClusterAHoldHasItsClaimAndTheSweeperFindsIt) {
  RedisCluster& cluster = RedisCluster::Whole();
  HallSpec spec = Spec();
  spec.claims = "redis://" + ServerOf(cluster.Options(50)) + "&timeout_ms=2000&prefix=hall";
  SpyHall hall(spec);
  const std::string tag = "hall:{p" + std::to_string(hall.performance().value) + "}:";
  const std::string key = tag + "seat:" + std::to_string(hall.Seat(0).value);
  ASSERT_TRUE(hall.Hold(1, kAnn, {0, 1}).status.ok());
  EXPECT_GT(cluster.MasterOf(tag).Number({"PTTL", key}), kHallTtlMs - 5'000);
  (void)hall.Sweep();
  hall.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall.Sweep(), 1);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
  EXPECT_EQ(cluster.MasterOf(tag).Number({"EXISTS", key, tag + "due", tag + "claims"}), 0);
  EXPECT_EQ(hall.Audit(), "");
}

TEST_F(RedisEngine, AClaimLeftBehindChangesNothing) {
  SpyHall hall(Spec());
  ASSERT_TRUE(hall.Hold(1, kAnn, {0}).status.ok());
  const std::string left = server_->Text({"GET", KeyOf(hall, 0)});
  ASSERT_EQ(hall.Cancel(1, kAnn), Code::kOk);
  server_->Ask({"SET", KeyOf(hall, 0), left});
  EXPECT_TRUE(hall.Hold(2, kBob, {0}).status.ok());
  EXPECT_EQ(hall.Audit(), "");
}

// Whatever becomes of the server, the seats are sold as without it, and its claims come back.
TEST_F(RedisEngine, SalesGoOnWhateverBecomesOfTheServer) {
  HallSpec spec = Spec("?timeout_ms=50");
  spec.options = [](EngineOptions& options) { options.cache_timeout_ms = 50; };
  SpyHall hall(spec);
  const std::string claims = "seathold:{p" + std::to_string(hall.performance().value) + "}:claims";
  const std::function<void()> faults[] = {
      [&] { server_->Kill(); },
      [&] { server_->Start(); },
      [&] { server_->Stop(); },
      [&] { server_->Continue(); },
      [&] { server_->Ask({"FLUSHALL"}); },
      [&] {
        server_->Ask({"DEL", claims});
        server_->Ask({"SET", claims, "x"});
      },
      [&] {
        server_->Ask({"CONFIG", "SET", "maxmemory", "1"});
      },
      [&] {
        server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
      },
  };
  int hold = 0;
  for (const auto& fault : faults) {
    fault();
    for (int i = 0; i < 5; ++i) {
      const std::int64_t start_ns = MonotonicNs();
      EXPECT_EQ(hall.Hold(++hold, kAnn, {0, 1}).status.code(), Code::kOk);
      EXPECT_EQ(hall.Hold(1'000 + hold, kBob, {1, 2}).status.code(), Code::kSeatTaken);
      EXPECT_EQ(hall.Cancel(hold, kAnn), Code::kOk);
      EXPECT_LE((MonotonicNs() - start_ns) / 1'000'000, 3 * (50 + 50));
    }
  }
  const Deadline patience = Deadline::After({5'000});
  bool back = false;
  while (!back && !patience.passed()) {
    EXPECT_EQ(hall.Hold(++hold, kAnn, {0}).status.code(), Code::kOk);
    back = Shown(hall, 0);
    EXPECT_EQ(hall.Cancel(hold, kAnn), Code::kOk);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_TRUE(back);
  EXPECT_EQ(hall.Audit(), "");
}

class RedisAtOpen : public ::testing::Test {
 protected:
  static Result<std::unique_ptr<Engine>> Open(const std::string& claims) {
    EngineOptions options;
    options.storage = "memory:";
    options.claims = claims;
    return Engine::Open(options);
  }
};

TEST_F(RedisAtOpen, AServerThatDoesNotAnswerMayComeLater) {
  if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
  RedisServer server;
  server.Kill();
  auto engine = Open(server.Uri());
  ASSERT_TRUE(engine.ok()) << engine.status().text();
  EXPECT_NE((*engine)->stats().claims.find("does not answer yet"), std::string::npos);
}

TEST_F(RedisAtOpen, TheStatsSayWhatTheServerIsSetTo) {
  if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
  RedisServer server({"--maxmemory-policy", "allkeys-lru"});
  const std::string info = server.Text({"INFO", "server"});
  const std::size_t at = info.find("redis_version:") + 14;
  const std::string version = info.substr(at, info.find('\r', at) - at);
  const std::string place = "redis, 127.0.0.1:" + std::to_string(server.port()) + "/0, Redis ";
  {
    auto engine = Open(server.Uri());
    ASSERT_TRUE(engine.ok()) << engine.status().text();
    EXPECT_EQ((*engine)->stats().claims,
              place + version + ", maxmemory-policy allkeys-lru, not logged to disk");
  }
  server.Ask({"ACL", "SETUSER", "ann", "on", ">x", "~*", "+@all", "-info"});
  auto engine = Open("redis://ann:x@127.0.0.1:" + std::to_string(server.port()));
  ASSERT_TRUE(engine.ok()) << engine.status().text();
  EXPECT_EQ((*engine)->stats().claims + ", Redis ", place);
}

TEST_F(RedisAtOpen, TheStatsSayWhatEveryNodeOfAClusterIsSetTo) {
  if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
  RedisCluster& cluster = RedisCluster::Whole();
  const std::string uri = "redis://" + ServerOf(cluster.Options(50)) + "&timeout_ms=2000";
  const auto told = [&] {
    auto engine = Open(uri);
    EXPECT_TRUE(engine.ok()) << engine.status().text();
    return engine.ok() ? (*engine)->stats().claims : "";
  };
  const std::string same = told();
  EXPECT_NE(same.find("?cluster=1, Redis "), std::string::npos) << same;
  EXPECT_EQ(same.find(';'), std::string::npos) << same;
  RedisServer& odd = cluster.MasterOf("foo");
  odd.Ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"});
  const std::string apart = told();
  odd.Ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  EXPECT_EQ(std::ranges::count(apart, ';'), 3) << apart;
  const std::size_t at = apart.find("; 127.0.0.1:" + std::to_string(odd.port()) + ", Redis ");
  ASSERT_NE(at, std::string::npos) << apart;
  EXPECT_LT(apart.find("allkeys-lfu", at), apart.find("; ", at + 1)) << apart;
}

TEST_F(RedisAtOpen, AServerOlderThanTheScriptsIsRefused) {
  const auto open_at = [](const std::string& version) {
    const std::string info = "redis_mode:standalone\r\nredis_version:" + version + "\r\n";
    FakeServer server([&](int socket, const std::atomic<bool>& over) {
      while (!over) {
        const std::string asked = FakeServer::Heard(socket);
        if (asked.empty()) continue;
        const std::string text = "$" + std::to_string(info.size()) + "\r\n" + info + "\r\n";
        FakeServer::Say(socket,
                        asked.find("INFO") == asked.npos ? "$0\r\n\r\n" : text + text + text);
      }
    });
    return Open("redis://127.0.0.1:" + std::to_string(server.Options(50).port)).code();
  };
  for (const char* old : {"6.0.16", "6.1", "5.0.14", "2.8"}) {
    EXPECT_EQ(open_at(old), Code::kUnsupported) << old;
  }
  for (const char* fit : {"6.2.0", "6.10", "7.0.15", "255.255.255", "unknown"}) {
    EXPECT_EQ(open_at(fit), Code::kOk) << fit;
  }
}

TEST_F(RedisAtOpen, WhatCanNeverWorkIsAnError) {
  EXPECT_EQ(Open("redis://127.0.0.1:1?timeout=5").code(), Code::kInvalidArgument);
  EXPECT_EQ(Open("rediss://127.0.0.1:1").code(), Code::kUnsupported);
  EXPECT_EQ(Open("rediss://127.0.0.1:1?cluster=1").code(), Code::kUnsupported);
  EXPECT_EQ(Open("redis://127.0.0.1:1/1?cluster=1").code(), Code::kInvalidArgument);
  FakeServer cluster(FakeServer::Always("-MOVED 3999 127.0.0.1:6381\r\n"));
  const RedisOptions place = cluster.Options(50);
  EXPECT_EQ(Open("redis://127.0.0.1:" + std::to_string(place.port)).code(), Code::kUnsupported);
  if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
  RedisServer server({"--requirepass", "sesame"});
  const auto refused = Open("redis://:simsim@127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(refused.code(), Code::kCannotOpen);
  EXPECT_EQ(refused.status().text().find("simsim"), std::string::npos);
  EXPECT_EQ(Open(server.Uri()).code(), Code::kCannotOpen);
  EXPECT_TRUE(Open("redis://:sesame@127.0.0.1:" + std::to_string(server.port())).ok());
  RedisServer single;
  EXPECT_EQ(Open(single.Uri("?cluster=1")).code(), Code::kUnsupported);
  EXPECT_EQ(Open(single.Uri("?sentinel=hall")).code(), Code::kUnsupported);
}

}  // namespace
}  // namespace seathold::testing
