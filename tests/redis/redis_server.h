// A redis-server of the test's own: on a free port of this machine, in a folder of its own, gone
// with the test.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/time.h"
#include "src/redis/connection.h"

namespace seathold::testing {

std::uint16_t FreePort();

// Whether there is one to start; if not, tests are skipped with `kNoRedis`.
bool HasRedisServer();
inline constexpr const char* kNoRedis = "redis-server is not installed (package redis-server)";

// An engine time, and the bounds that calls are held to.
inline constexpr TimeUs kNow{1'700'000'000'000'000};
inline constexpr std::int64_t kTimeoutMs = 200;
inline constexpr std::int64_t kSlackMs = 50;
inline std::int64_t MsSince(std::int64_t start_ns) {
  return (MonotonicNs() - start_ns) / 1'000'000;
}

class RedisServer {
 public:
  // `settings` as on its command line ("--maxmemory", "2mb"). It answers when this returns.
  explicit RedisServer(std::vector<std::string> settings = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::uint16_t port() const { return port_; }
  // What stands behind the host: "/3?prefix=x".
  std::string Uri(const std::string& rest = "") const;
  RedisOptions Options(std::int64_t timeout_ms) const;

  bool is_running() const { return process_ > 0; }
  void Kill();      // as a crash does: nothing is kept
  void Start();     // on the same port, empty
  void Stop();      // SIGSTOP: connections stay and nothing answers
  void Continue();  // SIGCONT

  // As a replica, from when it has what the other one has.
  void Follow(RedisServer& master);

  // The reply to one command, as an administrator.
  RedisReply Ask(std::initializer_list<std::string_view> words);
  std::string Text(std::initializer_list<std::string_view> words) { return Ask(words).text; }
  std::int64_t Number(std::initializer_list<std::string_view> words) { return Ask(words).integer; }

 private:
  bool Answers();

  const std::vector<std::string> settings_;
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace seathold::testing
