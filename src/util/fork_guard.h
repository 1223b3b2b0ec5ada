// Tells a child of fork from its parent, in one load.
#pragma once

namespace seathold {

class ForkGuard {
 public:
  ForkGuard();
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

  // True in a process that was forked after this guard was made.
  bool forked() const { return page_ != nullptr && *page_ == 0; }

 private:
  volatile unsigned char* page_ = nullptr;  // the kernel wipes it in a child
};

}  // namespace seathold
