#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>

#include "src/redis/client.h"
#include "tests/redis/fake_server.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace redis_client {

using Kind = RedisReply::Kind;
constexpr std::int64_t kLongMs = 10'000;
constexpr std::int64_t kClientTimeoutMs = 100;

RedisCall Command(std::vector<std::string> words, Kind expected = Kind::kText) {
  return {.args = std::move(words), .expected = expected};
}

class RedisClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasRedisServer()) GTEST_SKIP() << kNoRedis;
    server_.emplace();
  }

  std::optional<RedisServer> server_;
  std::vector<RedisReply> replies_;
};

TEST_F(RedisClientTest, EachCallHasItsReplyAlsoBehindAnError) {
  RedisClient client(server_->Options(kLongMs));
  const RedisCall calls[] = {Command({"SET", "k", "1 %s \"two\""}), Command({"HGET", "k", "f"}),
                             Command({"GET", "k"})};
  EXPECT_EQ(client.Run(calls, {}, &replies_).code(), Code::kInternal);
  ASSERT_EQ(replies_.size(), 3u);
  EXPECT_EQ(FirstWord(replies_[1].text), "WRONGTYPE");
  EXPECT_EQ(replies_[2].text, "1 %s \"two\"");
  const RedisCall next = Command({"INCR", "n"}, Kind::kInteger);
  ASSERT_TRUE(client.Run({&next, 1}, {}, &replies_).ok());
  EXPECT_EQ(replies_[0].integer, 1);
}

TEST_F(RedisClientTest, KeepsItsConnection) {
  RedisClient client(server_->Options(kLongMs));
  const RedisCall id = Command({"CLIENT", "ID"}, Kind::kInteger);
  ASSERT_TRUE(client.Run({&id, 1}, {}, &replies_).ok());
  const std::int64_t first = replies_[0].integer;
  ASSERT_TRUE(client.Run({&id, 1}, {}, &replies_).ok());
  EXPECT_EQ(replies_[0].integer, first);
}

TEST_F(RedisClientTest, ConnectsAnewWithItsDatabaseBeforeACallFails) {
  RedisOptions options = server_->Options(kLongMs);
  options.db = 3;
  RedisClient client(options);
  const RedisCall set = Command({"SET", "k", "v"});
  ASSERT_TRUE(client.Run({&set, 1}, {}, &replies_).ok());
  server_->Kill();
  server_->Start();
  ASSERT_TRUE(client.Run({&set, 1}, {}, &replies_).ok());  // the end was there to be seen
  EXPECT_EQ(server_->Ask({"INFO", "keyspace"}).text.find("db0"), std::string::npos);
  EXPECT_NE(server_->Ask({"INFO", "keyspace"}).text.find("db3"), std::string::npos);
}

TEST_F(RedisClientTest, LogsInAndSaysWhenItMayNot) {
  server_->Ask({"ACL", "SETUSER", "ann", "on", ">sesame", "~*", "+@all"});
  RedisOptions options = server_->Options(kLongMs);
  options.user = "ann";
  options.password = "sesame";
  RedisClient client(options);
  const RedisCall who = Command({"ACL", "WHOAMI"});
  ASSERT_TRUE(client.Run({&who, 1}, {}, &replies_).ok());
  EXPECT_EQ(replies_[0].text, "ann");

  options.password = "simsim";
  RedisClient stranger(options);
  const Status refused = stranger.Run({&who, 1}, {}, &replies_);
  EXPECT_EQ(refused.code(), Code::kCannotOpen);
  EXPECT_EQ(refused.text().find("simsim"), std::string::npos);

  RedisOptions beyond = server_->Options(kLongMs);
  beyond.db = 16;
  RedisClient nowhere(beyond);
  EXPECT_EQ(nowhere.Run({&who, 1}, {}, &replies_).code(), Code::kCannotOpen);
}

TEST_F(RedisClientTest, RunsScriptsThatTheServerHasForgotten) {
  static const RedisScript script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  EXPECT_EQ(server_->Text({"SCRIPT", "LOAD", script.text()}), script.sha());
  RedisClient client(server_->Options(kLongMs));
  const RedisCall call{.script = &script, .keys = {"n"}, .args = {"2"}};
  const RedisCall calls[] = {call, Command({"INCR", "n"}, Kind::kInteger), call};
  ASSERT_TRUE(client.Run(calls, {}, &replies_).ok());
  EXPECT_EQ(replies_[2].integer, 5);
  server_->Ask({"SCRIPT", "FLUSH"});
  ASSERT_TRUE(client.Run(calls, {}, &replies_).ok());
  EXPECT_EQ(replies_[0].integer, 8);  // behind its neighbour, and once
  EXPECT_EQ(replies_[1].integer, 6);
  EXPECT_EQ(replies_[2].integer, 10);
  EXPECT_EQ(server_->Ask({"SCRIPT", "EXISTS", script.sha()}).items[0].integer, 1);
}

