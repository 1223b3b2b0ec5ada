// The same from many threads at once.
#pragma once

#include <barrier>
#include <thread>
#include <vector>

namespace seathold::sale {

// make(t) before the start, then run(t, made) at the same moment; returns when all have ended.
// `started` is called by one of them between the two.
template <class Make, class Started, class Run>
void Together(int threads, Make make, Started started, Run run) {
  std::barrier ready(threads, [&]() noexcept { started(); });
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      auto made = make(t);
      ready.arrive_and_wait();
      run(t, made);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace seathold::sale
