// What only a line on a Redis server promises: that it is lost as a whole, whatever becomes of its
// keys, and that nobody loses their place by that.
#include "src/line/redis/redis_line.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "src/line/redis/line_scripts.h"
#include "tests/redis/fake_server.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace line_on_redis {

constexpr ShowId kShow{7};
constexpr const char* kKeys[] = {"seathold:{s7}:line", "seathold:{s7}:waiting",
                                 "seathold:{s7}:heard", "seathold:{s7}:inside"};

LineConfig Config(std::uint32_t active_max, std::uint64_t epoch = 1) {
  LineConfig config;
  config.epoch = epoch;
  config.active_max = active_max;
  return config;
}

LineEntry Join(Line& line, std::uint64_t user, std::uint64_t epoch = 1, TimeUs now = kNow) {
  LineEntry entry{.user = UserId{user}};
  const Status status = line.Join(kShow, epoch, {&entry, 1}, now, {});
  EXPECT_TRUE(status.ok()) << status.text();
  return entry;
}

LineEntry Poll(Line& line, LineEntry entry, std::uint64_t epoch = 1, TimeUs now = kNow) {
  const Status status = line.Poll(kShow, epoch, {&entry, 1}, now, {});
  EXPECT_TRUE(status.ok()) << status.text();
  return entry;
}

