// A lock whose taker waits no longer than its deadline: it is held during I/O.
#pragma once

#include "src/util/mutex.h"

namespace seathold {

class Gate {
 public:
  // False: the deadline passed first.
  bool Enter(Deadline deadline) {
    MutexLock lock(mutex_);
    while (taken_) {
      if (!left_.Wait(mutex_, deadline) && taken_) return false;
    }
    taken_ = true;
    return true;
  }

  void Leave() {
    {
      MutexLock lock(mutex_);
      taken_ = false;
    }
    left_.NotifyOne();
  }

 private:
  Mutex mutex_;
  CondVar left_;
  bool taken_ GUARDED_BY(mutex_) = false;
};

// Holds the gate while it lives, if it could be entered.
class GateHold {
 public:
  GateHold(Gate& gate, Deadline deadline) : gate_(gate), held_(gate.Enter(deadline)) {}
  ~GateHold() {
    if (held_) gate_.Leave();
  }
  GateHold(const GateHold&) = delete;
  GateHold& operator=(const GateHold&) = delete;

  bool held() const { return held_; }

 private:
  Gate& gate_;
  const bool held_;
};

}  // namespace seathold
