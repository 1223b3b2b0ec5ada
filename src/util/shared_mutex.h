// A mutex that readers share without sharing a cache line: each takes one of a few locks, which is
// mostly its thread's own, and whoever is to be alone takes all of them.
//
// Readers wait for one another only where more are in at once than there are locks. Whoever wants
// to be alone says so first, so that no stream of readers keeps them out.
#pragma once

#include <array>
#include <atomic>
#include <mutex>

#include "src/util/mutex.h"
#include "src/util/stripes.h"

#define ACQUIRE_SHARED(...) SEATHOLD_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) SEATHOLD_ATTRIBUTE(requires_shared_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) SEATHOLD_ATTRIBUTE(release_shared_capability(__VA_ARGS__))

namespace seathold {

class SEATHOLD_ATTRIBUTE(capability("mutex")) SharedMutex {
 public:
  void lock() ACQUIRE() NO_THREAD_SAFETY_ANALYSIS {
    turn_.lock();
    wanted_.store(true, std::memory_order_relaxed);
    for (Stripe& stripe : stripes_) stripe.mutex.lock();
  }
  void unlock() RELEASE() NO_THREAD_SAFETY_ANALYSIS {
    for (Stripe& stripe : stripes_) stripe.mutex.unlock();
    wanted_.store(false, std::memory_order_relaxed);
    turn_.unlock();
  }
  // Which of the locks it was, for UnlockShared.
  std::size_t LockShared() ACQUIRE_SHARED() NO_THREAD_SAFETY_ANALYSIS {
    if (wanted_.load(std::memory_order_relaxed)) AwaitTurn();
    rank_.MayTake();
    const std::size_t mine = StripeOfThread();
    const std::size_t taken = TryAny(mine);
    if (taken == kStripes) stripes_[mine].mutex.lock();
    rank_.Taken();
    return taken == kStripes ? mine : taken;
  }
  void UnlockShared(std::size_t taken) RELEASE_SHARED() NO_THREAD_SAFETY_ANALYSIS {
    rank_.Dropped();
    stripes_[taken].mutex.unlock();
  }

 private:
  struct alignas(kStripeBytes) Stripe {
    std::mutex mutex;
  };

  void AwaitTurn() { const MutexLock behind_the_writer(turn_); }
  std::size_t TryAny(std::size_t mine) {
    for (std::size_t i = 0; i < kStripes; ++i) {
      const std::size_t at = (mine + i) % kStripes;
      if (stripes_[at].mutex.try_lock()) return at;
    }
    return kStripes;
  }

  std::array<Stripe, kStripes> stripes_;
  Mutex turn_;  // held by who is alone
  std::atomic<bool> wanted_{false};
  [[no_unique_address]] RankOfLock rank_{LockRank::kLeaf};
};

class SEATHOLD_ATTRIBUTE(scoped_lockable) AloneLock {
 public:
  explicit AloneLock(SharedMutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~AloneLock() RELEASE() { mutex_.unlock(); }
  AloneLock(const AloneLock&) = delete;
  AloneLock& operator=(const AloneLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class SEATHOLD_ATTRIBUTE(scoped_lockable) SharedLock {
 public:
  explicit SharedLock(SharedMutex& mutex) ACQUIRE_SHARED(mutex)
      : mutex_(mutex), taken_(mutex.LockShared()) {}
  ~SharedLock() RELEASE() { mutex_.UnlockShared(taken_); }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;

 private:
  SharedMutex& mutex_;
  const std::size_t taken_;
};

}  // namespace seathold
