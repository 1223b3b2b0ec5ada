// The epoch that this process believes each waiting line to have, and who is opening a lost one.
//
// One entry a show that has a line and was asked for. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "src/util/grow_only_table.h"
#include "src/util/mutex.h"

namespace seathold {

class LineEpochs {
 public:
  // 0 = not known yet. Every poll asks: without a lock.
  std::uint64_t Find(ShowId show) const;
  // Never takes an epoch back.
  void Note(ShowId show, std::uint64_t epoch);

  // Whether a poll may try to let buyers in at `now`: at most one in kAdmitEveryUs for each line.
  // Lines whose numbers are kLinesApart apart share that one.
  bool TakeAdmission(ShowId show, TimeUs now);

  // A line was found lost at epoch `believed`. One caller opens it, the others wait for that one.
  // *mine: the caller is to open it, and calls EndReopen; else someone has tried since. kBusy:
  // waited until the deadline.
  Status BeginReopen(ShowId show, std::uint64_t believed, Deadline deadline, bool* mine);
  void EndReopen(ShowId show);

 private:
  static constexpr std::int64_t kAdmitEveryUs = 100'000;
  static constexpr std::size_t kLinesApart = 1'024;

  struct State {
    std::atomic<std::uint64_t> epoch{0};  // written under mutex_
    bool reopening = false;               // guarded by mutex_
  };

  State& StateOf(ShowId show) REQUIRES(mutex_);

  mutable Mutex mutex_;
  CondVar reopened_;
  GrowOnlyTable<ShowId, State> lines_;
  std::array<std::atomic<std::int64_t>, kLinesApart> admit_at_us_{};  // not before
};

}  // namespace seathold
