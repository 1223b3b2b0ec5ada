// A small pool of connections to one Redis server.
//
// A server that is gone, hangs or answers nonsense costs a call its timeout and nothing more: the
// connection is dropped with all that wait unused, and a later call connects anew. Thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "seathold/time.h"
#include "src/redis/connection.h"
#include "src/util/mutex.h"

namespace seathold {

class RedisPool {
 public:
  class Turn;

  explicit RedisPool(RedisOptions server);
  const RedisOptions& server() const { return server_; }

 private:
  static constexpr std::size_t kConnectionsMax = 8;

  bool WaitForPlace(Deadline deadline);
  std::unique_ptr<RedisConnection> TakeIdle();
  void GiveBack(std::unique_ptr<RedisConnection> sound, bool broken);

  const RedisOptions server_;
  Mutex mutex_;
  CondVar given_back_;
  std::vector<std::unique_ptr<RedisConnection>> idle_ GUARDED_BY(mutex_);
  std::size_t leased_ GUARDED_BY(mutex_) = 0;
};

// One caller's turn at one of the connections, which ends with the object. A connection that was
// used goes back to the pool by Keep; without it, it is dropped. Not thread-safe.
class RedisPool::Turn {
 public:
  explicit Turn(std::shared_ptr<RedisPool> pool) : pool_(std::move(pool)) {}
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // kBusy: all connections are in use until the deadline. Whoever has turns at several pools at a
  // time waits for them in one order, the same for all.
  Status Wait(Deadline deadline);
  // After Wait: whether a connection is at hand, without waiting for one.
  bool HasIdle();
  // The connection, made if there is none. Errors: those of RedisConnection::Connect.
  Status Connect(Deadline deadline);
  RedisConnection& connection() { return *connection_; }
  void Keep() { sound_ = true; }

 private:
  const std::shared_ptr<RedisPool> pool_;
  bool has_place_ = false, used_ = false, sound_ = false;
  std::unique_ptr<RedisConnection> connection_;
};

}  // namespace seathold
