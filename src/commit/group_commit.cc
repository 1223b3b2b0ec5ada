#include "src/commit/group_commit.h"

#include <algorithm>
#include <new>

namespace seathold {

std::size_t GroupCommit::Execute(const std::shared_ptr<Parcel>& parcel, Deadline deadline,
                                 Status* rest) {
  const std::size_t size = parcel->size();
  Waiters mine;
  try {
    mine.push_back(std::make_shared<Waiter>());
  } catch (const std::bad_alloc&) {
    *rest = Status(Code::kOutOfMemory);
    return 0;
  }
  const WaiterPtr me = mine.front();
  me->parcel = parcel;
  mutex_.lock();
  if (!Enqueue(&mine, rest)) {
    mutex_.unlock();
    return 0;
  }
  bool in_time = true;
  while (!me->done) {
    if (MayLead(me) && in_time) {
      Lead(me, deadline);
      // It led one batch; from now on it only stays as long as it has time.
      in_time = !deadline.passed();
      if (me->begin_failed) break;
    } else if (!in_time) {
      break;
    } else {
      mutex_.unlock();
      in_time = me->bell.Wait(deadline);
      if (me->done) return size;
      mutex_.lock();
    }
  }
  if (!me->done) Leave(me, rest);
  const std::size_t answered = me->answered;  // a batch that has it goes on
  mutex_.unlock();
  return answered;
}

bool GroupCommit::Enqueue(Waiters* waiter, Status* rest) {
  const std::size_t commands = backlog_commands_ + waiter->front()->parcel->size();
  *rest = closed_.ok() ? Status(Code::kBusy) : closed_;
  if (!closed_.ok() || commands > options_.backlog_max) return false;
  backlog_.splice(backlog_.end(), *waiter);
  backlog_commands_ = commands;
  ++under_way_;
  return true;
}

bool GroupCommit::MayLead(const WaiterPtr& waiter) const {
  return !waiter->sealed && !led_ && backlog_.front() == waiter;
}

// Without all its answers.
void GroupCommit::Leave(const WaiterPtr& me, Status* rest) {
  if (me->sealed) {
    me->abandoned = true;
    *rest = Status(Code::kOutcomeUnknown);
  } else {
    if (me->begin_failed) *rest = me->begin_status;
    Remove(me);
  }
  WakeFront();
  End();
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
  ++under_way_;
  mutex_.unlock();
  const std::size_t answered = runner_.Run(commands, deadline);
  mutex_.lock();
  batch = Settle(std::move(batch), answered);
  mutex_.unlock();
  for (const WaiterPtr& waiter : batch) {
    if (waiter != me) waiter->bell.Ring();
  }
  runner_.End();
  runner_.TellCaches(deadline);
  mutex_.lock();
  led_ = false;
  WakeFront();
  End();
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
GroupCommit::Waiters GroupCommit::Settle(Waiters batch, std::size_t answered) {
  Waiters left_over, done;
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
      End();
      done.splice(done.end(), batch, here);
      done.back()->done = true;
    }
  }
  backlog_.splice(backlog_.begin(), left_over);
  return done;
}

void GroupCommit::Remove(const WaiterPtr& waiter) {
  const auto at = std::ranges::find(backlog_, waiter);
  if (at == backlog_.end()) return;
  backlog_.erase(at);
  backlog_commands_ -= waiter->parcel->size() - waiter->answered;
}

void GroupCommit::WakeFront() {
  if (led_ || backlog_.empty()) return;
  const WaiterPtr front = backlog_.front();
  mutex_.unlock();
  front->bell.Ring();
  mutex_.lock();
}

void GroupCommit::End() {
  if (--under_way_ == 0) drained_.NotifyAll();
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
