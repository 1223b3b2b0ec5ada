// The shows with a queue that this process has read, and up to which show it has. Thread-safe.
#pragma once

#include <span>
#include <vector>

#include "seathold/adapter/records.h"
#include "src/util/mutex.h"

namespace seathold {

class QueuedShows {
 public:
  // Adds them to `out`; the last show that was looked at, of any kind.
  ShowId Get(std::vector<ShowRecord>* out) const {
    const MutexLock lock(mutex_);
    out->insert(out->end(), shows_.begin(), shows_.end());
    return last_;
  }
  // Those behind the last one, in order, as far as `last`.
  void Add(std::span<const ShowRecord> shows, ShowId last) {
    const MutexLock lock(mutex_);
    for (const ShowRecord& show : shows) {
      if (show.show > last_) shows_.push_back(show);
    }
    last_ = std::max(last_, last);
  }

 private:
  mutable Mutex mutex_;
  std::vector<ShowRecord> shows_ GUARDED_BY(mutex_);
  ShowId last_ GUARDED_BY(mutex_);
};

}  // namespace seathold