TEST_F(RedisClientTest, ChildrenInheritNoSocket) {
  RedisClient client(server_->Options(kLongMs));
  const RedisCall ping = Command({"PING"});
  ASSERT_TRUE(client.Run({&ping, 1}, {}, &replies_).ok());
  int sockets = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const std::string target = std::filesystem::read_symlink(entry, ignored).string();
    if (!target.starts_with("socket:")) continue;
    ++sockets;
    const int fd = std::stoi(entry.path().filename().string());
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << target;
  }
  EXPECT_GE(sockets, 1);
}

TEST_F(RedisClientTest, AForkedProcessUsesNoConnectionOfItsParent) {
  RedisClient client(server_->Options(kLongMs));
  const RedisCall ping = Command({"PING"});
  ASSERT_TRUE(client.Run({&ping, 1}, {}, &replies_).ok());
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(client.Run({&ping, 1}, {}, &replies_) == Code::kForked ? 0 : 1);
  }
  int result = 0;
  ASSERT_EQ(::waitpid(child, &result, 0), child);
  EXPECT_TRUE(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  EXPECT_TRUE(client.Run({&ping, 1}, {}, &replies_).ok());
}

TEST_F(RedisClientTest, TooManyClientsIsBusy) {
  server_->Ask({"CONFIG", "SET", "maxclients", "1"});
  RedisClient first(server_->Options(kLongMs)), second(server_->Options(kLongMs));
  const RedisCall ping = Command({"PING"});
  ASSERT_TRUE(first.Run({&ping, 1}, {}, &replies_).ok());
  EXPECT_EQ(second.Run({&ping, 1}, {}, &replies_).code(), Code::kBusy);
  EXPECT_TRUE(first.Run({&ping, 1}, {}, &replies_).ok());
}

