// Ends holds that are over. Hygiene: everything is right without it, since every decision compares
// the deadline with the time.
#pragma once

#include <thread>

#include "src/engine/engine_core.h"
#include "src/rules/release.h"

namespace seathold {

class Sweeper {
 public:
  explicit Sweeper(EngineCore& core) : core_(core) {}
  ~Sweeper() { Stop(); }

  // One round: what the claim cache says is due, and at least every sweep_full_ms what storage's
  // own deadline index says. Ends at most holds_max holds; returns how many. Every sweep_full_ms
  // storage may keep house as well, unless it is being written.
  Result<int> Sweep(int holds_max, Deadline deadline);

  // A thread of its own that does a round every sweep_every_ms.
  void Start();
  void Stop();

 private:
  struct Due {
    std::vector<ExpireArgs> holds;
    std::vector<Claim> claims;
    bool all = false;  // that storage has
  };
  Status Gather(std::size_t holds_max, Deadline deadline, Due* due);
  void GatherClaims(std::size_t holds_max, Deadline deadline, Due* due);
  void ReadClaims(std::size_t claims_max, Deadline deadline, std::vector<Claim>* claims);
  void DropSettled(const std::vector<ExpireArgs>& settled, const Due& due, Deadline deadline);
  void Maintain();
  void Loop();

  EngineCore& core_;
  std::atomic<std::int64_t> full_at_ns_{0};      // when the next full round is due
  std::atomic<std::int64_t> maintain_at_ns_{0};  // when storage may keep house again
  Mutex mutex_;
  CondVar wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // touched by Start and Stop only
};

}  // namespace seathold
