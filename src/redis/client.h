// Scripts on a Redis server, on the master that sentinels name, or on the nodes of a cluster.
//
// A call goes to whoever keeps its keys, over a small pool of connections a server (RedisPool,
// RedisRoutes). Thread-safe.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/time.h"
#include "src/redis/routes.h"
#include "src/util/fork_guard.h"

namespace seathold {

// Lua text and the name by which a server knows it. Made once, lives as long as the program.
class RedisScript {
 public:
  explicit RedisScript(std::string text);
  const std::string& text() const { return text_; }
  const std::string& sha() const { return sha_; }

 private:
  const std::string text_;
  const std::string sha_;  // SHA-1 in hex
};

struct RedisCall {
  const RedisScript* script = nullptr;  // nullptr: `args` is a command
  // Every key that a script touches is in `keys`; in a cluster all of them are of one slot.
  std::vector<std::string> keys, args;
  RedisReply::Kind expected = RedisReply::Kind::kInteger;
};

class RedisClient {
 public:
  explicit RedisClient(RedisOptions options);

  const RedisOptions& options() const { return options_; }
  // The earlier of `deadline` and the timeout from now: what a caller of several Run gives to each.
  Deadline Cut(Deadline deadline) const;

  // Sends all calls at once, to each server its own; replies[i] is that of calls[i], of the kind it
  // expects. Those of one slot run in order, but for what a server had forgotten or sent elsewhere,
  // which runs behind the others; those of two servers in none. Errors: kForked; kBusy: no
  // connection, or not all the replies by the deadline, or what came is not what was asked for, or
  // a slot that nobody keeps or that is just being moved; those of RedisRoutes::Prepare; then what
  // FromRedisError makes of the first error reply. After any of them some or all of the calls may
  // have been done. Throws std::bad_alloc.
  Status Run(std::span<const RedisCall> calls, Deadline deadline, std::vector<RedisReply>* replies);

  // The servers that are known to keep something, each as the one server of a client of its own.
  std::vector<RedisOptions> Servers() { return routes_.Servers(); }

 private:
  struct Step;
  struct Group;
  static constexpr int kRoundsMax = 6;

  std::vector<Step> FirstSteps(std::span<const RedisCall> calls, Status* status);
  Status RunRound(std::span<const RedisCall> calls, std::span<const Step> steps, Deadline deadline,
                  std::vector<RedisReply>* replies, std::vector<Step>* next);
  Status Finish(std::span<const RedisCall> calls, Group& group, Deadline deadline,
                std::vector<RedisReply>* replies, std::vector<Step>* next);
  void Judge(const RedisCall& call, const Step& step, const RedisReply& reply,
             std::vector<Step>* next);

  const RedisOptions options_;
  const ForkGuard fork_guard_;
  RedisRoutes routes_;
};

}  // namespace seathold
