#include <gtest/gtest.h>

#include "src/redis/uri.h"

namespace seathold::testing {
namespace {

TEST(RedisUri, ReadsEveryPart) {
  const auto uri =
      ParseRedisUri("redis://ann:s%3Acret%2f@cache.example.org:7000/3?timeout_ms=75&prefix=hall_1");
  ASSERT_TRUE(uri.ok()) << uri.status().text();
  EXPECT_EQ(uri->user, "ann");
  EXPECT_EQ(uri->password, "s:cret/");
  EXPECT_EQ(uri->host, "cache.example.org");
  EXPECT_EQ(uri->port, 7000);
  EXPECT_EQ(uri->db, 3);
  EXPECT_EQ(uri->timeout_ms, 75);
  EXPECT_EQ(uri->prefix, "hall_1");
  EXPECT_EQ(ServerOf(*uri), "cache.example.org:7000/3");
}

TEST(RedisUri, HasDefaultsForAllButTheHost) {
  const auto uri = ParseRedisUri("redis://10.0.0.7");
  ASSERT_TRUE(uri.ok());
  EXPECT_EQ(uri->port, 6379);
  EXPECT_EQ(uri->db, 0);
  EXPECT_EQ(uri->timeout_ms, 50);
  EXPECT_EQ(uri->prefix, "seathold");
  EXPECT_TRUE(uri->user.empty() && uri->password.empty());
}

TEST(RedisUri, TakesAPasswordAloneAndAnAddressInBrackets) {
  const auto uri = ParseRedisUri("redis://:p@ss/word@[::1]:6380/");
  ASSERT_TRUE(uri.ok()) << uri.status().text();
  EXPECT_EQ(uri->user, "");
  EXPECT_EQ(uri->password, "p@ss/word");
  EXPECT_EQ(uri->host, "::1");
  EXPECT_EQ(ServerOf(*uri), "[::1]:6380/0");
}

TEST(RedisUri, TakesTheNodesOfAClusterOrSentinels) {
  const auto cluster = ParseRedisUri("redis://ann:s@a:7000,[::1]:7001,c/0?cluster=1");
  ASSERT_TRUE(cluster.ok()) << cluster.status().text();
  EXPECT_TRUE(cluster->cluster);
  EXPECT_EQ(AddressOf(*cluster), (RedisAddress{"a", 7000}));
  EXPECT_EQ(cluster->other_hosts, (std::vector<RedisAddress>{{"::1", 7001}, {"c", 6379}}));
  EXPECT_EQ(ServerOf(*cluster), "a:7000,[::1]:7001,c:6379/0?cluster=1");
  const auto sentinels = ParseRedisUri("redis://a,b:26379/2?sentinel=hall-1");
  ASSERT_TRUE(sentinels.ok()) << sentinels.status().text();
  EXPECT_EQ(sentinels->sentinel, "hall-1");
  EXPECT_EQ(sentinels->db, 2);
  EXPECT_EQ(ServerOf(*sentinels), "a:6379,b:26379/2?sentinel=hall-1");
}

TEST(RedisUri, RefusesWhatItDoesNotKnow) {
  for (const char* bad : {"redis:",
                          "redis:/",
                          "redis://",
                          "redis://:80",
                          "redis://h:",
                          "redis://h:0",
                          "redis://h:65536",
                          "redis://h:6x",
                          "redis://h/x",
                          "redis://h/-1",
                          "redis://h/65536",
                          "redis://h?timeout_ms=0",
                          "redis://h?timeout_ms=10001",
                          "redis://h?timeout_ms=",
                          "redis://h?prefix=",
                          "redis://h?prefix={a}",
                          "redis://h?cluster=2",
                          "redis://a,b",
                          "redis://a,b?cluster=0",
                          "redis://a,?cluster=1",
                          "redis://,a?cluster=1",
                          "redis://a,b:0?cluster=1",
                          "redis://a/1?cluster=1",
                          "redis://a?cluster=1&sentinel=x",
                          "redis://a?sentinel=",
                          "redis://a?sentinel=a%20b",
                          "redis://[::1",
                          "redis://[x]",
                          "redis://[::1]x",
                          "redis://a b",
                          "redis://u@h",
                          "redis://u:%4@h",
                          "redis://u:%zz@h",
                          "http://h"}) {
    EXPECT_EQ(ParseRedisUri(bad).code(), Code::kInvalidArgument) << bad;
  }
  const Status unknown = ParseRedisUri("redis://h?timeout=5").status();
  EXPECT_NE(unknown.text().find("'timeout'"), std::string::npos) << unknown.text();
}

TEST(RedisUri, SaysWhatIsNotOffered) {
  for (const char* later : {"rediss://h", "rediss://h?cluster=1"}) {
    EXPECT_EQ(ParseRedisUri(later).code(), Code::kUnsupported) << later;
  }
  EXPECT_TRUE(ParseRedisUri("redis://h?cluster=0").ok());
}

TEST(RedisUri, NoErrorRepeatsAPassword) {
  for (const char* bad : {"redis://u:sesame@h:x", "redis://u:sesame@h?x=1", "redis://u:sesame%@h",
                          "rediss://u:sesame@h", "redis://u:sesame@h/x", "redis://u:sesame@a,b",
                          "redis://u:sesame@", "redis://h?u:sesame@=1"}) {
    const Status status = ParseRedisUri(bad).status();
    EXPECT_FALSE(status.ok()) << bad;
    EXPECT_EQ(status.text().find("sesame"), std::string::npos) << status.text();
  }
}

}  // namespace
}  // namespace seathold::testing
