// Tells a process from its fork at the price of one load: a page that the kernel gives to a child
// as zeros.
#pragma once

#include <atomic>

namespace seathold::sqlite {

class ForkGuard {
 public:
  ForkGuard();
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

  // True in a process that was forked after this was made.
  bool forked() const;

 private:
  std::atomic<int>* page_ = nullptr;  // nullptr where the kernel cannot: then by process id
  const int process_;
};

}  // namespace seathold::sqlite
