#include "src/engine/commit_queue.h"

#include <algorithm>
#include <new>

namespace seathold {

std::size_t CommitQueue::Execute(const std::shared_ptr<Request>& request, Deadline deadline,
                                 Status* rest) {
  const std::size_t size = request->size();
  const MutexLock lock(mutex_, InTurn{});
  *rest = closed_.ok() ? Status(Code::kBusy) : closed_;
  if (!closed_.ok() || queued_commands_ + size > options_.queue_max) return 0;

  WaiterPtr me;
  try {
    me = std::make_shared<Waiter>();
    queue_.push_back(me);
  } catch (const std::bad_alloc&) {
    *rest = Status(Code::kOutOfMemory);
    return 0;
  }
  me->request = request;
  queued_commands_ += size;
  ++under_way_;
  for (bool in_time = true; me->answered < size;) {
    if (!me->sealed && !led_ && queue_.front() == me && in_time) {
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

void CommitQueue::Lead(const WaiterPtr& me, Deadline deadline) {
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
      runner_.Afterwards(deadline);  // ends the transaction
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
  runner_.Afterwards(deadline);
  mutex_.lock();
  led_ = false;
}

std::size_t CommitQueue::CountBatch() const {
  std::size_t waiters = 0;
  std::size_t commands = 0;
  std::size_t bytes = 0;
  for (const WaiterPtr& next : queue_) {
    for (std::size_t i = next->answered; i < next->request->size(); ++i) {
      bytes += next->request->at(i).bytes();
      ++commands;
    }
    const bool fits = commands <= options_.batch_max && bytes <= options_.batch_bytes_max;
    if (!fits && waiters > 0) break;
    ++waiters;
  }
  return waiters;
}

// Whatever can fail comes before the first waiter is taken out of the queue.
CommitQueue::Waiters CommitQueue::Seal(std::vector<Command*>* commands) {
  const auto last = std::next(queue_.begin(), static_cast<std::ptrdiff_t>(CountBatch()));
  for (auto it = queue_.begin(); it != last; ++it) {
    for (std::size_t i = (*it)->answered; i < (*it)->request->size(); ++i) {
      commands->push_back(&(*it)->request->at(i));
    }
  }
  Waiters batch;
  batch.splice(batch.end(), queue_, queue_.begin(), last);
  for (const WaiterPtr& waiter : batch) waiter->sealed = true;
  queued_commands_ -= commands->size();
  return batch;
}

// Gives each waiter its share of the answers; who got only part of them, or none, goes back to the
// front, in order.
void CommitQueue::Settle(Waiters batch, std::size_t answered) {
  Waiters left_over;
  for (auto it = batch.begin(); it != batch.end();) {
    const auto here = it++;
    const WaiterPtr& waiter = *here;
    const std::size_t size = waiter->request->size();
    const std::size_t share = std::min(answered, size - waiter->answered);
    answered -= share;
    waiter->answered += share;
    waiter->sealed = false;
    if (waiter->abandoned) continue;  // nobody waits for what is left of it
    if (waiter->answered < size) {
      queued_commands_ += size - waiter->answered;
      left_over.splice(left_over.end(), batch, here);
    } else {
      waiter->wake.NotifyOne();
    }
  }
  queue_.splice(queue_.begin(), left_over);
}

void CommitQueue::Remove(const WaiterPtr& waiter) {
  const auto at = std::ranges::find(queue_, waiter);
  if (at == queue_.end()) return;
  queue_.erase(at);
  queued_commands_ -= waiter->request->size() - waiter->answered;
}

void CommitQueue::WakeFront() {
  if (!led_ && !queue_.empty()) queue_.front()->wake.NotifyOne();
}

void CommitQueue::Close(Status why) {
  const MutexLock lock(mutex_);
  if (closed_.ok()) closed_ = std::move(why);
}

bool CommitQueue::Drain(Deadline deadline) {
  const MutexLock lock(mutex_);
  while (under_way_ > 0) {
    if (!drained_.Wait(mutex_, deadline)) return under_way_ == 0;
  }
  return true;
}

}  // namespace seathold
