#include "tests/support/faulty_storage.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>

namespace seathold::testing {
namespace {

class FaultyUnit final : public UnitWrapper {
 public:
  FaultyUnit(std::unique_ptr<StorageUnit> inner, Access access, std::shared_ptr<Faults> faults)
      : UnitWrapper(std::move(inner)), access_(access), faults_(std::move(faults)) {}

  Status Load(const KeySet& keys, RecordSet* into) override {
    if (access_ == Access::kWrite) {
      faults_->Hang(faults_->hang_load_ms);
      faults_->seats_asked += keys.of<SeatRecord>().keys.size();
    }
    if (faults_->no_memory_in_load && faults_->Take()) throw std::bad_alloc();
    return UnitWrapper::Load(keys, into);
  }

  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    ++faults_->applies;
    faults_->CallOnApply(changes);
    if (faults_->no_memory_in_apply && faults_->Take()) throw std::bad_alloc();
    if (faults_->IsPoisoned(changes)) return Status(Code::kInternal, "a poisoned hold");
    return UnitWrapper::Apply(changes, mark);
  }

  Status Commit() override {
    ++faults_->commits;
    faults_->Hang(faults_->hang_commit_ms);
    const CommitFault fault = faults_->commit;
    if (fault == CommitFault::kNone || !faults_->Take()) return UnitWrapper::Commit();
    if (fault == CommitFault::kRefused) return Status(faults_->commit_code.load());
    if (fault == CommitFault::kUnknownCommitted) {
      if (Status really = UnitWrapper::Commit(); !really.ok()) return really;
    }
    if (faults_->fail_after_unknown) faults_->failed = true;
    return Status(Code::kOutcomeUnknown);
  }

 private:
  const Access access_;
  const std::shared_ptr<Faults> faults_;
};

}  // namespace

void Faults::Poison(const HoldId& hold) {
  const MutexLock lock(mutex_);
  poison_ = hold;
}

bool Faults::IsPoisoned(const ChangeSet& changes) const {
  const MutexLock lock(mutex_);
  if (!poison_) return false;
  return std::ranges::any_of(
      changes.of<HoldRecord>().changes,
      [poison = poison_](const auto& change) { return change.row.hold == poison; });
}

void Faults::OnApply(std::function<void(const ChangeSet&)> callback) {
  const MutexLock lock(mutex_);
  on_apply_ = std::move(callback);
}

void Faults::CallOnApply(const ChangeSet& changes) const {
  std::function<void(const ChangeSet&)> callback;
  {
    const MutexLock lock(mutex_);
    callback = on_apply_;
  }
  if (callback) callback(changes);
}

bool Faults::Take() {
  int left = times.load();
  while (left > 0 && !times.compare_exchange_weak(left, left - 1)) {
  }
  return left != 0;
}

void Faults::Hang(const std::atomic<int>& ms, Deadline deadline) {
  if (ms == 0) return;
  ++hanging_;
  const std::int64_t began_ns = MonotonicNs();
  while (MonotonicNs() - began_ns < std::int64_t{ms} * 1'000'000 && !deadline.passed()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  --hanging_;
}

Result<std::unique_ptr<StorageUnit>> FaultyStorage::Begin(Access access, Deadline deadline) {
  if (access == Access::kWrite) {
    ++faults_->begins_write;
    const bool hangs = faults_->hang_begin_ms > 0;
    faults_->Hang(faults_->hang_begin_ms, deadline);
    if (hangs && deadline.passed()) return Code::kBusy;
    const Code code = faults_->begin_code;
    if (code != Code::kOk && faults_->Take()) return code;
  } else {
    ++faults_->begins_read;
  }
  if (faults_->failed) return Code::kStorageFailed;
  auto unit = inner().Begin(access, deadline);
  if (!unit.ok()) return unit.status();
  return std::unique_ptr<StorageUnit>(
      std::make_unique<FaultyUnit>(std::move(unit).value(), access, faults_));
}

}  // namespace seathold::testing
