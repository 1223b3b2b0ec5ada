#include <gtest/gtest.h>

#include "src/redis/slots.h"

namespace seathold::testing {
namespace redis_slots {

using Kind = RedisReply::Kind;
const RedisAddress kAsked{"10.0.0.1", 7000};

RedisReply Nil() { return {}; }
RedisReply Int(std::int64_t n) { return {.kind = Kind::kInteger, .integer = n}; }
RedisReply Text(const char* text) { return {.kind = Kind::kText, .text = text}; }
RedisReply List(std::vector<RedisReply> items) {
  return {.kind = Kind::kArray, .items = std::move(items)};
}
RedisReply Error(const char* text) { return {.kind = Kind::kError, .text = text}; }
RedisReply Node(RedisReply host, std::int64_t port) {
  return List({std::move(host), Int(port), Text("id")});
}

TEST(RedisSlots, AreOfTheTagAlone) {
  EXPECT_EQ(RedisSlotOf("123456789"), 0x31C3u);
  EXPECT_EQ(RedisSlotOf("foo"), 12'182u);
  EXPECT_EQ(RedisSlotOf("a:{foo}:b"), 12'182u);
  EXPECT_EQ(RedisSlotOf("{foo}{bar}"), 12'182u);
  EXPECT_EQ(RedisSlotOf("x{{foo}}y"), RedisSlotOf("{foo"));
  EXPECT_NE(RedisSlotOf("{}foo"), RedisSlotOf(""));
  EXPECT_NE(RedisSlotOf("{foo"), 12'182u);
  EXPECT_EQ(RedisSlotOf("}foo{foo}"), 12'182u);
}

TEST(RedisSlots, ANodeThatDoesNotKnowItselfIsTheOneThatWasAsked) {
  const RedisReply ip = List({Text("hostname"), Text(""), Text("ip"), Text("10.0.0.9")});
  RedisReply unknown = Node(Text("?"), 7003), told = Node(Text("?"), 7004);
  unknown.items.push_back(List({}));
  told.items.push_back(ip);
  const auto ranges = ReadRedisSlots(
      List({List({Int(0), Int(99), Node(Text("10.0.0.2"), 7001), Node(Nil(), 7002)}),
            List({Int(100), Int(199), Node(Text(""), 7002), unknown, told}),
            List({Int(200), Int(299), unknown}), List({Int(300), Int(16'383), told})}),
      kAsked);
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 3u);
  EXPECT_EQ((*ranges)[0].last, 99u);
  EXPECT_EQ((*ranges)[0].master, (RedisAddress{"10.0.0.2", 7001}));
  EXPECT_EQ((*ranges)[0].replicas, (std::vector<RedisAddress>{{"10.0.0.1", 7002}}));
  EXPECT_EQ((*ranges)[1].master, (RedisAddress{"10.0.0.1", 7002}));
  EXPECT_EQ((*ranges)[1].replicas, (std::vector<RedisAddress>{{"10.0.0.9", 7004}}));
  EXPECT_EQ((*ranges)[2].first, 300u);
  EXPECT_EQ((*ranges)[2].master, (RedisAddress{"10.0.0.9", 7004}));
}

TEST(RedisSlots, WhatIsNoMapIsNone) {
  const RedisReply node = Node(Text("h"), 7000);
  for (const RedisReply& bad :
       {Text("OK"), Nil(), List({Text("x")}), List({List({Int(0), Int(1)})}),
        List({List({Int(2), Int(1), node})}), List({List({Int(0), Int(16'384), node})}),
        List({List({Int(-1), Int(1), node})})}) {
    EXPECT_FALSE(ReadRedisSlots(bad, kAsked));
  }
  const auto none = ReadRedisSlots(List({List({Int(0), Int(1), Node(Text("h"), 0)})}), kAsked);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(RedisSlots, RedirectsNameAHostOrMeanTheOneThatWasAsked) {
  const auto moved = ReadRedisRedirect(Error("MOVED 3999 10.0.0.2:7001"), kAsked);
  ASSERT_TRUE(moved);
  EXPECT_FALSE(moved->ask);
  EXPECT_EQ(moved->slot, 3'999u);
  EXPECT_EQ(moved->to, (RedisAddress{"10.0.0.2", 7001}));
  const auto ask = ReadRedisRedirect(Error("ASK 0 node.example.org:7001"), kAsked);
  ASSERT_TRUE(ask);
  EXPECT_TRUE(ask->ask);
  EXPECT_EQ(ask->to.host, "node.example.org");
  EXPECT_EQ(ReadRedisRedirect(Error("MOVED 1 :7001"), kAsked)->to,
            (RedisAddress{"10.0.0.1", 7001}));
  EXPECT_EQ(ReadRedisRedirect(Error("MOVED 1 ::1:7001"), kAsked)->to, (RedisAddress{"::1", 7001}));
  for (const char* bad : {"MOVED", "MOVED ", "MOVED 1", "MOVED 1 h", "MOVED 1 h:", "MOVED 1 h:0",
                          "MOVED 1 h:65536", "MOVED 16384 h:1", "MOVED x h:1", "MOVED 1 ?:7001",
                          "MOVED1 h:1", "MOVED h:1 x", "TRYAGAIN 1 h:1"}) {
    EXPECT_FALSE(ReadRedisRedirect(Error(bad), kAsked)) << bad;
  }
  EXPECT_FALSE(ReadRedisRedirect(Text("MOVED 1 h:1"), kAsked));
}

}  // namespace redis_slots
}  // namespace seathold::testing
