// The connections of one storage: one that writes and a few that read, handed out one thread at a
// time, with a bounded wait. They are opened when they are needed.
#pragma once

#include <memory>
#include <vector>

#include "seathold/adapter/storage.h"
#include "seathold/status.h"
#include "src/storage/postgres/connection.h"
#include "src/util/mutex.h"

namespace seathold::postgres {

inline constexpr int kReadersMax = 4;

class Pool {
 public:
  // Starts handing out; `first` is open.
  void Start(Target target, std::unique_ptr<Connection> first) EXCLUDES(mutex_);
  // kClosed, kBusy at the deadline or while the server cannot be had. *used: it was open before, so
  // it may have been lost since.
  Status Take(Access access, Deadline deadline, std::unique_ptr<Connection>* connection, bool* used)
      EXCLUDES(mutex_);
  // nullptr: it was lost.
  void Give(Access access, std::unique_ptr<Connection> connection) EXCLUDES(mutex_);
  // Waits for what is handed out, then closes all but one, which is the caller's (null if none is
  // open). kBusy at the deadline: closed to new takers, but something is still out.
  Status Close(Deadline deadline, std::unique_ptr<Connection>* last) EXCLUDES(mutex_);
  // Forgets the connections without closing them: in a fork they are the parent's.
  void Abandon() NO_THREAD_SAFETY_ANALYSIS;

  const Target& target() const { return target_; }

 private:
  bool HasOne(Access access) const REQUIRES(mutex_) {
    return access == Access::kWrite ? !writer_out_ : readers_out_ < kReadersMax;
  }

  Target target_;  // constant after Start

  Mutex mutex_;
  CondVar moved_;
  bool open_ GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
  int readers_out_ GUARDED_BY(mutex_) = 0;
  bool writer_out_ GUARDED_BY(mutex_) = false;
};

}  // namespace seathold::postgres
