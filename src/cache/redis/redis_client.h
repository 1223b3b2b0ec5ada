// Scripts on a Redis server, over a small pool of connections.
//
// A server that is gone, hangs or answers nonsense costs a call its timeout and nothing more: the
// connection is dropped with all that wait unused, and a later call connects anew. Thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/time.h"
#include "src/cache/redis/redis_connection.h"
#include "src/util/fork_guard.h"
#include "src/util/mutex.h"

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
  std::vector<std::string> keys, args;  // every key that a script touches is in `keys`
  RedisReply::Kind expected = RedisReply::Kind::kInteger;
};

class RedisClient {
 public:
  explicit RedisClient(RedisOptions options);

  const RedisOptions& options() const { return options_; }
  // The earlier of `deadline` and the timeout from now: what a caller of several Run gives to each.
  Deadline Cut(Deadline deadline) const;

  // Sends all calls at once; replies[i] is that of calls[i], of the kind it expects. They run in
  // order, but for scripts that the server had forgotten, which run behind the others. Errors:
  // kForked; kBusy: no connection, or not all the replies by the deadline, or what came is not what
  // was asked for; then what FromRedisError makes of the first error reply. After any of them some
  // or all of the calls may have been done. Throws std::bad_alloc.
  Status Run(std::span<const RedisCall> calls, Deadline deadline, std::vector<RedisReply>* replies);

 private:
  struct Place;
  static constexpr std::size_t kConnectionsMax = 8;

  bool WaitForPlace(Deadline deadline);
  std::unique_ptr<RedisConnection> TakeIdle();
  Result<std::unique_ptr<RedisConnection>> Connected(Deadline deadline);
  void GiveBack(std::unique_ptr<RedisConnection> sound);

  const RedisOptions options_;
  const ForkGuard fork_guard_;
  Mutex mutex_;
  CondVar given_back_;
  std::vector<std::unique_ptr<RedisConnection>> idle_ GUARDED_BY(mutex_);
  std::size_t leased_ GUARDED_BY(mutex_) = 0;
};

}  // namespace seathold
