#include "src/commit/group_commit.h"

#include <algorithm>
#include <new>

namespace seathold {

std::size_t GroupCommit::Execute(const std::shared_ptr<Parcel>& parcel, Deadline deadline,
                                 Status* rest) {
  const MutexLock lock(mutex_, InTurn{});
  const WaiterPtr me = Enqueue(parcel, rest);
  if (me == nullptr) return 0;
  ++under_way_;
  const std::size_t size = parcel->size();
  for (bool in_time = true; me->answered < size;) {
    if (!me->sealed && !led_ && backlog_.front() == me && in_time) {
      Lead(me, deadline);
      // It led one batch; from now on it only stays as long as it has time.
      in_time = !deadline.passed();
      if (me->begin_failed) break;
    } else if (!in_time) {
      break;
    } else {
      in_time = me->wake.Wait(mutex_, deadline);
    }
  }
  if (me->sealed) {
    me->abandoned = true;
    *rest = Status(Code::kOutcomeUnknown);
  } else if (me->answered < size) {
    if (me->begin_failed) *rest = me->begin_status;
    Remove(me);
  }
  --under_way_;
  WakeFront();
  if (under_way_ == 0) drained_.NotifyAll();
  return me->answered;
}

GroupCommit::WaiterPtr GroupCommit::Enqueue(const std::shared_ptr<Parcel>& parcel, Status* rest) {
  *rest = closed_.ok() ? Status(Code::kBusy) : closed_;
  const std::size_t commands = backlog_commands_ + parcel->size();
  if (!closed_.ok() || commands > options_.backlog_max) return nullptr;
  try {
    auto waiter = std::make_shared<Waiter>();
    waiter->parcel = parcel;
    backlog_.push_back(waiter);
    backlog_commands_ = commands;
    return waiter;
  } catch (const std::bad_alloc&) {
    *rest = Status(Code::kOutOfMemory);
    return nullptr;
  }
}

void GroupCommit::Lead(const WaiterPtr& me, Deadline deadline) {
  led_ = true;
  mutex_.unlock();
  Status begun = runner_.Begin(deadline);
  mutex_.lock();
  std::vector<Command*> commands;
  Waiters batch;
  if (begun.ok()) {
    try {
      batch = Seal(&commands);
    } catch (const std::bad_alloc&) {
      begun = Status(Code::kOutOfMemory);
      mutex_.unlock();
      runner_.End();
      mutex_.lock();
    }
  }
  if (!begun.ok()) {  // nothing happened, to nobody but this caller: the next one tries for itself
    me->begin_failed = true;
    me->begin_status = begun;
    led_ = false;
    return;
  }
  mutex_.unlock();
  const std::size_t answered = runner_.Run(commands, deadline);
  mutex_.lock();
  Settle(std::move(batch), answered);
  mutex_.unlock();
  runner_.End();
  runner_.TellCaches(deadline);
  mutex_.lock();
  led_ = false;
}

std::size_t GroupCommit::CountBatch() const {
  std::size_t waiters = 0;
  std::size_t commands = 0;
  std::size_t bytes = 0;
  for (const WaiterPtr& next : backlog_) {
    for (std::size_t i = next->answered; i < next->parcel->size(); ++i) {
      bytes += next->parcel->at(i).bytes();
      ++commands;
    }
    const bool fits = commands <= options_.batch_max && bytes <= options_.batch_bytes_max;
    if (!fits && waiters > 0) break;
    ++waiters;
  }
  return waiters;
}

// Whatever can fail comes before the first waiter is taken out of the backlog.
GroupCommit::Waiters GroupCommit::Seal(std::vector<Command*>* commands) {
  const auto last = std::next(backlog_.begin(), static_cast<std::ptrdiff_t>(CountBatch()));
  for (auto it = backlog_.begin(); it != last; ++it) {
    for (std::size_t i = (*it)->answered; i < (*it)->parcel->size(); ++i) {
      commands->push_back(&(*it)->parcel->at(i));
    }
  }
  Waiters batch;
  batch.splice(batch.end(), backlog_, backlog_.begin(), last);
  for (const WaiterPtr& waiter : batch) waiter->sealed = true;
  backlog_commands_ -= commands->size();
  return batch;
}

// Gives each waiter its share of the answers; who got only part of them, or none, goes back to the
// front, in order.
void GroupCommit::Settle(Waiters batch, std::size_t answered) {
  Waiters left_over;
  for (auto it = batch.begin(); it != batch.end();) {
    const auto here = it++;
    const WaiterPtr& waiter = *here;
    const std::size_t size = waiter->parcel->size();
    const std::size_t share = std::min(answered, size - waiter->answered);
    answered -= share;
    waiter->answered += share;
    waiter->sealed = false;
    if (waiter->abandoned) continue;  // nobody waits for what is left of it
    if (waiter->answered < size) {
      backlog_commands_ += size - waiter->answered;
      left_over.splice(left_over.end(), batch, here);
    } else {
      waiter->wake.NotifyOne();
    }
  }
  backlog_.splice(backlog_.begin(), left_over);
}

void GroupCommit::Remove(const WaiterPtr& waiter) {
  const auto at = std::ranges::find(backlog_, waiter);
  if (at == backlog_.end()) return;
  backlog_.erase(at);
  backlog_commands_ -= waiter->parcel->size() - waiter->answered;
}

void GroupCommit::WakeFront() {
  if (!led_ && !backlog_.empty()) backlog_.front()->wake.NotifyOne();
}

void GroupCommit::Close(Status why) {
  const MutexLock lock(mutex_);
  if (closed_.ok()) closed_ = std::move(why);
}

bool GroupCommit::Drain(Deadline deadline) {
  const MutexLock lock(mutex_);
  while (under_way_ > 0) {
    if (!drained_.Wait(mutex_, deadline)) return under_way_ == 0;
  }
  return true;
}

}  // namespace seathold