// Each call of a line in turn; what it answers.
std::vector<std::pair<const char*, std::function<Status()>>> EachCall(Line& line, LineEntry known,
                                                                      std::uint64_t epoch = 1) {
  return {
      {"Join",
       [&line, epoch] {
         LineEntry fresh{.user = UserId{99'999}};
         return line.Join(kShow, epoch, {&fresh, 1}, kNow, {});
       }},
      {"Poll",
       [&line, known, epoch]() mutable {
         return line.Poll(kShow, epoch, {&known, 1}, kNow, {});
       }},
      {"Admit",
       [&line, epoch] {
         std::uint32_t admitted = 9;
         const Status status = line.Admit(kShow, epoch, 100, kNow, {}, &admitted);
         EXPECT_TRUE(status.ok() || admitted == 0);
         return status;
       }},
      {"Keep",
       [&line, known, epoch] {
         return line.Keep(kShow, epoch, {&known, 1}, {});
       }},
      {"Leave",
       [&line, known, epoch] {
         return line.Leave(kShow, epoch, {&known, 1}, {});
       }},
      {"Stats",
       [&line] {
         LineStats stats;
         return line.Stats(kShow, kNow, &stats, {});
       }},
  };
}

class RedisLineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    server_.emplace();
    Connect(10'000);
  }
  void Connect(std::int64_t timeout_ms) {
    line_ = NewRedisLine(std::make_shared<RedisClient>(server_->Options(timeout_ms)));
  }
  void Open(const LineConfig& config) {
    const Status status = line_->OpenLine(kShow, config, kNow, {});
    ASSERT_TRUE(status.ok()) << status.text();
  }
  // Two inside, three waiting.
  std::vector<LineEntry> FiveBuyers() {
    server_->Ask({"FLUSHALL"});
    Open(Config(2));
    std::vector<LineEntry> tokens;
    for (std::uint64_t user = 1; user <= 5; ++user) tokens.push_back(Join(*line_, user));
    return tokens;
  }
  void ExpectLost(const LineEntry& known) {
    for (const auto& [name, call] : EachCall(*line_, known)) {
      EXPECT_EQ(call().code(), Code::kLineLost) << name;
    }
    EXPECT_EQ(line_->OpenLine(kShow, Config(2), kNow, {}).code(), Code::kLineLost);
  }
  // The line of the next epoch, with everybody back: the old order, ahead of a newcomer.
  void ExpectRebuilt(std::vector<LineEntry> tokens) {
    LineConfig config = Config(2, 2);
    config.missing_active = 2;
    config.missing_until = AddMs(kNow, 900'000);
    Open(config);
    const LineEntry newcomer = Join(*line_, 88'888, 2);
    EXPECT_EQ(newcomer.state, LineState::kWaiting);
    for (std::size_t i = tokens.size(); i-- > 0;) {
      if (tokens[i].state == LineState::kAdmitted) {
        tokens[i].reclaim_until = tokens[i].admitted_until;
      }
      (void)Poll(*line_, tokens[i], 2);
    }
    std::uint64_t ahead = 0;
    for (const LineEntry& token : tokens) {
      const LineEntry back = Poll(*line_, token, 2);
      EXPECT_EQ(back.state, token.state);
      if (back.state == LineState::kWaiting) {
        EXPECT_EQ(back.ahead, ahead++);
      }
    }
    EXPECT_EQ(Poll(*line_, newcomer, 2).ahead, ahead);
    std::uint32_t admitted = 0;
    EXPECT_TRUE(line_->Admit(kShow, 2, 100, kNow, {}, &admitted).ok());
    EXPECT_EQ(admitted, 0u);
  }

  std::optional<RedisServer> server_;
  std::unique_ptr<Line> line_;
};

TEST_F(RedisLineTest, ALostKeyIsALostLine) {
  for (const char* key : kKeys) {
    SCOPED_TRACE(key);
    const std::vector<LineEntry> tokens = FiveBuyers();
    server_->Ask({"DEL", key});
    ExpectLost(tokens[4]);
    ExpectRebuilt(tokens);
  }
}

TEST_F(RedisLineTest, AKeyOfAnotherTypeIsALostLine) {
  for (const char* key : kKeys) {
    SCOPED_TRACE(key);
    const std::vector<LineEntry> tokens = FiveBuyers();
    server_->Ask({"DEL", key});
    server_->Ask({"RPUSH", key, "x"});
    ExpectLost(tokens[4]);
    ExpectRebuilt(tokens);
  }
}

TEST_F(RedisLineTest, AKeyOfAnotherEpochIsALostLine) {
  for (const char* key : kKeys) {
    SCOPED_TRACE(key);
    server_->Ask({"FLUSHALL"});
    Open(Config(2, 3));
    server_->Ask({"COPY", key, "{s7}older"});
    Open(Config(2, 4));
    const LineEntry known = Join(*line_, 1, 4);
    server_->Ask({"RENAME", "{s7}older", key});
    for (const auto& [name, call] : EachCall(*line_, known, 4)) {
      // The numbers alone are of a line of their own, which is not whole either.
      EXPECT_EQ(call().code(), Code::kLineLost) << name;
    }
    EXPECT_EQ(line_->OpenLine(kShow, Config(2, 4), kNow, {}).code(), Code::kLineLost);
    Open(Config(2, 5));
  }
}

TEST_F(RedisLineTest, AllKeysOfAnotherTypeMakeWay) {
  const std::vector<LineEntry> tokens = FiveBuyers();
  for (const char* key : kKeys) {
    server_->Ask({"SET", key, "x"});
  }
  for (const auto& [name, call] : EachCall(*line_, tokens[4])) {
    EXPECT_EQ(call().code(), Code::kLineLost) << name;
  }
  ExpectRebuilt(tokens);
}

TEST_F(RedisLineTest, ANumberThatIsMissingIsALostLine) {
  const std::vector<LineEntry> tokens = FiveBuyers();
  server_->Ask({"HDEL", kKeys[0], "next_counter"});
  ExpectLost(tokens[4]);
}

TEST_F(RedisLineTest, ARestartedServerHasNoLine) {
  const std::vector<LineEntry> tokens = FiveBuyers();
  server_->Kill();
  server_->Start();
  for (const auto& [name, call] : EachCall(*line_, tokens[4])) {
    EXPECT_EQ(call().code(), Code::kLineLost) << name;
  }
  ExpectRebuilt(tokens);
}

// A replica that was behind, promoted: it has forgotten the latest joins.
TEST_F(RedisLineTest, AnOlderStateIsToldByWhoJoinedSinceAndGivesNoPlace) {
  RedisServer replica;
  replica.Follow(*server_);
  std::vector<LineEntry> tokens = FiveBuyers();
  const Deadline patience = Deadline::After({20'000});
  while (replica.Number({"ZCARD", kKeys[1]}) != 1 + 3 && !patience.passed()) {
  }
  replica.Ask({"REPLICAOF", "NO", "ONE"});
  tokens.push_back(Join(*line_, 6));
  line_ = NewRedisLine(std::make_shared<RedisClient>(replica.Options(10'000)));
  EXPECT_EQ(Poll(*line_, tokens[4]).ahead, 2u);
  LineEntry latest = tokens[5], newcomer{.user = UserId{7}};
  EXPECT_EQ(line_->Poll(kShow, 1, {&latest, 1}, kNow, {}).code(), Code::kLineLost);
  EXPECT_EQ(line_->Join(kShow, 1, {&newcomer, 1}, kNow, {}).code(), Code::kLineLost);
  std::uint32_t admitted = 0;
  EXPECT_EQ(line_->Admit(kShow, 1, 9, kNow, {}, &admitted).code(), Code::kLineLost);
  ExpectRebuilt(tokens);
}

// Some hosts' user may ask which history it is, some hosts' not: neither takes the line of the
// other for lost again and again.
TEST_F(RedisLineTest, AUserWhoMayNotAskForTheHistorySharesTheLine) {
  server_->Ask({"ACL", "SETUSER", "box", "on", ">sesame", "~*", "+@all", "-info"});
  RedisOptions options = server_->Options(10'000);
  options.user = "box";
  options.password = "sesame";
  const auto other = NewRedisLine(std::make_shared<RedisClient>(options));
  const std::vector<LineEntry> tokens = FiveBuyers();
  EXPECT_EQ(Join(*other, 6).ahead, 3u);
  EXPECT_EQ(Join(*line_, 7).ahead, 4u);
  ASSERT_TRUE(other->OpenLine(kShow, Config(2, 2), kNow, {}).ok());
  EXPECT_EQ(Join(*other, 6, 2).sequence, Sequence::Of(2, 1));
  LineEntry newcomer{.user = UserId{7}};
  EXPECT_EQ(line_->Join(kShow, 2, {&newcomer, 1}, kNow, {}).code(), Code::kLineLost);
  Open(Config(2, 3));
  EXPECT_EQ(Join(*line_, 6, 3).sequence, Sequence::Of(3, 1));
  EXPECT_EQ(Join(*other, 7, 3).sequence, Sequence::Of(3, 2));
}

TEST_F(RedisLineTest, EvictionLosesALineAndNobodysPlace) {
  const std::vector<LineEntry> tokens = FiveBuyers();
  server_->Ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-random"});
  server_->Ask({"CONFIG", "SET", "maxmemory", "3mb"});
  const std::string ballast(10'000, 'x');
  for (int i = 0; i < 2'000; ++i) {
    server_->Ask({"SET", "ballast" + std::to_string(i), ballast});
  }
  server_->Ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
  for (const auto& [name, call] : EachCall(*line_, tokens[4])) {
    EXPECT_EQ(call().code(), Code::kLineLost) << name;
  }
  ExpectRebuilt(tokens);
}

TEST_F(RedisLineTest, AFullServerTakesNobodyHalf) {
  const std::vector<LineEntry> tokens = FiveBuyers();
  server_->Ask({"CONFIG", "SET", "maxmemory", "1"});
  LineEntry sixth{.user = UserId{6}};
  EXPECT_EQ(line_->Join(kShow, 1, {&sixth, 1}, kNow, {}).code(), Code::kOutOfMemory);
  EXPECT_TRUE(line_->Leave(kShow, 1, {tokens.data(), 1}, {}).ok());
  server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
  LineStats stats;
  ASSERT_TRUE(line_->Stats(kShow, kNow, &stats, {}).ok());
  EXPECT_EQ(stats.joined_total, 5u);
  EXPECT_EQ(stats.left_total, 1u);
  EXPECT_EQ(stats.waiting, 3u);
  EXPECT_EQ(Join(*line_, 6).ahead, 3u);
}

TEST_F(RedisLineTest, NumbersBeyondTwoToThe53AreExact) {
  constexpr std::uint64_t kEpoch = (1u << 24) - 1;
  Open(Config(1, kEpoch));
  const LineEntry in = Join(*line_, UINT64_MAX, kEpoch);
  EXPECT_EQ(in.sequence, Sequence::Of(kEpoch, 1));
  const LineEntry waiting = Join(*line_, UINT64_MAX - 1, kEpoch);
  EXPECT_EQ(waiting.sequence, Sequence::Of(kEpoch, 2));
  EXPECT_EQ(Poll(*line_, waiting, kEpoch).state, LineState::kWaiting);
  LineEntry mixed = in;
  mixed.user = UserId{UINT64_MAX - 1};
  EXPECT_EQ(Poll(*line_, mixed, kEpoch).state, LineState::kAbsent);
  server_->Ask({"HSET", kKeys[0], "next_counter", "1099511627775"});  // the last of an epoch
  EXPECT_EQ(Join(*line_, 3, kEpoch).sequence, Sequence::Of(kEpoch, (1ull << 40) - 1));
  EXPECT_EQ(Join(*line_, 4, kEpoch).state, LineState::kAbsent);
}

// More to tidy up than fits one step, and more entries than fit one.
TEST_F(RedisLineTest, WhatDoesNotFitOneStepTakesMore) {
  constexpr std::size_t kMany = 3 * kLineEntriesAScriptMax + 1;
  Open(Config(kMany));
  std::vector<LineEntry> many(2 * kMany);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].user = UserId{i + 1};
  ASSERT_TRUE(line_->Join(kShow, 1, many, kNow, {}).ok());
  EXPECT_EQ(many[kMany - 1].state, LineState::kAdmitted);
  EXPECT_EQ(many[kMany].state, LineState::kWaiting);
  EXPECT_EQ(many.back().ahead, kMany - 1);
  TimeUs now = kNow;
  for (int i = 0; i < 80; ++i) {  // all passes end
    now = AddMs(now, 10'000);
    ASSERT_TRUE(line_->Poll(kShow, 1, std::span(many).last(kMany), now, {}).ok());
  }
  std::uint32_t admitted = 0;
  ASSERT_TRUE(line_->Admit(kShow, 1, UINT32_MAX, now, {}, &admitted).ok());
  EXPECT_EQ(admitted, kMany);
  LineStats stats;
  ASSERT_TRUE(line_->Stats(kShow, now, &stats, {}).ok());
  EXPECT_EQ(stats.active, kMany);
  EXPECT_EQ(stats.waiting, 0u);
}

TEST_F(RedisLineTest, ForgottenScriptsAreSentAgain) {
  const std::vector<LineEntry> tokens = FiveBuyers();
  for (const auto& [name, call] : EachCall(*line_, tokens[4])) {
    server_->Ask({"SCRIPT", "FLUSH"});
    EXPECT_TRUE(call().ok()) << name;
  }
}

TEST_F(RedisLineTest, BusyInTimeWhileTheServerIsGoneOrStoppedAndWellAfterwards) {
  Connect(kTimeoutMs);
  const std::vector<LineEntry> tokens = FiveBuyers();
  const auto expect_busy = [&] {
    for (const auto& [name, call] : EachCall(*line_, tokens[4])) {
      const std::int64_t start_ns = MonotonicNs();
      EXPECT_EQ(call().code(), Code::kBusy) << name;
      EXPECT_LE(MsSince(start_ns), kTimeoutMs + kSlackMs) << name;
    }
  };
  server_->Stop();
  expect_busy();
  server_->Continue();
  EXPECT_EQ(Poll(*line_, tokens[3]).state, LineState::kWaiting);
  server_->Kill();
  expect_busy();
  server_->Start();
  EXPECT_EQ(line_->Stats(kShow, kNow, nullptr, {}).code(), Code::kLineLost);
}

TEST(RedisLineAgainstAFake, NonsenseIsBusyAndAdmitsNobody) {
  for (const char* text :
       {"+OK\r\n", "*0\r\n", "*1\r\n$2\r\nok\r\n", "*2\r\n$2\r\nok\r\n$1\r\nx\r\n",
        "*2\r\n$2\r\nok\r\n:5\r\n", "*2\r\n$2\r\nok\r\n$10\r\n4000000000\r\n",
        "*5\r\n$2\r\nok\r\n$3\r\n123\r\n$1\r\n2\r\n$1\r\n0\r\n$1\r\n0\r\n",
        "*5\r\n$2\r\nok\r\n$0\r\n\r\n$1\r\n7\r\n$1\r\n0\r\n$1\r\n0\r\n", "*-1\r\n", "hello\r\n",
        "*1\r\n$4\r\nmore\r\n"}) {
    SCOPED_TRACE(text);
    FakeServer server(FakeServer::Always(text));
    const auto line = NewRedisLine(std::make_shared<RedisClient>(server.Options(kTimeoutMs)));
    LineEntry entry{.user = UserId{1}};
    std::uint32_t admitted = 9;
    const std::int64_t start_ns = MonotonicNs();
    EXPECT_EQ(line->Join(kShow, 1, {&entry, 1}, kNow, {}).code(), Code::kBusy);
    EXPECT_EQ(line->Admit(kShow, 1, 100, kNow, {}, &admitted).code(), Code::kBusy);
    EXPECT_EQ(admitted, 0u);
    EXPECT_LE(MsSince(start_ns), 2 * (kTimeoutMs + kSlackMs));
  }
}

}  // namespace line_on_redis
}  // namespace seathold::testing