TEST_F(RedisClientTest, MoreCallersThanConnectionsWaitTheirTurnAndNoLonger) {
  RedisClient client(server_->Options(kClientTimeoutMs));
  const RedisCall incr = Command({"INCR", "n"}, Kind::kInteger);
  std::vector<std::thread> callers;
  for (int t = 0; t < 32; ++t) {
    callers.emplace_back([&] {
      std::vector<RedisReply> replies;
      for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(client.Run({&incr, 1}, Deadline::After({kLongMs}), &replies).ok());
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(server_->Text({"GET", "n"}), "1600");
  const std::string clients = server_->Text({"CLIENT", "LIST"});
  EXPECT_LE(std::ranges::count(clients, '\n'), 8 + 1);

  server_->Stop();
  callers.clear();
  for (int t = 0; t < 32; ++t) {
    callers.emplace_back([&] {
      std::vector<RedisReply> replies;
      const std::int64_t start_ns = MonotonicNs();
      EXPECT_EQ(client.Run({&incr, 1}, {}, &replies).code(), Code::kBusy);
      EXPECT_LE(MsSince(start_ns), kClientTimeoutMs + kSlackMs);
    });
  }
  for (std::thread& caller : callers) caller.join();
  server_->Continue();
  EXPECT_TRUE(client.Run({&incr, 1}, Deadline::After({kLongMs}), &replies_).ok());
}

// What a server says besides what was asked must never answer the next question.
TEST(RedisClientAgainstAFake, NoReplyIsTakenForAnothers) {
  struct Case {
    const char* text;
    Code want;
  };
  for (const Case& answer :
       {Case{"+OK\r\n", Code::kOk}, Case{"+OK\r\n+OK\r\n", Code::kBusy},
        Case{"+OK\r\n+", Code::kBusy}, Case{":1\r\n", Code::kBusy}, Case{"*0\r\n", Code::kBusy},
        Case{"$-1\r\n", Code::kBusy}, Case{"HTTP/1.1 400 Bad Request\r\n\r\n", Code::kBusy},
        Case{"%1\r\n+a\r\n+b\r\n", Code::kBusy}, Case{"\0\0\0\0", Code::kBusy},
        Case{"$-7\r\n", Code::kBusy},
        Case{"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", Code::kBusy},
        Case{"-ERR no\r\n", Code::kInternal}}) {
    FakeServer server(FakeServer::Always(answer.text));
    RedisClient client(server.Options(kClientTimeoutMs));
    const RedisCall ping = Command({"PING"});
    std::vector<RedisReply> replies;
    const std::int64_t start_ns = MonotonicNs();
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(client.Run({&ping, 1}, {}, &replies).code(), answer.want) << answer.text;
    }
    EXPECT_LE(MsSince(start_ns), 2 * (kClientTimeoutMs + kSlackMs));
    // Whatever was out of order was the last word of its connection.
    EXPECT_EQ(server.connections(), answer.want == Code::kBusy ? 2 : 1) << answer.text;
  }
}

TEST(RedisClientAgainstAFake, WhatComesBetweenTwoCallsAnswersNeither) {
  std::atomic<int> said{0};
  FakeServer server([&](int socket, const std::atomic<bool>& over) {
    while (!over) {
      const std::string asked = FakeServer::Heard(socket);
      if (asked.empty()) continue;
      const bool first = asked.find("first") != asked.npos;
      FakeServer::Say(socket, first ? "+first\r\n" : "+other\r\n");
      if (!first) continue;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      FakeServer::Say(socket, "+late\r\n");
      ++said;
    }
  });
  RedisClient client(server.Options(kLongMs));
  const RedisCall first = Command({"first"}), other = Command({"other"});
  std::vector<RedisReply> replies;
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(client.Run({&first, 1}, {}, &replies).ok());
    while (said < i) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until it has arrived
    ASSERT_TRUE(client.Run({&other, 1}, {}, &replies).ok());
    ASSERT_EQ(replies[0].text, "other");
  }
}

// Connections that went silent together, as behind a switch that has lost power, cost one timeout.
TEST(RedisClientAgainstAFake, OneThatHangsTakesTheOthersWithIt) {
  constexpr int kCallers = 4;
  std::atomic<int> asked{0};
  FakeServer server([&](int socket, const std::atomic<bool>& over) {
    while (!over && FakeServer::Heard(socket).empty()) {
    }
    const int mine = ++asked;
    while (!over && asked < kCallers) std::this_thread::yield();
    FakeServer::Say(socket, "+OK\r\n");
    while (!over && (mine <= kCallers || FakeServer::Heard(socket).empty())) {
    }
  });
  RedisClient client(server.Options(5 * kClientTimeoutMs));
  const RedisCall ping = Command({"PING"});
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      std::vector<RedisReply> replies;
      EXPECT_TRUE(client.Run({&ping, 1}, Deadline::After({kLongMs}), &replies).ok());
    });
  }
  for (std::thread& caller : callers) caller.join();
  std::vector<RedisReply> replies;
  EXPECT_EQ(client.Run({&ping, 1}, {}, &replies).code(), Code::kBusy);
  EXPECT_TRUE(client.Run({&ping, 1}, {}, &replies).ok());
}

