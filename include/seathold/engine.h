// The engine: opens storage, cache, line and clock; hands out the objects a host works with.
//
//   auto opened = seathold::Engine::Open({.storage = "sqlite:concert.db"});
//   if (!opened.ok()) return Explain(opened.status());
//   const std::unique_ptr<seathold::Engine> engine = std::move(opened).value();
//   engine->reservations()...                    // from any thread
//   engine->Sweep(1'000);                        // every second or so
//
// One engine per database and process, with any number of processes on a database. Thread-safe.
// With sweeper_thread off it owns no thread and the host calls Sweep now and then; correctness
// never depends on it. After a fork a child must not use its parent's engine (calls answer
// kForked).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "seathold/accounts.h"
#include "seathold/catalog.h"
#include "seathold/ids.h"
#include "seathold/options.h"
#include "seathold/queue_manager.h"
#include "seathold/reservation_system.h"
#include "seathold/stats.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/wallet.h"

namespace seathold {

struct EngineParts;  // adapter/parts.h

class Engine {
 public:
  // Errors: kInvalidArgument (which option), kUnsupported (a URI this build does not know), then
  // storage's, kWrongFile (the -wal, line or keys beside the database are another's; the text has
  // the command that mends it), kKeysMissing, kLineFailed (its file cannot be had within 2 s). On
  // failure nothing is left open.
  static Result<std::unique_ptr<Engine>> Open(const EngineOptions& options = {});
  // With parts of the host's own: a clock, a log, adapters.
  static Result<std::unique_ptr<Engine>> Open(const EngineOptions& options, EngineParts parts);
  virtual ~Engine() = default;  // closes

  // Parts of the engine, valid while it lives.
  virtual Catalog& catalog() = 0;
  virtual ReservationSystem& reservations() = 0;
  virtual QueueManager& queue() = 0;
  virtual Wallet& wallet() = 0;
  virtual Accounts& accounts() = 0;

  // A new UUIDv7.
  virtual Uuid NewId() = 0;
  HoldId NewHoldId() { return HoldId{NewId()}; }
  TransferId NewTransferId() { return TransferId{NewId()}; }
  // Engine time: never goes back.
  virtual TimeUs Now() = 0;
  // Ends at most holds_max (1 .. 100,000) holds that have lapsed, and lets waiting buyers in.
  // Returns how many holds it ended.
  virtual Result<int> Sweep(int holds_max, const CallOptions& options = {}) = 0;
  // Re-counts the books in one snapshot of storage, by SQL of its own. The report names what is
  // broken.
  virtual Result<AuditReport> Verify(const CallOptions& options = {}) = 0;
  // A consistent plain copy; `path` must not exist.
  virtual Status Backup(const std::string& path, const CallOptions& options = {}) = 0;
  // Adds a signing key and signs with it from now on. Older ones verify for two weeks at least:
  // access tokens and passes that are given live to their end, and a place in a line counts for two
  // weeks after the rotation of the key behind its token, unless the buyer joins again, which gives
  // the place under the new key. At most 16 keys are kept; where the oldest of them may still be in
  // use the rotation is refused: a rotation a day never is. Errors in order: kClosed, kReadOnly,
  // kKeysMissing, kTooManyKeys (Status::retry_after_ms), kBusy (another process rotates),
  // kCannotOpen, kStorageFull (the key file), kOutcomeUnknown (the key is in place and used, but a
  // power cut may take it back).
  virtual Status RotateKeys() = 0;
  // May throw std::bad_alloc: it has texts and lists.
  virtual Stats stats() const = 0;
  // Takes engine time back to `mark`, for a database that was once written under a clock that ran
  // ahead. It is the one thing that takes time back: holds and deadlines keep the times that were
  // written, so that a hold which had lapsed and was not yet swept is alive again until its
  // deadline, passes and tokens given under the wrong clock stay good for as long as they say, and
  // what was sold keeps the wrong times. Waiting lines are opened anew; their places come back.
  // Close every other engine on this database first: one that stays open brings the old time back.
  // Errors in order: kInvalidArgument (not above 0, or above Now()), kUnsupported
  // (storage), then storage's; the mark may then be set and a line not yet opened: call it again.
  virtual Status AcceptClock(TimeUs mark, const CallOptions& options = {}) = 0;
  // Ends every ReservationSystem::AwaitFeed, now and later, with kClosed: before a host waits for
  // its threads. Close does it too.
  virtual void EndWaits() = 0;
  // Waits for calls that change something, at most until the deadline, then up to 10 s for those
  // that read (a Backup), then settles a journal's log: a moment, but up to two minutes where
  // somebody keeps the database locked, and what cannot be settled stays in it, for whoever opens
  // it next. kBusy = calls are still in flight, and it stays open to those only: call it again.
  // Later calls answer kClosed. Safe to call twice.
  virtual Status Close(const CallOptions& options = {}) = 0;
};

// The release, "0.2.0".
std::string_view Version();

}  // namespace seathold
