// A database that nothing can be written into for a while.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "seathold/adapter/storage_wrapper.h"

namespace seathold::testing {

// It takes nothing while it is `busy`, and keeps who begins to write waiting while it `hangs`: what
// is to be settled stays where it is.
class BusyStorage final : public StorageWrapper {
 public:
  using StorageWrapper::StorageWrapper;
  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (busy && access == Access::kWrite) return Code::kBusy;
    if (access == Access::kWrite) {
      ++begun;
      while (hangs) std::this_thread::yield();
    }
    return StorageWrapper::Begin(access, deadline);
  }
  std::atomic<bool> busy{false};
  std::atomic<bool> hangs{false};
  std::atomic<int> begun{0};
};

}  // namespace seathold::testing
