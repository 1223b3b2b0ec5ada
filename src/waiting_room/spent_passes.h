// Passes that this process knows to be spent: what its own commits have noted.
//
// It makes a refusal say so where a seat would be refused from memory; what it does not know, the
// transaction does. Bounded: it forgets before it grows. Thread-safe.
#pragma once

#include <array>
#include <map>

#include "seathold/adapter/records.h"
#include "src/util/shared_mutex.h"

namespace seathold {

class SpentPasses {
 public:
  void Note(const SpentRecord& spent);
  bool Knows(ShowId show, UserId user, Sequence sequence) const;

 private:
  static constexpr std::size_t kShards = 64;
  static constexpr std::size_t kPerShardMax = 1'024;

  struct Shard {
    mutable SharedMutex mutex;  // shared by who asks
    std::map<SpentRecord::Key, Sequence> through GUARDED_BY(mutex);
  };
  static std::size_t ShardOf(UserId user) { return user.value % kShards; }

  std::array<Shard, kShards> shards_;
};

}  // namespace seathold
