// A claim cache with a stopwatch.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>

#include "seathold/adapter/claim_cache.h"

namespace seathold::testing {

// How long this thread has been ready and had no processor, as the kernel counts it; 0 where it
// does not. What a busy machine adds to a call is in here, and nobody's fault.
inline std::int64_t ReadyNs() {
  thread_local const int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  char text[96] = {};
  if (file < 0 || pread(file, text, sizeof text - 1, 0) <= 0) return 0;
  char* rest = nullptr;
  (void)std::strtoll(text, &rest, 10);
  return std::strtoll(rest, nullptr, 10);
}

struct ClaimTimes {  // in shared memory
  std::atomic<std::int64_t> longest_ns{0};
  std::atomic<std::uint64_t> put{0}, failed{0};  // claims were; calls that did not succeed

  void Note(std::int64_t ns, bool ok) {
    failed += ok ? 0 : 1;
    std::int64_t most = longest_ns.load();
    while (most < ns && !longest_ns.compare_exchange_weak(most, ns)) {
    }
  }
};

class TimedClaims final : public ClaimCache {
 public:
  TimedClaims(std::unique_ptr<ClaimCache> inner, ClaimTimes* times)
      : inner_(std::move(inner)), times_(times) {}

  Status Put(std::span<const Claim> claims, TimeUs now, Deadline deadline) override {
    const Status status = Timed([&] { return inner_->Put(claims, now, deadline); });
    times_->put += status.ok() ? 1 : 0;
    return status;
  }
  Status Drop(std::span<const Claim> claims, Deadline deadline) override {
    return Timed([&] { return inner_->Drop(claims, deadline); });
  }
  Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline deadline) override {
    return Timed([&] { return inner_->Due(now, out, n, deadline); });
  }
  Status Get(PerformanceId performance, SeatId seat, TimeUs now, Claim* out, bool* found,
             Deadline deadline) override {
    return Timed([&] { return inner_->Get(performance, seat, now, out, found, deadline); });
  }
  Status Forget(PerformanceId performance, Deadline deadline) override {
    return Timed([&] { return inner_->Forget(performance, deadline); });
  }

 private:
  template <class Call>
  Status Timed(const Call& call) {
    const std::int64_t start_ns = MonotonicNs(), ready_ns = ReadyNs();
    const Status status = call();
    times_->Note(MonotonicNs() - start_ns - (ReadyNs() - ready_ns), status.ok());
    return status;
  }

  const std::unique_ptr<ClaimCache> inner_;
  ClaimTimes* const times_;
};

}  // namespace seathold::testing
