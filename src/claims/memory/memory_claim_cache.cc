#include "src/claims/memory/memory_claim_cache.h"

#include <algorithm>
#include <array>
#include <new>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "src/util/lapse.h"
#include "src/util/mutex.h"

namespace seathold {
namespace {

// Claims of some performances: by seat, and by when they are due.
class ClaimTable {
 public:
  void Put(const Claim& claim) {
    BySeat& seats = by_seat_[claim.performance];
    const auto it = seats.find(claim.seat);
    if (it == seats.end()) {
      seats.emplace(claim.seat, claim);
    } else {
      if (it->second.seat_version >= claim.seat_version) return;
      due_.erase(KeyOf(it->second));
      it->second = claim;
    }
    due_.insert(KeyOf(claim));
  }

  void Drop(const Claim& claim) {
    const auto table = by_seat_.find(claim.performance);
    if (table == by_seat_.end()) return;
    const auto it = table->second.find(claim.seat);
    if (it == table->second.end() || it->second.hold != claim.hold) return;
    due_.erase(KeyOf(it->second));
    table->second.erase(it);
    if (table->second.empty()) by_seat_.erase(table);
  }

  void Due(TimeUs now, std::size_t count_max, std::vector<Claim>* out) const {
    for (const auto& [expires_at, performance, seat] : due_) {
      if (count_max-- == 0 || !HasLapsed(expires_at, now)) break;
      out->push_back(by_seat_.at(performance).at(seat));
    }
  }

  const Claim* Find(PerformanceId performance, SeatId seat, TimeUs now) const {
    const auto table = by_seat_.find(performance);
    if (table == by_seat_.end()) return nullptr;
    const auto it = table->second.find(seat);
    if (it == table->second.end() || HasLapsed(it->second.expires_at, now)) return nullptr;
    return &it->second;
  }

  // Leaves no trace, also of what was only half put.
  void Forget(PerformanceId performance) {
    std::erase_if(due_,
                  [&](const Key& key) { return std::get<PerformanceId>(key) == performance; });
    by_seat_.erase(performance);
  }

 private:
  using BySeat = std::unordered_map<SeatId, Claim>;
  using Key = std::tuple<TimeUs, PerformanceId, SeatId>;
  static Key KeyOf(const Claim& claim) { return {claim.expires_at, claim.performance, claim.seat}; }

  std::unordered_map<PerformanceId, BySeat> by_seat_;
  std::set<Key> due_;
};

class MemoryClaimCache final : public ClaimCache {
 public:
  Status Put(std::span<const Claim> claims, TimeUs, Deadline) override {
    for (const Claim& claim : claims) {
      Status status = OnShard(claim.performance, [&](ClaimTable& table) { table.Put(claim); });
      if (!status.ok()) return status;
    }
    return {};
  }

  Status Drop(std::span<const Claim> claims, Deadline) override {
    for (const Claim& claim : claims) {
      Status status = OnShard(claim.performance, [&](ClaimTable& table) { table.Drop(claim); });
      if (!status.ok()) return status;
    }
    return {};
  }

  Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline) override {
    *n = 0;
    try {
      std::vector<Claim> due;
      for (Shard& shard : shards_) {
        const MutexLock lock(shard.mutex);
        shard.table.Due(now, out.size(), &due);
      }
      std::ranges::sort(due, {}, [](const Claim& claim) {
        return std::tuple(claim.expires_at, claim.performance, claim.seat);
      });
      *n = std::min(due.size(), out.size());
      std::copy_n(due.begin(), *n, out.begin());
      return {};
    } catch (const std::bad_alloc&) {
      return Status(Code::kOutOfMemory);
    }
  }

  Status Get(PerformanceId performance, SeatId seat, TimeUs now, Claim* out, bool* found,
             Deadline) override {
    *found = false;
    return OnShard(performance, [&](ClaimTable& table) {
      const Claim* claim = table.Find(performance, seat, now);
      if (claim == nullptr) return;
      *out = *claim;
      *found = true;
    });
  }

  Status Forget(PerformanceId performance, Deadline) override {
    return OnShard(performance, [&](ClaimTable& table) { table.Forget(performance); });
  }

 private:
  struct alignas(64) Shard {
    Mutex mutex;
    ClaimTable table GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 64;

  // Out of memory may leave a claim in one index only: the performance is then forgotten, which a
  // cache may always do.
  template <class Step>
  Status OnShard(PerformanceId performance, const Step& step) {
    Shard& shard = shards_[performance.value % kShards];
    MutexLock lock(shard.mutex);
    try {
      step(shard.table);
      return {};
    } catch (const std::bad_alloc&) {
      shard.table.Forget(performance);
      return Status(Code::kOutOfMemory);
    }
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace

std::unique_ptr<ClaimCache> NewMemoryClaimCache() { return std::make_unique<MemoryClaimCache>(); }

}  // namespace seathold
