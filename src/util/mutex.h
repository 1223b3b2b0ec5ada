// A mutex that clang's -Wthread-safety can follow (its attributes refuse std::mutex).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "seathold/time.h"
#include "src/util/lock_rank.h"

#if defined(__clang__)
#define SEATHOLD_ATTRIBUTE(x) __attribute__((x))
#else
#define SEATHOLD_ATTRIBUTE(x)
#endif
#define GUARDED_BY(x) SEATHOLD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) SEATHOLD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) SEATHOLD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) SEATHOLD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) SEATHOLD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) SEATHOLD_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS SEATHOLD_ATTRIBUTE(no_thread_safety_analysis)

namespace seathold {

class SEATHOLD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  explicit Mutex(LockRank rank = LockRank::kLeaf) : rank_(rank) {}

  // Nearly all that is done under a lock takes less time than going to sleep: a few tries first.
  void lock() ACQUIRE() {
    rank_.MayTake();
    for (int i = 0; i < kTries; ++i) {
      if (mutex_.try_lock()) return rank_.Taken();
      Pause();
    }
    mutex_.lock();
    rank_.Taken();
  }
  void unlock() RELEASE() {
    rank_.Dropped();
    mutex_.unlock();
  }
  bool try_lock() TRY_ACQUIRE(true) {
    const bool taken = mutex_.try_lock();  // never waits, so that no order matters
    if (taken) rank_.Taken();
    return taken;
  }

  // Between two tries of anything that is soon over.
  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

 private:
  friend class CondVar;
  static constexpr int kTries = 100;  // a few microseconds

  std::mutex mutex_;
  [[no_unique_address]] RankOfLock rank_;
};

class SEATHOLD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

class CondVar {
 public:
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

  // False when the deadline passed. Spurious wake-ups happen: wait in a loop.
  // REQUIRES: no other lock is held, as whoever could wake it might wait for that.
  bool Wait(Mutex& mutex, Deadline deadline) REQUIRES(mutex) {
    mutex.rank_.MayWait();
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = WaitLocked(lock, deadline);
    lock.release();
    return in_time;
  }

 private:
  bool WaitLocked(std::unique_lock<std::mutex>& lock, Deadline deadline) {
    if (deadline.monotonic_ns == Deadline{}.monotonic_ns) {
      condition_.wait(lock);
      return true;
    }
    const auto until =
        std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline.monotonic_ns));
    return condition_.wait_until(lock, until) == std::cv_status::no_timeout;
  }

  std::condition_variable condition_;
};

}  // namespace seathold
