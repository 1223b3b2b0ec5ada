#include "src/cache/memory/claim_cache.h"

#include <array>
#include <new>
#include <set>
#include <unordered_map>
#include <utility>

#include "src/util/mutex.h"

namespace seathold {
namespace {

// The claims of one performance: by seat, and by when they are due.
class ClaimTable {
 public:
  void Put(const Claim& claim) {
    const auto it = by_seat_.find(claim.seat);
    if (it == by_seat_.end()) {
      by_seat_.emplace(claim.seat, claim);
    } else {
      if (it->second.seat_version >= claim.seat_version) return;
      due_.erase(DueKey(it->second));
      it->second = claim;
    }
    due_.insert(DueKey(claim));
  }

  void Drop(const Claim& claim) {
    const auto it = by_seat_.find(claim.seat);
    if (it == by_seat_.end() || it->second.hold != claim.hold) return;
    due_.erase(DueKey(it->second));
    by_seat_.erase(it);
  }

  std::size_t Due(TimeUs now, std::span<Claim> out) const {
    std::size_t count = 0;
    for (const auto& [expires_at, seat] : due_) {
      if (count == out.size() || expires_at > now) break;
      out[count++] = by_seat_.at(seat);
    }
    return count;
  }

  const Claim* Find(SeatId seat, TimeUs now) const {
    const auto it = by_seat_.find(seat);
    return it != by_seat_.end() && it->second.expires_at > now ? &it->second : nullptr;
  }

 private:
  static std::pair<TimeUs, SeatId> DueKey(const Claim& claim) {
    return {claim.expires_at, claim.seat};
  }

  std::unordered_map<SeatId, Claim> by_seat_;
  std::set<std::pair<TimeUs, SeatId>> due_;
};

class MemoryClaimCache final : public ClaimCache {
 public:
  Status Put(std::span<const Claim> claims, TimeUs, Deadline) override {
    for (const Claim& claim : claims) {
      Status status =
          OnShard(claim.performance, [&](Tables& t) { t[claim.performance].Put(claim); });
      if (!status.ok()) return status;
    }
    return {};
  }

  Status Drop(std::span<const Claim> claims, Deadline) override {
    for (const Claim& claim : claims) {
      Status status = OnShard(claim.performance, [&](Tables& tables) {
        const auto it = tables.find(claim.performance);
        if (it != tables.end()) it->second.Drop(claim);
      });
      if (!status.ok()) return status;
    }
    return {};
  }

  Status Due(PerformanceId performance, TimeUs now, std::span<Claim> out, std::size_t* n,
             Deadline) override {
    *n = 0;
    return OnShard(performance, [&](Tables& tables) {
      const auto it = tables.find(performance);
      if (it != tables.end()) *n = it->second.Due(now, out);
    });
  }

  Status Get(PerformanceId performance, SeatId seat, TimeUs now, Claim* out, bool* found,
             Deadline) override {
    *found = false;
    return OnShard(performance, [&](Tables& tables) {
      const auto it = tables.find(performance);
      const Claim* claim = it == tables.end() ? nullptr : it->second.Find(seat, now);
      if (claim == nullptr) return;
      *out = *claim;
      *found = true;
    });
  }

  Status Forget(PerformanceId performance, Deadline) override {
    return OnShard(performance, [&](Tables& tables) { tables.erase(performance); });
  }

 private:
  using Tables = std::unordered_map<PerformanceId, ClaimTable>;
  struct alignas(64) Shard {
    Mutex mutex;
    Tables tables GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 64;

  // Out of memory may leave a claim in one index only: the performance is then forgotten, which a
  // cache may always do.
  template <class Step>
  Status OnShard(PerformanceId performance, const Step& step) {
    Shard& shard = shards_[performance.value % kShards];
    MutexLock lock(shard.mutex);
    try {
      step(shard.tables);
      return {};
    } catch (const std::bad_alloc&) {
      shard.tables.erase(performance);
      return Status(Code::kOutOfMemory);
    }
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace

std::unique_ptr<ClaimCache> NewMemoryClaimCache() { return std::make_unique<MemoryClaimCache>(); }

}  // namespace seathold
