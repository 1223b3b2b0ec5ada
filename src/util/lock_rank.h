// The order in which a thread may take locks. Builds with assertions end a process that breaks it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace seathold {

// From the first to the last, of each rank at most one. Whoever waits for a lock holds earlier ones
// only, so that no two threads wait for each other.
enum class LockRank : std::uint8_t {
  kClosing,      // the one who closes an engine: whom it waits for never takes this one
  kLineWriter,   // what lines are still to be told
  kDirectory,    // what memory knows of performances
  kRedisRoutes,  // which server has which keys
  kLeaf,         // every other: nothing is taken under it
};

#if !defined(NDEBUG)

class RankOfLock {
 public:
  explicit RankOfLock(LockRank rank) : bit_(1u << static_cast<unsigned>(rank)) {}

  void MayTake() const { Require(held_ < bit_, "taken"); }
  // Who could end the wait might need what else is held.
  void MayWait() const { Require(Held() == bit_, "waited with"); }
  void Taken() const { held_ |= bit_; }
  void Dropped() const { held_ &= ~bit_; }
  // Before what may take as long as it likes: a transaction, a turn.
  static void HoldsNone() { RankOfLock(LockRank::kLeaf).Require(Held() == 0, "wanted"); }

 private:
  static unsigned Held() { return held_ & ~(1u << static_cast<unsigned>(LockRank::kClosing)); }
  void Require(bool in_order, const char* what) const {
    if (in_order) return;
    std::fprintf(stderr, "seathold: a lock of rank bit %x was %s while %x are held (lock_rank.h)\n",
                 bit_, what, held_);
    std::abort();
  }

  static inline thread_local unsigned held_ = 0;  // one bit a rank
  unsigned bit_;
};

#else

class RankOfLock {
 public:
  explicit RankOfLock(LockRank) {}
  void MayTake() const {}
  void MayWait() const {}
  void Taken() const {}
  void Dropped() const {}
  static void HoldsNone() {}
};

#endif

}  // namespace seathold
