#include "src/storage/journal/core.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "src/storage/journal/change_code.h"
#include "src/util/guarded.h"

namespace seathold::journal {
namespace {

// The settler tries again after a failure that may pass, such as a full disk.
constexpr std::int64_t kRetryMs = 200;
// A settler waits this long for the database.
constexpr std::int64_t kSettleMs = 60'000;

constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

// The view, for oneself.
class Alone {
 public:
  Alone(UnitGate* view, Deadline deadline)
      : view_(view), status_(view_->Enter(Access::kWrite, deadline)) {}
  ~Alone() {
    if (status_.ok()) view_->Leave(Access::kWrite);
  }
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;

  const Status& status() const { return status_; }

 private:
  UnitGate* const view_;
  const Status status_;
};

}  // namespace

void Core::Start(std::unique_ptr<Log> log, std::uint64_t settled, TimeUs mark) {
  log_ = std::move(log);
  log_bytes_ = log_->bytes();
  settled_.store(settled);
  committed_.store(log_->last());
  mark_.store(std::max(mark, overlay_.frozen->mark));
  RaiseIds<HoldRecord>();
  RaiseIds<TransferRecord>();
  const MutexLock lock(mutex_);
  frozen_ = !overlay_.frozen->empty();
}

template <class R>
void Core::RaiseIds() {
  overlay_.ForEach<R>([this](const auto& slot) {
    const auto key = slot.row.key();
    ids<R>().Raise(OwnerOf(key), IdOf(key));
  });
}

Status Core::Usable() const {
  if (fork_.forked()) return Status(Code::kForked);
  return Status(poison_.load());
}

void Core::Poison(Code code) {
  Code fine = Code::kOk;
  (void)poison_.compare_exchange_strong(fine, code);
  TellWaiters();
}

void Core::TellWaiters() {
  const MutexLock lock(mutex_);
  moved_.NotifyAll();
}

Status Core::Heard(Status status) {
  if (status == Code::kStorageFailed || status == Code::kStorageCorrupt) Poison(status.code());
  return status;
}

Status Core::Commit(ChangeSet* changes, TimeUs mark, Deadline deadline) {
  if (Status status = Usable(); !status.ok()) return status;
  encoded_.clear();
  const Status encoded = Guarded([&] {
    EncodeChanges(*changes, mark, &encoded_);
    return Status();
  });
  if (!encoded.ok()) return encoded;
  // Nor is there a layer to freeze for what changes nothing but the mark.
  if (changes->empty() || !log_->FitsAnHalf(encoded_.size()))
    return WriteThrough(*changes, mark, deadline);
  if (Status status = MakeRoom(encoded_.size(), deadline); !status.ok()) return status;
  if (Status status = Prepare(*changes, deadline); !status.ok()) return status;
  if (Status status = Guarded([&] { return log_->Append(); }); !status.ok()) {
    Poison(Code::kStorageFailed);
    return Status(Code::kOutcomeUnknown);
  }
  Publish(changes, mark);
  return Status();
}

// What no half of the log can hold, such as a hall of 100,000 seats, goes where it would end up.
// The log says that something has that number, so that a database that lacks it can be told.
Status Core::WriteThrough(const ChangeSet& changes, TimeUs mark, Deadline deadline) {
  if (Status status = SettleAll(deadline); !status.ok()) return status;
  const bool numbered = !changes.empty();
  if (numbered) {
    if (Status status = AppendPlaceOfWhatIsBelow(); !status.ok()) return status;
  }
  const Status status = Heard(WriteBelow(changes, mark, deadline));
  if (status == Code::kOutcomeUnknown) Poison(Code::kStorageFailed);
  if (numbered && !status.ok()) log_->TakeBack();
  if (!status.ok()) return status;
  settled_.store(log_->last());
  committed_.store(log_->last());
  Note(changes);
  mark_.store(std::max(mark_.load(), mark));
  return Status();
}

// Alone in a half: whatever comes in its place, should it be taken back, fits there as well. So no
// number ever stands in both halves. REQUIRES: everything is settled.
Status Core::AppendPlaceOfWhatIsBelow() {
  if (!log_->AtStartOfHalf()) log_->Switch();
  const auto prepare = [&] {
    log_->Prepare({});
    return Status();
  };
  if (Status status = Guarded(prepare); !status.ok()) return status;
  if (Status status = log_->Append(); status.ok()) return status;
  Poison(Code::kStorageFailed);
  return Status(Code::kStorageFailed);
}

Status Core::WriteBelow(const ChangeSet& changes, TimeUs mark, Deadline deadline) {
  auto unit = below_.Begin(Access::kWrite, deadline);
  if (!unit.ok()) return unit.status();
  Status status = (*unit)->Apply(changes, mark);
  if (status.ok()) status = (*unit)->NoteJournal({.open = true, .settled = log_->last()});
  return status.ok() ? (*unit)->Commit() : status;
}

Status Core::SetTimeMark(TimeUs mark, Deadline deadline) {
  if (Status status = SettleAll(deadline); !status.ok()) return status;
  auto unit = below_.Begin(Access::kWrite, deadline);
  if (!unit.ok()) return Heard(unit.status());
  Status status = (*unit)->SetTimeMark(mark);
  if (status.ok()) status = (*unit)->Commit();
  unit->reset();
  (void)Heard(status);
  if (status == Code::kOutcomeUnknown) Poison(Code::kStorageFailed);
  if (status.ok()) mark_.store(mark);
  return status;
}

// The other half is free once the layer that is frozen is settled: whatever is in the active one
// was written into this half.
Status Core::MakeRoom(std::size_t bytes, Deadline deadline) {
  if (log_->Fits(bytes)) return Status();
  if (Status status = AwaitSettled(kAll, deadline); !status.ok()) return status;
  if (Status status = Freeze(deadline); !status.ok()) return status;
  log_->Switch();
  return Status();
}

// REQUIRES: the layer that was frozen is settled.
Status Core::Freeze(Deadline deadline) {
  if (overlay_.active->empty()) return Status();
  {
    const Alone alone(&view_, deadline);
    if (!alone.status().ok()) return alone.status();
    std::swap(overlay_.active, overlay_.frozen);
  }
  const MutexLock lock(mutex_);
  frozen_ = true;
  moved_.NotifyAll();
  return Status();
}

Status Core::SettleAll(Deadline deadline) {
  if (Status status = Usable(); !status.ok()) return status;
  if (Status status = SettleFrozen(deadline); !status.ok()) return status;
  if (Status status = Freeze(deadline); !status.ok()) return status;
  return SettleFrozen(deadline);
}

// What is not in the frozen layer by then is in the active one, unless somebody else has frozen
// that meanwhile: two layers at most, whoever goes on committing.
Status Core::SettleSoFar(Deadline deadline) {
  if (Status status = Usable(); !status.ok()) return status;
  const std::uint64_t asked = committed_.load();
  while (true) {
    if (Status status = AwaitSettled(asked, deadline); !status.ok()) return status;
    if (settled() >= asked) return Usable();
    if (Status status = turns_.Enter(Access::kWrite, deadline); !status.ok()) return status;
    const Status frozen = HasFrozen() ? Status() : Freeze(deadline);
    turns_.Leave(Access::kWrite);
    if (!frozen.ok()) return frozen;
  }
}

bool Core::HasFrozen() const {
  const MutexLock lock(mutex_);
  return frozen_;
}

// Waits until no layer is frozen, or all up to `number` is settled: by the settler, or where there
// is none by whoever waits.
Status Core::AwaitSettled(std::uint64_t number, Deadline deadline) {
  if (!has_settler_) return SettleFrozen(deadline);
  const MutexLock lock(mutex_);
  while (frozen_ && settled() < number) {
    if (Status status = Usable(); !status.ok()) return status;
    // What does not pass by itself, such as a full disk: the settler tries again, callers need not.
    if (!settle_status_.ok() && !(settle_status_ == Code::kBusy)) return settle_status_;
    if (!moved_.Wait(mutex_, deadline) && frozen_ && settled() < number) {
      return Status(Code::kBusy, "the log is full of what is not settled yet");
    }
  }
  return Usable();
}

Status Core::SettleFrozen(Deadline deadline) {
  {
    const MutexLock lock(mutex_);
    while (settling_) {
      if (!moved_.Wait(mutex_, deadline) && settling_) return Status(Code::kBusy);
    }
    if (!frozen_) return Usable();
    settling_ = true;
  }
  const Status status = Guarded([&] {
    const bool written = settled() >= overlay_.frozen->last;  // and then nobody let us in
    return written ? Status() : WriteFrozen(deadline);
  });
  const Status cleared = status.ok() ? ClearFrozen(deadline) : status;
  const MutexLock lock(mutex_);
  settling_ = false;
  settle_status_ = cleared;
  if (cleared.ok()) frozen_ = false;
  moved_.NotifyAll();
  return cleared;
}

Status Core::ClearFrozen(Deadline deadline) {
  const Alone alone(&view_, deadline);
  if (alone.status().ok()) overlay_.frozen->clear();
  return alone.status();
}

// One transaction, with how far it comes: the database always is what it was behind one of the
// records, whole.
Status Core::WriteFrozen(Deadline deadline) {
  if (Status status = Usable(); !status.ok()) return status;
  const Layer& frozen = *overlay_.frozen;
  auto unit = below_.Begin(Access::kWrite, deadline);
  if (!unit.ok()) return Heard(unit.status());
  Status status;
  ChangeSet changes;
  // Table by table, to have one of them at a time in memory once more.
  [&]<class... Records>(RecordList<Records...>) {
    const auto write = [&]<class R>(RecordList<R>) {
      if (!status.ok() || frozen.of<R>().size() == 0) return;
      changes = ChangeSet();
      frozen.of<R>().Collect(&changes.of<R>());
      status = (*unit)->Apply(changes, frozen.mark);
    };
    (write(RecordList<Records>()), ...);
  }(AllRecords{});
  if (status.ok()) status = (*unit)->NoteJournal({.open = true, .settled = frozen.last});
  if (status.ok()) status = (*unit)->Commit();
  // What was decided over this database fits it, or one of the two is not what it was.
  if (status == Code::kAborted) status = Status(Code::kStorageCorrupt, "cannot settle the log");
  // Of what whoever waits here asks, nothing was done.
  if (status == Code::kOutcomeUnknown) status = Status(Code::kStorageFailed);
  if (status.ok()) settled_.store(frozen.last);
  if (status.ok()) TellWaiters();  // some need no more than that
  return Heard(status);
}

// All that can fail before something is written, and all waiting for those who look already: who
// comes while the log is synced is gone again by the time that it is.
Status Core::Prepare(const ChangeSet& changes, Deadline deadline) {
  const Alone alone(&view_, deadline);
  if (!alone.status().ok()) return alone.status();
  return Guarded([&] { return Reserve(changes); });
}

Status Core::Reserve(const ChangeSet& changes) {
  log_->Prepare(encoded_);
  changes.ForEach([&]<class R>(const ChangesOf<R>& slot) {
    if (!slot.changes.empty()) overlay_.active->of<R>().Reserve(slot.changes.size());
  });
  return Status();
}

// What is durable is seen, by everybody, at once.
void Core::Publish(ChangeSet* changes, TimeUs mark) {
  Note(*changes);
  const Alone alone(&view_, Deadline());
  Layer& active = *overlay_.active;
  changes->ForEach([&]<class R>(ChangesOf<R>& slot) {
    for (auto& change : slot.changes) Put<R>(std::move(change), &active);
  });
  active.mark = std::max(active.mark, mark);
  active.last = log_->last();
  committed_.store(active.last);
  mark_.store(std::max(mark_.load(), mark));
}

void Core::Note(const ChangeSet& committed) {
  seat_versions_.Note(committed.of<SeatRecord>());
  hold_ids_.Note(committed.of<HoldRecord>());
  transfer_ids_.Note(committed.of<TransferRecord>());
}

void Core::SettleUntilStopped() {
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!frozen_ && !stopping_) (void)moved_.Wait(mutex_, Deadline());
      if (stopping_) return;
    }
    const Status status = SettleFrozen(Deadline::After({kSettleMs}));
    if (status.ok()) continue;
    const MutexLock lock(mutex_);
    if (!stopping_) (void)moved_.Wait(mutex_, Deadline::After({kRetryMs}));
  }
}

void Core::Stop() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  moved_.NotifyAll();
}

}  // namespace seathold::journal
