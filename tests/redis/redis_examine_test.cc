// What `seathold doctor` says of a Redis server.
#include <gtest/gtest.h>

#include "seathold/doctor.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace {

const DoctorLine* RedisLineOf(const DoctorReport& report, const std::string& name) {
  for (const DoctorLine& line : report.lines) {
    if (line.name == name) return &line;
  }
  return nullptr;
}

class RedisExamine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
  }
  static void ExpectHealth(const std::string& uri, const std::string& name, Health health) {
    const auto report = Examine(uri);
    ASSERT_TRUE(report.ok()) << report.status().text();
    const DoctorLine* line = RedisLineOf(*report, name);
    ASSERT_NE(line, nullptr) << name;
    EXPECT_EQ(line->health, health) << name << " " << line->value << " " << line->note;
    EXPECT_EQ(report->fit(), health != Health::kFault);
  }
};

TEST_F(RedisExamine, FindsNothingWrongWithAServerAsItComes) {
  RedisServer server;
  const auto report = Examine(server.Uri());
  ASSERT_TRUE(report.ok()) << report.status().text();
  EXPECT_EQ(report->place, "Redis, 127.0.0.1:" + std::to_string(server.port()) + "/0");
  EXPECT_TRUE(report->fit());
  for (const char* name : {"reachable", "version", "maxmemory", "maxmemory-policy", "appendonly",
                           "role", "cluster", "clock", "claims", "line"}) {
    EXPECT_NE(RedisLineOf(*report, name), nullptr) << name;
  }
  EXPECT_EQ(server.Number({"DBSIZE"}), 0) << "it only looks";
}

TEST_F(RedisExamine, TellsAReplicaFromAMaster) {
  RedisServer server;
  server.Ask({"REPLICAOF", "127.0.0.1", "1"});
  ExpectHealth(server.Uri(), "role", Health::kFault);
}

TEST_F(RedisExamine, WarnsWhereMemoryThatIsFullCostsClaims) {
  RedisServer server({"--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"});
  ExpectHealth(server.Uri(), "maxmemory-policy", Health::kWarning);
  server.Ask({"CONFIG", "SET", "maxmemory", "0"});
  ExpectHealth(server.Uri(), "maxmemory-policy", Health::kFine);
}

TEST_F(RedisExamine, FindsThatAUserMayNotRunScripts) {
  RedisServer server;
  server.Ask({"ACL", "SETUSER", "box", "on", ">sesame", "~*", "+@all", "-eval", "-evalsha"});
  const std::string uri = "redis://box:sesame@127.0.0.1:" + std::to_string(server.port());
  ExpectHealth(uri, "claims", Health::kFault);
}

TEST_F(RedisExamine, SaysThatNobodyAnswersAndNoPassword) {
  RedisServer server({"--requirepass", "sesame"});
  const auto report = Examine("redis://:wrong-sesame@127.0.0.1:" + std::to_string(server.port()));
  ASSERT_TRUE(report.ok()) << report.status().text();
  EXPECT_FALSE(report->fit());
  for (const DoctorLine& line : report->lines) {
    EXPECT_EQ((report->place + line.value + line.note).find("sesame"), std::string::npos);
  }
  EXPECT_EQ(Examine("redis://127.0.0.1:1").value().fit(), false);
  EXPECT_EQ(Examine("redis://127.0.0.1:nonsense").code(), Code::kInvalidArgument);
  EXPECT_EQ(Examine("memory:").code(), Code::kUnsupported);
}

}  // namespace
}  // namespace seathold::testing
