#include "src/waiting_room/spent_passes.h"

#include <algorithm>

namespace seathold {

void SpentPasses::Note(const SpentRecord& spent) {
  Shard& shard = shards_[ShardOf(spent.user)];
  const AloneLock lock(shard.mutex);
  if (shard.through.size() >= kPerShardMax) shard.through.clear();
  Sequence& through = shard.through[spent.key()];
  through = std::max(through, spent.through);
}

bool SpentPasses::Knows(ShowId show, UserId user, Sequence sequence) const {
  const Shard& shard = shards_[ShardOf(user)];
  const SharedLock lock(shard.mutex);
  const auto known = shard.through.find({show, user});
  return known != shard.through.end() && sequence <= known->second;
}

}  // namespace seathold
