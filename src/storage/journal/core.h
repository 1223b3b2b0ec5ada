// What a journal's units and its settler share. See README.md in this folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "seathold/adapter/storage.h"
#include "src/storage/journal/highest_ids.h"
#include "src/storage/journal/log.h"
#include "src/storage/journal/overlay.h"
#include "src/storage/journal/seat_versions.h"
#include "src/storage/unit_gate.h"
#include "src/util/fork_guard.h"
#include "src/util/mutex.h"

namespace seathold::journal {

// A key that a unit of work has asked the database for, and what it said.
template <class R>
struct Seen {
  using Key = typename R::Key;
  Key id{};
  std::uint64_t version = 0;
  Key key() const { return id; }
};
template <class R>
using SeenKeys = RowTable<Seen<R>>;

class Core {
 public:
  explicit Core(Storage& below, bool has_settler) : below_(below), has_settler_(has_settler) {}

  // The log is found or begun, and what it gave is in the overlay.
  void Start(std::unique_ptr<Log> log, std::uint64_t settled, TimeUs mark);

  // kForked, kClosed, or what ended this storage.
  Status Usable() const;
  // The first one counts: later calls answer `code`.
  void Poison(Code code);
  // What the database answered. A failure that ended it ends this storage: what can never be
  // settled is not acknowledged.
  Status Heard(Status status);

  // --- a unit that writes; REQUIRES: its turn, and no view ---

  // Makes the changes durable and then visible. Before the log is written: kBusy, kStorageFull,
  // kOutOfMemory, no effect. Afterwards: ok or kOutcomeUnknown.
  Status Commit(ChangeSet* changes, TimeUs mark, Deadline deadline);
  // Everything committed is in the database.
  Status SettleAll(Deadline deadline);
  // The mark of the database, straight.
  Status SetTimeMark(TimeUs mark, Deadline deadline);

  // --- anybody else ---

  // Everything committed so far is in the database. Who commits meanwhile waits for none of it.
  Status SettleSoFar(Deadline deadline);

  // --- the settler ---

  // Settles frozen layers as they come, until Stop.
  void SettleUntilStopped();
  void Stop();

  Storage& below() { return below_; }
  UnitGate& turns() { return turns_; }
  UnitGate& view() { return view_; }
  // REQUIRES: the view.
  Overlay& overlay() { return overlay_; }
  TimeUs mark() const { return mark_.load(); }
  // REQUIRES: the turn.
  PerTable<SeenKeys>& seen() { return seen_; }
  SeatVersions& seat_versions() { return seat_versions_; }
  template <class R>
  HighestIds& ids() {
    return std::is_same_v<R, HoldRecord> ? hold_ids_ : transfer_ids_;
  }
  std::uint64_t settled() const { return settled_.load(); }
  std::uint64_t log_bytes() const { return log_bytes_; }

 private:
  Status MakeRoom(std::size_t bytes, Deadline deadline);
  Status WriteThrough(const ChangeSet& changes, TimeUs mark, Deadline deadline);
  Status AppendPlaceOfWhatIsBelow();
  Status WriteBelow(const ChangeSet& changes, TimeUs mark, Deadline deadline);
  bool HasFrozen() const EXCLUDES(mutex_);
  Status AwaitSettled(std::uint64_t number, Deadline deadline);
  void TellWaiters() EXCLUDES(mutex_);
  Status SettleFrozen(Deadline deadline);
  Status WriteFrozen(Deadline deadline);
  Status ClearFrozen(Deadline deadline);
  Status Freeze(Deadline deadline);
  Status Prepare(const ChangeSet& changes, Deadline deadline);
  Status Reserve(const ChangeSet& changes);
  void Publish(ChangeSet* changes, TimeUs mark);
  void Note(const ChangeSet& committed);
  template <class R>
  void RaiseIds();  // to those that the log gave

  Storage& below_;
  const bool has_settler_;
  const ForkGuard fork_;
  std::atomic<Code> poison_{Code::kOk};

  // Whoever writes has the turn: one unit at a time. Whoever looks at the overlay has the view, for
  // as long as its unit takes; whoever changes it has it alone.
  UnitGate turns_, view_;
  std::unique_ptr<Log> log_;           // used by whoever has the turn
  PerTable<SeenKeys> seen_;            // likewise; kept for its memory
  SeatVersions seat_versions_;         // likewise
  HighestIds hold_ids_;                // likewise
  HighestIds transfer_ids_;            // likewise
  std::vector<std::uint8_t> encoded_;  // likewise
  Overlay overlay_;                    // guarded by the view; a frozen layer is read without
  std::atomic<TimeUs> mark_{TimeUs()};
  std::atomic<std::uint64_t> committed_{0}, settled_{0};  // numbers of records; up to these
  std::uint64_t log_bytes_ = 0;

  mutable Mutex mutex_;
  CondVar moved_;
  bool frozen_ GUARDED_BY(mutex_) = false;    // there is a layer to settle
  bool settling_ GUARDED_BY(mutex_) = false;  // somebody does
  bool stopping_ GUARDED_BY(mutex_) = false;
  Status settle_status_ GUARDED_BY(mutex_);  // of the latest try
};

// A unit of work. The core outlives it.
Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline);

}  // namespace seathold::journal
