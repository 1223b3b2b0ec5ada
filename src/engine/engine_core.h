// What the views of an engine share. Owned by the engine; everything in it is thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "seathold/engine.h"
#include "src/accounts/key_ring.h"
#include "src/engine/commit_queue.h"
#include "src/engine/commit_runner.h"
#include "src/engine/counters.h"
#include "src/engine/directory.h"
#include "src/engine/engine_time.h"
#include "src/engine/guarded.h"
#include "src/engine/key_watch.h"
#include "src/engine/line_epochs.h"
#include "src/engine/queued_shows.h"
#include "src/engine/spent_passes.h"
#include "src/util/fork_guard.h"

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
  std::unique_ptr<CommitQueue> queue;
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

// Sends commands through the commit queue in chunks of at most batch_max and hands each to
// take(index, C*, status): the command when it was answered, to be moved from, else nullptr and why
// not. No chunk but the first is begun after the deadline: what is left is kBusy. Nothing is thrown
// once a command may have had its effect, if `take` throws nothing.
template <class C, class Take>
void Submit(EngineCore& core, std::vector<C> commands, Deadline deadline, Take&& take) {
  const std::size_t n = commands.size();
  const std::size_t chunk_max = core.queue->batch_max();
  for (std::size_t from = 0; from < n; from += chunk_max) {
    if (from > 0 && deadline.passed()) {
      for (std::size_t i = from; i < n; ++i) take(i, nullptr, Status(Code::kBusy));
      return;
    }
    const std::size_t chunk = std::min(chunk_max, n - from);
    std::shared_ptr<RequestOf<C>> request;  // shared: see CommitQueue::Execute
    Status rest = Guarded([&] {
      request = std::make_shared<RequestOf<C>>();
      if (chunk == n) {
        request->commands = std::move(commands);
        return Status();
      }
      const auto first = commands.begin() + static_cast<std::ptrdiff_t>(from);
      request->commands.assign(std::make_move_iterator(first),
                               std::make_move_iterator(first + static_cast<std::ptrdiff_t>(chunk)));
      return Status();
    });
    const std::size_t answered = rest.ok() ? core.queue->Execute(request, deadline, &rest) : 0;
    for (std::size_t i = 0; i < chunk; ++i) {
      take(from + i, i < answered ? &request->commands[i] : nullptr, rest);
    }
  }
}

// One command; its reply, or a reply with the status of the queue.
template <class C>
Status SubmitOne(EngineCore& core, C command, Deadline deadline, C* answered) {
  std::vector<C> commands;
  commands.push_back(std::move(command));
  Status status;
  Submit(core, std::move(commands), deadline, [&](std::size_t, C* done, const Status& why) {
    if (done != nullptr) {
      *answered = std::move(*done);
    } else {
      status = why;
    }
  });
  return status;
}

std::unique_ptr<ReservationSystem> NewReservationSystem(EngineCore& core);
std::unique_ptr<Wallet> NewWallet(EngineCore& core);
std::unique_ptr<Catalog> NewCatalog(EngineCore& core);
std::unique_ptr<QueueManager> NewQueueManager(EngineCore& core);
Result<std::unique_ptr<Accounts>> NewAccounts(EngineCore& core);

}  // namespace seathold
