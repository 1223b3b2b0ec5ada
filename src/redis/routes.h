// Which server keeps a key: the only one; the master that sentinels name; or the owner of the key's
// slot in a cluster.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "seathold/time.h"
#include "src/redis/pool.h"
#include "src/redis/slots.h"
#include "src/util/mutex.h"

namespace seathold {

// What was learned is kept until something speaks against it, and then asked for again, by one
// caller at a time and at most every kLearnEveryMs; the others go on with what is known. Each time
// another server is asked first: one that hangs, or is cut off and believes in an older order, is
// not asked for ever. Thread-safe.
class RedisRoutes {
 public:
  static constexpr std::int64_t kLearnEveryMs = 100;

  explicit RedisRoutes(RedisOptions options);

  // Learns what is to be learned. Errors, only while nothing is known: kBusy: nobody answers;
  // kUnsupported: who answers is no cluster or no sentinel; kCannotOpen: sentinels know no master
  // of that name.
  Status Prepare(Deadline deadline);
  // nullptr: nobody keeps it. Keys of one slot are kept by one server.
  std::shared_ptr<RedisPool> Of(std::string_view key);
  std::shared_ptr<RedisPool> At(const RedisAddress& address);
  // A server said that the slot is kept by another one: so it is, until the next look.
  void Move(std::size_t slot, const RedisAddress& to);
  // What is known may be out of date.
  void Doubt();
  // All that keep something.
  std::vector<RedisOptions> Servers();

 private:
  using Ranges = std::vector<RedisSlotRange>;
  struct Learning;

  Status BeginToLearn(Deadline deadline, bool* begun);
  Status Learn(Deadline deadline);
  std::vector<RedisAddress> Whom();
  Result<Ranges> Ask(const RedisAddress& whom, Deadline deadline) const;
  Result<Ranges> AskSentinel(const RedisAddress& whom, Deadline deadline) const;
  void Take(const Ranges& ranges);
  std::shared_ptr<RedisPool> PoolLocked(const RedisAddress& address) REQUIRES(mutex_);

  const RedisOptions options_;
  const std::vector<RedisAddress> seeds_;
  Mutex mutex_{LockRank::kRedisRoutes};
  CondVar learned_;
  std::vector<std::shared_ptr<RedisPool>> by_slot_ GUARDED_BY(mutex_);  // empty: nothing is known
  std::map<RedisAddress, std::shared_ptr<RedisPool>> pools_ GUARDED_BY(mutex_);
  std::vector<RedisAddress> nodes_ GUARDED_BY(mutex_);  // of the cluster: to be asked
  std::size_t next_asked_ GUARDED_BY(mutex_) = 0;
  bool learning_ GUARDED_BY(mutex_) = false;
  bool doubted_ GUARDED_BY(mutex_) = false;
  Deadline learn_again_ GUARDED_BY(mutex_) = {0};
};

}  // namespace seathold
