// What a client does where servers send it to and fro, hang, or say nothing that helps.
#include <gtest/gtest.h>

#include <thread>

#include "src/redis/client.h"
#include "tests/redis/fake_server.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace redis_routes {

constexpr std::int64_t kLongMs = 10'000;
const RedisCall kCall{.keys = {"foo"}, .args = {"INCR", "foo"}};  // slot 12,182

// A node that keeps every slot as it says, and answers everything else with `answer`, in which '@'
// stands for its own port. It does not know its own host.
class FakeNode {
 public:
  explicit FakeNode(std::string answer)
      : answer_(std::move(answer)),
        server_([this](int socket, const std::atomic<bool>& over) { Serve(socket, over); }) {
    port_ = server_.Options(1).port;
  }
  RedisOptions Options(std::int64_t timeout_ms) const {
    RedisOptions options = server_.Options(timeout_ms);
    options.cluster = true;
    return options;
  }
  int asked_map() const { return asked_map_; }
  int asked_else() const { return asked_else_; }
  int asking() const { return asking_; }

 private:
  void Serve(int socket, const std::atomic<bool>& over) {
    while (!over) {
      const std::string heard = FakeServer::Heard(socket);
      if (heard.empty()) continue;
      if (heard.find("SLOTS") != heard.npos) {
        ++asked_map_;
        FakeServer::Say(socket, "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$-1\r\n:" +
                                    std::to_string(port_) + "\r\n$2\r\nid\r\n");
        continue;
      }
      ++asked_else_;
      std::string text = answer_;
      if (const std::size_t at = text.find('@'); at != text.npos) {
        text.replace(at, 1, std::to_string(port_));
      }
      if (heard.find("ASKING") != heard.npos) {
        ++asking_;
        text = "+OK\r\n" + text;
      }
      FakeServer::Say(socket, text);
    }
  }

  const std::string answer_;
  std::atomic<std::uint16_t> port_{0};
  std::atomic<int> asked_map_{0}, asked_else_{0}, asking_{0};
  FakeServer server_;
};

TEST(RedisRoutes, WhoIsSentRoundInCirclesStops) {
  struct Case {
    const char* answer;
    bool by_asking;
  };
  for (const Case& sent : {Case{"-MOVED 12182 127.0.0.1:@\r\n", false},
                           Case{"-MOVED 12182 :@\r\n", false}, Case{"-ASK 12182 :@\r\n", true}}) {
    FakeNode node(sent.answer);
    RedisClient client(node.Options(kLongMs));
    std::vector<RedisReply> replies;
    EXPECT_EQ(client.Run({&kCall, 1}, {}, &replies).code(), Code::kBusy) << sent.answer;
    EXPECT_EQ(node.asked_else(), 6) << sent.answer;
    EXPECT_EQ(node.asking(), sent.by_asking ? 5 : 0);
  }
}

TEST(RedisRoutes, WhatIsToBeTriedAgainIsDropped) {
  for (const char* answer :
       {"-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
        "-CLUSTERDOWN Hash slot not served\r\n", "-LOADING Redis is loading\r\n"}) {
    FakeNode node(answer);
    RedisClient client(node.Options(kLongMs));
    std::vector<RedisReply> replies;
    EXPECT_EQ(client.Run({&kCall, 1}, {}, &replies).code(), Code::kBusy) << answer;
    EXPECT_EQ(node.asked_else(), 1) << answer;
  }
  // Nobody there to go to.
  FakeNode node("-MOVED 12182 ?:@\r\n");
  RedisClient client(node.Options(kLongMs));
  std::vector<RedisReply> replies;
  EXPECT_FALSE(client.Run({&kCall, 1}, {}, &replies).ok());
  EXPECT_EQ(node.asked_else(), 1);
}

// However many call while nothing works, the map is asked for some ten times a second.
TEST(RedisRoutes, TroubleIsNoReasonToAskForTheMapAllTheTime) {
  FakeNode node("-CLUSTERDOWN The cluster is down\r\n");
  RedisClient client(node.Options(kLongMs));
  const std::int64_t start_ns = MonotonicNs();
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      std::vector<RedisReply> replies;
      for (int i = 0; i < 50; ++i) (void)client.Run({&kCall, 1}, {}, &replies);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(node.asked_else(), 200);
  EXPECT_LE(node.asked_map(), 2 + MsSince(start_ns) / RedisRoutes::kLearnEveryMs);
  EXPECT_GE(node.asked_map(), 1);
}

TEST(RedisRoutes, AClusterThatHangsMeetsTheDeadline) {
  FakeServer silent([](int, const std::atomic<bool>& over) {
    while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  RedisOptions options = silent.Options(kTimeoutMs);
  options.cluster = true;
  options.other_hosts = {{options.host, options.port}, {"::1", 1}};
  RedisClient client(options);
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      std::vector<RedisReply> replies;
      const std::int64_t start_ns = MonotonicNs();
      EXPECT_EQ(client.Run({&kCall, 1}, {}, &replies).code(), Code::kBusy);
      EXPECT_LE(MsSince(start_ns), kTimeoutMs + kSlackMs);
    });
  }
  for (std::thread& caller : callers) caller.join();
}

}  // namespace redis_routes
}  // namespace seathold::testing
