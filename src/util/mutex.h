// A mutex that clang's -Wthread-safety can follow (its attributes refuse std::mutex).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "seathold/time.h"

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
  // Nearly all that is done under a lock takes less time than going to sleep: a few tries first.
  void lock() ACQUIRE() {
    for (int i = 0; i < kTries; ++i) {
      if (mutex_.try_lock()) return;
      Pause();
    }
    mutex_.lock();
  }
  // Without the tries, in which one passes those who sleep: where nobody may be passed often.
  void LockInTurn() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }
  bool try_lock() TRY_ACQUIRE(true) { return mutex_.try_lock(); }

 private:
  friend class CondVar;
  static constexpr int kTries = 100;  // a few microseconds

  static void Pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::mutex mutex_;
};

struct InTurn {};

class SEATHOLD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  MutexLock(Mutex& mutex, InTurn) ACQUIRE(mutex) : mutex_(mutex) { mutex_.LockInTurn(); }
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
  bool Wait(Mutex& mutex, Deadline deadline) REQUIRES(mutex) {
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
