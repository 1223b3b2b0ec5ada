// Scripts touch no key that they were not given: a cluster would not say so, it would read nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "src/claims/redis/redis_claim_cache.h"
#include "src/line/redis/redis_line.h"
#include "tests/redis/fake_server.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace redis_keys {

using Words = std::vector<std::string>;

// What a server does, command by command, those of scripts as well.
class Monitor {
 public:
  explicit Monitor(const RedisServer& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(server.port());
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    FakeServer::Say(socket_, "MONITOR\r\n");
    EXPECT_EQ(FakeServer::Heard(socket_, 5'000), "+OK\r\n");
  }
  ~Monitor() { ::close(socket_); }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // The lines up to the one that says `end`.
  std::vector<std::string> Until(const std::string& end) {
    std::string text;
    const Deadline patience = Deadline::After({10'000});
    while (text.find(end) == text.npos && !patience.passed()) text += FakeServer::Heard(socket_);
    std::vector<std::string> lines;
    for (std::size_t at = 0, to; (to = text.find("\r\n", at)) != text.npos; at = to + 2) {
      lines.push_back(text.substr(at, to - at));
    }
    return lines;
  }

 private:
  const int socket_;
};

// `+1700000000.000000 [0 lua] "HGET" "key" "field"`
Words WordsOf(const std::string& line) {
  Words words;
  std::size_t at = line.find('"');
  while (at != line.npos && at + 1 < line.size()) {
    const std::size_t to = line.find('"', at + 1);
    words.push_back(line.substr(at + 1, to - at - 1));
    at = to == line.npos ? to : line.find('"', to + 1);
  }
  return words;
}

Words KeysOf(const Words& command) {
  if (command[0] == "TIME") return {};
  if (command[0] == "DEL" || command[0] == "EXISTS") return {command.begin() + 1, command.end()};
  return {command[1]};
}

void UseClaims(ClaimCache& cache) {
  std::vector<Claim> claims;
  for (std::uint64_t n = 1; n <= 4; ++n) {
    claims.push_back({.performance = PerformanceId{n % 2 + 1},
                      .seat = SeatId{n},
                      .user = UserId{n},
                      .seat_version = n,
                      .expires_at = AddMs(kNow, 1'000)});
  }
  Claim out[8];
  std::size_t n = 0;
  bool found = false;
  EXPECT_TRUE(cache.Put(claims, kNow, {}).ok());
  EXPECT_TRUE(cache.Get(PerformanceId{1}, SeatId{2}, kNow, out, &found, {}).ok());
  EXPECT_TRUE(cache.Due(AddMs(kNow, 1'000), out, &n, {}).ok());
  EXPECT_EQ(n, claims.size());
  EXPECT_TRUE(cache.Drop(std::span(claims).first(3), {}).ok());
  EXPECT_TRUE(cache.Due(AddMs(kNow, 1'000), out, &n, {}).ok());
  EXPECT_TRUE(cache.Forget(PerformanceId{1}, {}).ok());
  EXPECT_TRUE(cache.Forget(PerformanceId{2}, {}).ok());
}

void UseLine(Line& line, std::uint64_t epoch) {
  constexpr ShowId kShow{7};
  LineConfig config;
  config.epoch = epoch;
  config.active_max = 2;
  EXPECT_TRUE(line.OpenLine(kShow, config, kNow, {}).ok());
  LineEntry entries[4];
  for (std::uint64_t n = 0; n < 4; ++n) entries[n].user = UserId{n + 1};
  EXPECT_TRUE(line.Join(kShow, epoch, entries, kNow, {}).ok());
  EXPECT_TRUE(line.Poll(kShow, epoch, entries, AddMs(kNow, 1'000), {}).ok());
  std::uint32_t admitted = 0;
  EXPECT_TRUE(line.Leave(kShow, epoch, {entries, 1}, {}).ok());
  EXPECT_TRUE(line.Admit(kShow, epoch, 2, AddMs(kNow, 2'000), {}, &admitted).ok());
  entries[1].admitted_until = AddMs(kNow, 900'000);
  EXPECT_TRUE(line.Keep(kShow, epoch, {entries + 1, 1}, {}).ok());
  LineStats stats;
  EXPECT_TRUE(line.Stats(kShow, AddMs(kNow, 3'000), &stats, {}).ok());
}

TEST(RedisKeys, ScriptsTouchOnlyThoseTheyAreGiven) {
  if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
  RedisServer server;
  const auto client = std::make_shared<RedisClient>(server.Options(10'000));
  const auto claims = NewRedisClaimCache(client);
  const auto line = NewRedisLine(client);
  UseClaims(*claims);  // from now on the server knows the scripts by name
  UseLine(*line, 1);
  Monitor monitor(server);
  UseClaims(*claims);
  UseLine(*line, 2);
  server.Ask({"SET", "seathold:{p1}:claims", "of another type"});
  server.Ask({"SET", "seathold:{s7}:heard", "of another type"});
  UseClaims(*claims);
  UseLine(*line, 3);
  server.Ask({"ECHO", "the end"});

  std::set<std::string> scripts, given;
  int touched = 0;
  for (const std::string& text : monitor.Until("the end")) {
    const Words words = WordsOf(text);
    if (words.empty()) continue;
    if (words[0] == "EVALSHA") {
      scripts.insert(words[1]);
      given = {words.begin() + 3, words.begin() + 3 + std::stoi(words[2])};
    }
    if (text.find(" lua]") == text.npos || words[0] == "INFO") continue;
    for (const std::string& key : KeysOf(words)) {
      ++touched;
      EXPECT_TRUE(given.contains(key)) << text;
    }
  }
  EXPECT_EQ(scripts.size(), 14u);
  EXPECT_GT(touched, 200);
}

}  // namespace redis_keys
}  // namespace seathold::testing
