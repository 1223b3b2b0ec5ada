// Threads for what may wait: the engine's calls. Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "src/util/mutex.h"

namespace seathold::web {

class WorkPool {
 public:
  WorkPool(int threads, std::size_t queue_max);
  ~WorkPool();  // as Stop

  // False where queue_max pieces wait already, or after Stop.
  bool Submit(std::function<void()> work);
  // Finishes what was taken on, then ends the threads. Safe to call twice.
  void Stop();
  std::size_t waiting() const;

 private:
  void Run();

  const std::size_t queue_max_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace seathold::web
