// Who may be inside a storage at once: one writer, or any number of readers. A waiting writer goes
// before new readers: readers are short, and a sale must not starve behind someone who keeps
// looking.
#pragma once

#include "seathold/adapter/storage.h"
#include "src/util/mutex.h"

namespace seathold {

class UnitGate {
 public:
  Status Open() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (open_) return Status(Code::kCannotOpen, "this storage is open already");
    open_ = true;
    return Status();
  }

  Status Enter(Access access, Deadline deadline) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (access == Access::kWrite) ++writers_waiting_;
    const Status status = Wait(access, deadline);
    if (access == Access::kWrite) --writers_waiting_;
    if (status.ok()) {
      (access == Access::kWrite ? writers_ : readers_) += 1;
    } else {
      moved_.NotifyAll();  // a writer that gave up may have held readers back
    }
    return status;
  }

  void Leave(Access access) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    (access == Access::kWrite ? writers_ : readers_) -= 1;
    moved_.NotifyAll();
  }

  // No unit begins any more; those in flight are waited for.
  Status Close(Deadline deadline) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    open_ = false;
    moved_.NotifyAll();
    while (writers_ + readers_ > 0) {
      if (!moved_.Wait(mutex_, deadline) && writers_ + readers_ > 0) {
        return Status(Code::kBusy, "a unit of work is still in flight");
      }
    }
    return Status();
  }

 private:
  Status Wait(Access access, Deadline deadline) REQUIRES(mutex_) {
    while (true) {
      if (!open_) return Status(Code::kClosed);
      const bool free =
          access == Access::kWrite ? writers_ + readers_ == 0 : writers_ + writers_waiting_ == 0;
      if (free) return Status();
      if (deadline.passed()) return Status(Code::kBusy);
      (void)moved_.Wait(mutex_, deadline);
    }
  }

  Mutex mutex_;
  CondVar moved_;
  bool open_ GUARDED_BY(mutex_) = false;
  int writers_ GUARDED_BY(mutex_) = 0;
  int readers_ GUARDED_BY(mutex_) = 0;
  int writers_waiting_ GUARDED_BY(mutex_) = 0;
};

}  // namespace seathold
