// Threads that take all that waits at once: for calls of the engine that share a commit, and a
// wake-up, when they are made together. Thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "src/util/mutex.h"

namespace seathold::web {

template <class Item>
class Lots {
 public:
  // `work` is given 1 .. lot_max items, in the order in which they came.
  Lots(int threads, std::size_t waiting_max, std::size_t lot_max,
       std::function<void(std::vector<Item>)> work)
      : waiting_max_(waiting_max), lot_max_(lot_max), work_(std::move(work)) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  }
  ~Lots() { Stop(); }

  // False where waiting_max items wait already, or after Stop.
  bool Submit(Item item) {
    {
      const MutexLock lock(mutex_);
      if (stopping_ || waiting_.size() >= waiting_max_) return false;
      waiting_.push_back(std::move(item));
    }
    wake_.NotifyOne();  // who wakes up finds the lock free
    return true;
  }

  // Finishes what was taken on, then ends the threads. Safe to call twice.
  void Stop() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
      wake_.NotifyAll();
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  std::size_t waiting() const {
    const MutexLock lock(mutex_);
    return waiting_.size();
  }

 private:
  void Run() {
    for (;;) {
      std::vector<Item> lot;
      {
        const MutexLock lock(mutex_);
        while (waiting_.empty() && !stopping_) wake_.Wait(mutex_, Deadline{});
        if (waiting_.empty()) return;
        const auto end =
            waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), lot_max_));
        lot.assign(std::move_iterator(waiting_.begin()), std::move_iterator(end));
        waiting_.erase(waiting_.begin(), end);
      }
      work_(std::move(lot));
    }
  }

  const std::size_t waiting_max_, lot_max_;
  const std::function<void(std::vector<Item>)> work_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<Item> waiting_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace seathold::web
