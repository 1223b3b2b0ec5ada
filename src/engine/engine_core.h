// What the objects of an engine share. Owned by the engine; everything in it is thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "seathold/engine.h"
#include "src/accounts/key_ring.h"
#include "src/accounts/key_watch.h"
#include "src/commit/commit_runner.h"
#include "src/commit/counters.h"
#include "src/commit/engine_time.h"
#include "src/commit/group_commit.h"
#include "src/mirror/directory.h"
#include "src/util/fork_guard.h"
#include "src/util/guarded.h"
#include "src/waiting_room/line_epochs.h"
#include "src/waiting_room/queued_shows.h"
#include "src/waiting_room/spent_passes.h"

namespace seathold {

struct EngineCore {
  // Constant after construction; in the order in which they depend on each other.
  EngineOptions options;
  StorageInfo info;
  std::unique_ptr<Storage> storage;
  std::unique_ptr<ClaimCache> claims;  // may be null
  std::unique_ptr<Line> line;          // may be null
  std::string claims_text, line_text;  // what they are, for people
  std::shared_ptr<Clock> clock;        // shared with a host that moves a manual clock
  std::unique_ptr<Entropy> entropy;
  std::shared_ptr<LogSink> log;  // shared with the host that brought it
  std::unique_ptr<KeyRing> keys;
  bool keys_missing = false;  // only ever of an engine that reads; `keys` are of no use then

  Counters counters;
  RuleLimits limits;
  ForkGuard fork_guard;
  KeyWatch key_watch;
  LineEpochs line_epochs;
  QueuedShows queued_shows;
  SpentPasses spent_passes;
  std::unique_ptr<EngineTime> time;
  std::unique_ptr<Directory> directory;
  std::unique_ptr<LineWriter> line_writer;  // null without a line
  std::unique_ptr<CacheWriter> cache_writer;
  std::unique_ptr<CommitRunner> runner;
  std::unique_ptr<GroupCommit> commits;
  std::atomic<bool> closed{false};
  std::atomic<bool> waits_ended{false};  // whoever waits for events should leave

  // kForked, kClosed, or kOk.
  Status Usable() const {
    if (fork_guard.forked()) return Status(Code::kForked);
    return closed.load(std::memory_order_acquire) ? Status(Code::kClosed) : Status();
  }

  // Of calls that change something: those, or kReadOnly.
  Status Writable() const {
    if (Status usable = Usable(); !usable.ok()) return usable;
    return options.read_only ? Status(Code::kReadOnly) : Status();
  }
  // Of calls that need the signing keys: Usable's, or kKeysMissing.
  Status HasKeys() const {
    if (Status usable = Usable(); !usable.ok()) return usable;
    return keys_missing ? Status(Code::kKeysMissing) : Status();
  }

  // Engine time outside a transaction.
  TimeUs Now() { return time->Now(); }
  // Engine time as a unit finds it.
  TimeUs NowIn(StorageUnit& unit) { return time->Now(unit.time_mark(), unit.Now()); }
  // The same for polls and refusals from the mirror, which may be a little old.
  TimeUs Glance() { return time->Glance(); }

  // Opens a unit and runs `fn` in it: a snapshot, or with kWrite behind the write lock (nothing is
  // written).
  template <class Fn>
  Status InUnit(Access access, Deadline deadline, Fn&& fn) {
    if (Status usable = Usable(); !usable.ok()) return usable;
    return Guarded([&] {
      RankOfLock::HoldsNone();
      auto unit = storage->Begin(access, deadline);
      if (!unit.ok()) return unit.status();
      if (access == Access::kWrite) {
        if (Status status = (*unit)->AwaitOthers(); !status.ok()) return status;
      }
      return fn(**unit);
    });
  }

  // The entry of a performance, loaded when need be. Errors: kUnknownPerformance, storage's.
  Result<Directory::Entry*> Performance(PerformanceId performance, Deadline deadline);
  // As above, with a mirror that is fresh enough to answer.
  Result<Directory::Entry*> Mirrored(PerformanceId performance, Deadline deadline);
  // Brings a mirror up to date; somebody's look of the last `age_ms` will do.
  Status Refresh(Directory::Entry* entry, std::int64_t age_ms, Deadline deadline);
  Result<const ShowRecord*> Show(ShowId show, Deadline deadline);
};

std::unique_ptr<ReservationSystem> NewReservationSystem(EngineCore& core);
std::unique_ptr<Wallet> NewWallet(EngineCore& core);
std::unique_ptr<Catalog> NewCatalog(EngineCore& core);
std::unique_ptr<QueueManager> NewQueueManager(EngineCore& core);
Result<std::unique_ptr<Accounts>> NewAccounts(EngineCore& core);

}  // namespace seathold
