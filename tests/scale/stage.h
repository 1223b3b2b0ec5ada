// What the processes of a test share: the servers that it started, and how each opens its engine.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "seathold/adapter/parts.h"
#include "tests/postgres/pg_server.h"
#include "tests/processes/hall.h"
#include "tests/processes/rendezvous.h"
#include "tests/redis/redis_cluster.h"

namespace seathold::testing {

inline constexpr CallOptions kPatient{60'000};

// What has the claims and the waiting line.
enum class Caches { kNone, kRedis, kCluster };

// A PostgreSQL schema, a key file and a Redis server of its own; and where it is asked for, keys of
// its own on the cluster that all tests of a run share.
class Stage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (PgServer::Shared() == nullptr) GTEST_SKIP() << PgServer::WhyNot();
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    home_.emplace();
    redis_.emplace();
  }

  EngineOptions Options(Caches caches) const {
    EngineOptions options;
    options.storage = home_->uri();
    options.keys = folder_.File("seathold.keys");
    options.claims = options.line = "none";
    if (caches == Caches::kRedis) {
      options.claims = redis_->Uri();
      options.line = redis_->Uri("?timeout_ms=2000");
    }
    if (caches == Caches::kCluster) {
      static int made = 0;
      const std::string prefix = "&prefix=scale" + std::to_string(++made);
      options.claims = RedisCluster::Whole().Uri(prefix);
      options.line = RedisCluster::Whole().Uri(prefix + "&timeout_ms=2000");
    }
    return options;
  }
  static std::unique_ptr<Engine> Open(const EngineOptions& options, EngineParts parts = {}) {
    auto engine = Engine::Open(options, std::move(parts));
    EXPECT_TRUE(engine.ok()) << engine.status().text();
    return engine.ok() ? std::move(engine).value() : nullptr;
  }
  // By a child, so that this process stays without an engine.
  static Hall Build(const EngineOptions& options, int rows, int seats_per_row,
                    const ShowSpec& show = {}) {
    Pipe pipe;
    InChild([&] {
      const auto engine = Open(options);
      ASSERT_NE(engine, nullptr);
      pipe.Send(BuildHall(*engine, rows, seats_per_row, show));
      EXPECT_TRUE(engine->Close().ok());
    });
    pipe.CloseWriter();
    return pipe.Receive<Hall>().value_or(Hall{});
  }

  const ScratchFolder folder_;
  std::optional<PostgresHome> home_;
  std::optional<RedisServer> redis_;
};

}  // namespace seathold::testing
