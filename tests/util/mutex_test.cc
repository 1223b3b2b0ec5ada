#include "src/util/mutex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace seathold {
namespace {

TEST(Mutex, LetsOneThreadInAtATime) {
  constexpr int kThreads = 4, kRounds = 5'000;
  Mutex mutex;
  int count = 0;  // guarded by mutex
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const MutexLock lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * kRounds);
}

TEST(Mutex, IsTakenOnlyWhenItIsFree) {
  Mutex mutex;
  bool got_in = true;
  {
    const MutexLock lock(mutex);
    std::thread([&] { got_in = mutex.try_lock(); }).join();
    EXPECT_FALSE(got_in);
  }
  got_in = mutex.try_lock();
  if (got_in) mutex.unlock();
  EXPECT_TRUE(got_in);
}

TEST(CondVar, GivesUpAtADeadlineThatHasPassed) {
  Mutex mutex;
  CondVar condition;
  const MutexLock lock(mutex);
  EXPECT_FALSE(condition.Wait(mutex, Deadline::After({.timeout_ms = 0})));
}

TEST(CondVar, WaitsUntilItsDeadlineAndKeepsTheMutex) {
  Mutex mutex;
  CondVar condition;
  const MutexLock lock(mutex);
  const Deadline deadline = Deadline::After({.timeout_ms = 20});
  while (condition.Wait(mutex, deadline)) {
  }
  EXPECT_TRUE(deadline.passed());
  bool got_in = true;
  std::thread([&] { got_in = mutex.try_lock(); }).join();
  EXPECT_FALSE(got_in);
}

TEST(CondVar, WakesAWaiterOfAnyDeadline) {
  for (const Deadline deadline : {Deadline{}, Deadline::After({.timeout_ms = 86'400'000})}) {
    Mutex mutex;
    CondVar condition;
    bool ready = false, in_time = true;  // guarded by mutex
    std::thread waiter([&] {
      const MutexLock lock(mutex);
      while (!ready && in_time) in_time = condition.Wait(mutex, deadline);
    });
    {
      const MutexLock lock(mutex);
      ready = true;
      condition.NotifyOne();
    }
    waiter.join();
    EXPECT_TRUE(in_time);
  }
}

TEST(CondVar, WakesAll) {
  Mutex mutex;
  CondVar condition;
  bool ready = false;
  int woken = 0;  // both guarded by mutex
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] {
      const MutexLock lock(mutex);
      while (!ready) (void)condition.Wait(mutex, Deadline{});
      ++woken;
    });
  }
  {
    const MutexLock lock(mutex);
    ready = true;
    condition.NotifyAll();
  }
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(woken, 3);
}

#if !defined(NDEBUG)

void Take(Mutex& mutex) { const MutexLock lock(mutex); }

TEST(LockOrder, AnEarlierLockUnderALaterOneEndsTheProcess) {
  Mutex first(LockRank::kLineWriter), second(LockRank::kDirectory), leaf, other_leaf;
  {
    const MutexLock one(first);
    const MutexLock two(second);
    const MutexLock three(leaf);
    EXPECT_DEATH(Take(other_leaf), "lock_rank.h");  // one of a rank
  }
  const MutexLock two(second);
  EXPECT_DEATH(Take(first), "lock_rank.h");
  EXPECT_DEATH(RankOfLock::HoldsNone(), "lock_rank.h");
  const bool taken = first.try_lock();  // waits for nobody
  EXPECT_TRUE(taken);
  if (taken) first.unlock();
}

TEST(LockOrder, NobodyWaitsWithMoreThanTheirOwnLock) {
  Mutex first(LockRank::kDirectory), own;
  CondVar condition;
  const MutexLock one(first);
  const MutexLock two(own);
  EXPECT_DEATH((void)condition.Wait(own, Deadline::After({.timeout_ms = 0})), "lock_rank.h");
}

TEST(LockOrder, IsOfEachThreadAlone) {
  Mutex first(LockRank::kLineWriter), leaf;
  const MutexLock held(leaf);
  std::thread([&] {
    RankOfLock::HoldsNone();
    const MutexLock one(first);
  }).join();
}

#endif

}  // namespace
}  // namespace seathold
