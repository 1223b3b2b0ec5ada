// Group commit: callers that arrive together share one storage transaction.
//
// An idle caller commits its own commands inline; else the caller at the front leads the next
// batch, commits exactly one, wakes those it decided and hands the lead on. No thread of its own. A
// caller that times out before its batch is sealed leaves with kBusy; after that it leaves with
// kOutcomeUnknown and the batch goes on without it. Only the leader can outlast its deadline, by
// the storage call it sits in. Thread-safe.
//
// Who was decided is woken outside the lock of all and leaves without it: a batch wakes many at
// once, and each would make the others wait.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <vector>

#include "src/commit/command.h"
#include "src/util/mutex.h"

namespace seathold {

// What commits a batch.
class BatchRunner {
 public:
  virtual ~BatchRunner() = default;

  // Opens the transaction; the batch is sealed only once it is open, so that callers who arrive
  // meanwhile still ride along, and a failure here has no effect on anyone.
  virtual Status Begin(Deadline deadline) = 0;
  // Decides and commits `commands`, in order. Returns how many got their final answer: all, or
  // fewer when the waves ran out (at least one).
  virtual std::size_t Run(const std::vector<Command*>& commands, Deadline deadline) = 0;
  // After the callers were woken. Ends the transaction; behind a commit that may take a checkpoint.
  virtual void End() = 0;
  // Then what the caches should hear of the batch.
  virtual void TellCaches(Deadline deadline) = 0;
};

struct GroupCommitOptions {
  std::size_t batch_max = 1'024;
  std::size_t batch_bytes_max = 4 << 20;
  std::size_t backlog_max = 65'536;
};

class GroupCommit {
 public:
  GroupCommit(BatchRunner& runner, const GroupCommitOptions& options)
      : runner_(runner), options_(options) {}

  // Runs a parcel of at most batch_max commands. Returns how many of its commands, from the front,
  // have an answer of their own; for the others `rest` is the answer. After it returns the parcel
  // may still be in use by a batch (hence shared): only the answered commands may be touched.
  // Throws nothing: without memory to keep it, kOutOfMemory.
  std::size_t Execute(const std::shared_ptr<Parcel>& parcel, Deadline deadline, Status* rest);

  // Refuses new parcels from now on with `why`; those that wait go on.
  void Close(Status why);
  // True once nothing waits or is under way.
  bool Drain(Deadline deadline);

  // The most commands of a parcel.
  std::size_t batch_max() const { return std::min(options_.batch_max, options_.backlog_max); }

 private:
  // Where one caller sleeps until there is something to look at.
  class Bell {
   public:
    void Ring() EXCLUDES(mutex_) {
      {
        const MutexLock lock(mutex_);
        rung_ = true;
      }
      wake_.NotifyOne();
    }
    // False when the deadline passed.
    bool Wait(Deadline deadline) EXCLUDES(mutex_) {
      const MutexLock lock(mutex_);
      bool in_time = true;
      while (!rung_ && in_time) in_time = wake_.Wait(mutex_, deadline);
      rung_ = false;
      return in_time;
    }

   private:
    Mutex mutex_;
    CondVar wake_;
    bool rung_ GUARDED_BY(mutex_) = false;
  };

  struct Waiter {
    std::shared_ptr<Parcel> parcel;  // shared: outlives a caller that gave up
    std::size_t answered = 0;        // commands from the front that are final
    bool sealed = false;
    bool abandoned = false;  // its caller left while it was sealed
    bool begin_failed = false;
    Status begin_status;
    std::atomic<bool> done{false};  // all are answered: nobody else touches it any more
    Bell bell;
  };
  using WaiterPtr = std::shared_ptr<Waiter>;
  using Waiters = std::list<WaiterPtr>;  // moved from one to the other without a new element

  // False, and why in `rest`, if there is no room.
  bool Enqueue(Waiters* waiter, Status* rest) REQUIRES(mutex_);
  bool MayLead(const WaiterPtr& waiter) const REQUIRES(mutex_);
  void Lead(const WaiterPtr& me, Deadline deadline) REQUIRES(mutex_);
  void Leave(const WaiterPtr& me, Status* rest) REQUIRES(mutex_);
  // How many waiters from the front make one batch.
  std::size_t CountBatch() const REQUIRES(mutex_);
  Waiters Seal(std::vector<Command*>* commands) REQUIRES(mutex_);
  // Returns those who have all their answers.
  Waiters Settle(Waiters batch, std::size_t answered) REQUIRES(mutex_);
  void Remove(const WaiterPtr& waiter) REQUIRES(mutex_);
  // Lets go of the lock for it.
  void WakeFront() REQUIRES(mutex_);
  // One caller less, or one batch, that is under way.
  void End() REQUIRES(mutex_);

  BatchRunner& runner_;
  const GroupCommitOptions options_;
  Mutex mutex_;
  Waiters backlog_ GUARDED_BY(mutex_);
  std::size_t backlog_commands_ GUARDED_BY(mutex_) = 0;
  bool led_ GUARDED_BY(mutex_) = false;
  std::size_t under_way_ GUARDED_BY(mutex_) = 0;  // callers without their answers, and batches
  Status closed_ GUARDED_BY(mutex_);
  CondVar drained_;
};

}  // namespace seathold
