#include "src/waiting_room/line_epochs.h"

#include <algorithm>

namespace seathold {

std::uint64_t LineEpochs::Find(ShowId show) const {
  const State* state = lines_.Find(show);
  return state != nullptr ? state->epoch.load(std::memory_order_acquire) : 0;
}

LineEpochs::State& LineEpochs::StateOf(ShowId show) {
  if (State* known = lines_.Find(show)) return *known;
  return *lines_.Add(show, std::make_unique<State>());
}

void LineEpochs::Note(ShowId show, std::uint64_t epoch) {
  const MutexLock lock(mutex_);
  State& state = StateOf(show);
  state.epoch.store(std::max(state.epoch.load(), epoch), std::memory_order_release);
}

// Every poll of those who wait asks: without a lock. A time that is further ahead than it can have
// been set is of a clock that was taken back.
bool LineEpochs::TakeAdmission(ShowId show, TimeUs now) {
  std::atomic<std::int64_t>& next = admit_at_us_[show.value % admit_at_us_.size()];
  std::int64_t due = next.load(std::memory_order_relaxed);
  if (now.value < due && due <= now.value + kAdmitEveryUs) return false;
  return next.compare_exchange_strong(due, now.value + kAdmitEveryUs, std::memory_order_relaxed);
}

Status LineEpochs::BeginReopen(ShowId show, std::uint64_t believed, Deadline deadline, bool* mine) {
  const MutexLock lock(mutex_);
  *mine = false;
  State& state = StateOf(show);
  if (state.epoch > believed) return Status();
  if (!state.reopening) {
    state.reopening = *mine = true;
    return Status();
  }
  while (state.reopening) {
    if (!reopened_.Wait(mutex_, deadline) && state.reopening) return Status(Code::kBusy);
  }
  return Status();
}

void LineEpochs::EndReopen(ShowId show) {
  const MutexLock lock(mutex_);
  StateOf(show).reopening = false;
  reopened_.NotifyAll();
}

}  // namespace seathold