TEST(RedisClientAgainstAFake, TheDeadlineIsOfTheCallNotOfAPiece) {
  const std::string text = "$30\r\n" + std::string(30, 'x') + "\r\n";
  FakeServer server([&](int socket, const std::atomic<bool>& over) {
    while (!over) {
      if (FakeServer::Heard(socket).empty()) continue;
      for (const char byte : text) {
        FakeServer::Say(socket, {&byte, 1});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
  });
  const RedisCall ping = Command({"PING"});
  std::vector<RedisReply> replies;
  RedisClient hasty(server.Options(kClientTimeoutMs)), patient(server.Options(kLongMs));
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(hasty.Run({&ping, 1}, {}, &replies).code(), Code::kBusy);
  EXPECT_LE(MsSince(start_ns), kClientTimeoutMs + kSlackMs);
  EXPECT_TRUE(patient.Run({&ping, 1}, {}, &replies).ok());
  EXPECT_EQ(replies[0].text, std::string(30, 'x'));
  // The caller's own deadline goes before a longer timeout.
  const std::int64_t again_ns = MonotonicNs();
  EXPECT_EQ(patient.Run({&ping, 1}, Deadline::After({30}), &replies).code(), Code::kBusy);
  EXPECT_LE(MsSince(again_ns), 30 + kSlackMs);
}

TEST(RedisClientAgainstAFake, AServerThatNeverEndsMeetsTheDeadline) {
  FakeServer server([](int socket, const std::atomic<bool>& over) {
    const std::string much(64 << 10, 'x');
    if (!FakeServer::Heard(socket).empty()) FakeServer::Say(socket, "$1000000000\r\n");
    while (!over && ::send(socket, much.data(), much.size(), MSG_NOSIGNAL | MSG_DONTWAIT) != 0) {
      if (errno == EPIPE || errno == ECONNRESET) return;
    }
  });
  RedisClient client(server.Options(kClientTimeoutMs));
  const RedisCall ping = Command({"PING"});
  std::vector<RedisReply> replies;
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(client.Run({&ping, 1}, {}, &replies).code(), Code::kBusy);
  EXPECT_LE(MsSince(start_ns), kClientTimeoutMs + kSlackMs);
}

// The server says that it is through while a long request is under way, and then is gone: what is
// written after that would end the host by SIGPIPE.
TEST(RedisClientAgainstAFake, AServerThatHasGoneEndsNoHost) {
  FakeServer server([](int socket, const std::atomic<bool>&) {
    while (FakeServer::Heard(socket).empty()) {
    }
    ::shutdown(socket, SHUT_WR);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  ASSERT_EQ(::signal(SIGPIPE, SIG_DFL), SIG_DFL);
  RedisClient client(server.Options(kLongMs));
  const RedisCall large = Command({"SET", "k", std::string(64 << 20, 'x')});
  std::vector<RedisReply> replies;
  EXPECT_EQ(client.Run({&large, 1}, {}, &replies).code(), Code::kBusy);
}

// A listener whose queue is full: the handshake itself hangs.
TEST(RedisClientAgainstAFake, ConnectingMeetsTheDeadline) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listening, generic, size), 0);
  ASSERT_EQ(::getsockname(listening, generic, &size), 0);
  ASSERT_EQ(::listen(listening, 0), 0);
  std::vector<int> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    (void)::connect(crowd.back(), generic, size);
  }
  RedisOptions options;
  options.host = "127.0.0.1";
  options.port = ntohs(address.sin_port);
  options.timeout_ms = kClientTimeoutMs;
  RedisClient client(options);
  const RedisCall ping = Command({"PING"});
  std::vector<RedisReply> replies;
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(client.Run({&ping, 1}, {}, &replies).code(), Code::kBusy);
  EXPECT_LE(MsSince(start_ns), kClientTimeoutMs + kSlackMs);
  for (const int socket : crowd) ::close(socket);
  ::close(listening);
}

TEST(RedisErrors, TheFirstWordDecides) {
  struct Case {
    const char* text;
    Code want;
  };
  for (const Case& error :
       {Case{"BUSY Redis is busy running a script.", Code::kBusy},
        Case{"LOADING Redis is loading the dataset in memory", Code::kBusy},
        Case{"MASTERDOWN Link with MASTER is down", Code::kBusy},
        Case{"READONLY You can't write against a read only replica. script: 0a1b, on "
             "@user_script:3.",
             Code::kBusy},
        Case{"NOREPLICAS Not enough good replicas to write.", Code::kBusy},
        Case{"TRYAGAIN Multiple keys request during rehashing of slot", Code::kBusy},
        Case{"CLUSTERDOWN Hash slot not served", Code::kBusy},
        Case{"EXECABORT Transaction discarded", Code::kBusy},
        Case{"MISCONF Redis is configured to save RDB snapshots", Code::kBusy},
        Case{"ERR max number of clients reached", Code::kBusy},
        Case{"OOM command not allowed when used memory > 'maxmemory'.", Code::kOutOfMemory},
        Case{"NOAUTH Authentication required.", Code::kCannotOpen},
        Case{"WRONGPASS invalid username-password pair or user is disabled.", Code::kCannotOpen},
        Case{"NOPERM this user has no permissions", Code::kCannotOpen},
        Case{"MOVED 3999 127.0.0.1:6381", Code::kUnsupported},
        Case{"ASK 3999 127.0.0.1:6381", Code::kUnsupported},
        Case{"CROSSSLOT Keys in request don't hash to the same slot", Code::kUnsupported},
        Case{"WRONGTYPE Operation against a key", Code::kInternal},
        Case{"ERR unknown command", Code::kInternal},
        Case{"", Code::kInternal},
        Case{"BUSYKEY Target key name already exists.", Code::kInternal}}) {
    EXPECT_EQ(FromRedisError(error.text).code(), error.want) << error.text;
  }
}

}  // namespace redis_client
}  // namespace seathold::testing
