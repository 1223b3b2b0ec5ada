// Tells a process from its fork at the price of one load: a page that the kernel gives to a child
// as zeros.
#pragma once

#include <atomic>

namespace seathold {

class ForkGuard {
 public:
  // Without `wiping` it goes by process id alone, as where the kernel wipes no page.
  explicit ForkGuard(bool wiping = true);
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

  // True in a process that was forked after this was made.
  bool forked() const {
    return page_ != nullptr ? page_->load(std::memory_order_relaxed) == 0 : IsAnotherProcess();
  }

 private:
  bool IsAnotherProcess() const;

  std::atomic<int>* page_ = nullptr;  // nullptr where the kernel cannot: then by process id
  const int process_;
};

}  // namespace seathold
