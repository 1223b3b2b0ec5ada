// Storages that stand between an engine and a real one: one that only forwards, and one that hangs,
// fails, forgets to answer or runs out of memory when a test asks it to.
//
//   auto faults = std::make_shared<Faults>();          // the test's hand on the storage
//   parts.storage = std::make_unique<FaultyStorage>(NewMemoryStorage(), faults);
//   faults->hang_commit_ms = 1'000;
//
// Faults may be switched at any time from any thread. What fails below (a disk) is CrashVfs's.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "seathold/adapter/storage_wrapper.h"
#include "src/util/mutex.h"

namespace seathold::testing {

enum class CommitFault : int {
  kNone,
  kRefused,           // `commit_code`, and nothing was written
  kUnknownCommitted,  // kOutcomeUnknown, and everything was written
  kUnknownLost,       // kOutcomeUnknown, and nothing was written
};

// What goes wrong. Hangs hit write units (and read units where said) and end early when they are
// set back to 0. `times` counts faults that are not hangs: each takes one off, at 0 they stop; a
// negative number lasts.
struct Faults {
  std::atomic<int> hang_begin_ms{0};  // at most until the caller's deadline, which is then kBusy
  std::atomic<int> hang_load_ms{0};
  std::atomic<int> hang_commit_ms{0};
  std::atomic<Code> begin_code{Code::kOk};  // of write units
  std::atomic<Code> close_code{Code::kOk};
  std::atomic<CommitFault> commit{CommitFault::kNone};
  std::atomic<Code> commit_code{Code::kBusy};
  // After an unknown outcome every Begin answers kStorageFailed, as an adapter does that cannot
  // tell what its commit did.
  std::atomic<bool> fail_after_unknown{false};
  std::atomic<bool> no_memory_in_load{false};  // throws std::bad_alloc; read units, too
  std::atomic<bool> no_memory_in_apply{false};
  std::atomic<int> times{-1};

  // Counted as they are called, faults included.
  std::atomic<int> begins_read{0}, begins_write{0}, applies{0}, commits{0};
  std::atomic<std::size_t> seats_asked{0};  // by key, of write units
  std::atomic<bool> failed{false};          // by fail_after_unknown

  // Apply fails with kInternal when it would write this hold.
  void Poison(const HoldId& hold);
  bool IsPoisoned(const ChangeSet& changes) const;
  // Called in every Apply, before anything else, by the thread that leads.
  void OnApply(std::function<void(const ChangeSet&)> callback);
  void CallOnApply(const ChangeSet& changes) const;

  int begins() const { return begins_read + begins_write; }
  // True while this hang lasts somewhere.
  bool hanging() const { return hanging_.load() > 0; }

  // True = the fault is to happen now.
  bool Take();
  // Waits `ms` of real time, or until it was set back, or until the deadline.
  void Hang(const std::atomic<int>& ms, Deadline deadline = {});

 private:
  mutable Mutex mutex_;
  HoldId poison_ GUARDED_BY(mutex_);
  std::function<void(const ChangeSet&)> on_apply_ GUARDED_BY(mutex_);
  std::atomic<int> hanging_{0};
};

class FaultyStorage final : public StorageWrapper {
 public:
  // `faults` is shared with the test and with units that are still open.
  FaultyStorage(std::unique_ptr<Storage> inner, std::shared_ptr<Faults> faults)
      : StorageWrapper(std::move(inner)), faults_(std::move(faults)) {}

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override;
  Status Close() override {
    const Code code = faults_->close_code;
    return code == Code::kOk ? StorageWrapper::Close() : Status(code);
  }

 private:
  const std::shared_ptr<Faults> faults_;
};

}  // namespace seathold::testing
