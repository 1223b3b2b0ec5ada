// The engine: opens storage, cache, line, clock; hands out the objects a host works with.
//
// One engine a database and process. Thread-safe. With sweeper_thread off it owns no thread: the
// host calls Sweep now and then; everything is right without, too. After a fork a child must not
// use its parent's engine (calls answer kForked).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/accounts.h"
#include "seathold/catalog.h"
#include "seathold/claim_cache.h"
#include "seathold/clock.h"
#include "seathold/entropy.h"
#include "seathold/line.h"
#include "seathold/log.h"
#include "seathold/queue_manager.h"
#include "seathold/reservation_system.h"
#include "seathold/status.h"
#include "seathold/storage.h"
#include "seathold/wallet.h"

namespace seathold {

struct EngineOptions {
  // "sqlite:PATH" or "memory:"; a path has no '?' and begins with neither "file:" nor ":memory:".
  // Where the build has PostgreSQL, "postgresql://..." (PostgresOptions), which needs `keys`.
  std::string storage = "sqlite:seathold.db";
  // "auto" or "memory:" = in this process; "none"; or, where the build has Redis (6.2 or later),
  // "redis://[[user]:password@]host[:port][,host[:port]..][/db][?timeout_ms=50&prefix=seathold]".
  // With cluster=1 the hosts are nodes of a Redis Cluster, any of which tells the others; the
  // database is 0. With sentinel=NAME they are sentinels, which tell the master of that name; user
  // and password are the master's. A host by its address keeps every call's bound, also where a
  // node names another: to look a name up, at each new connection, takes what the machine takes.
  std::string claims = "auto";
  // "auto" = beside an SQLite file, in memory for memory storage; "sqlite:PATH"; "memory:" (memory
  // storage only); "memory:?scope=process" (for this process alone, over shared storage); "none";
  // "redis://...", as above.
  std::string line = "auto";
  // Where the signing keys live: "auto" = "<database>.keys", or made anew for memory storage; else
  // a path, which storage on a server needs: the same file for every host.
  std::string keys = "auto";

  int batch_max = 1'024;                   // 1 .. 16,384 commands a transaction
  std::int64_t batch_bytes_max = 4 << 20;  // 64 KiB .. 1 GiB of commands a transaction
  int queue_max = 65'536;                  // 1 .. 1,048,576 commands waiting, then kBusy
  int waves_max = 4;                       // 1 .. 16 bulk reads a transaction
  int max_seats_per_hold = 8;              // 1 .. 16
  std::int64_t hold_ttl_ms =
      300'000;  // 1,000 .. 86,400,000; the default and the most a buyer may ask
  std::int64_t staff_ttl_max_ms = 86'400'000;  // hold_ttl_ms .. 30 days
  std::int64_t refusal_max_age_ms = 250;       // 0 .. 60,000; 0 = every refusal asks storage
  std::int64_t cache_timeout_ms = 50;          // 0 .. 10,000
  std::int64_t sweep_full_ms = 60'000;         // 1,000 .. 3,600,000
  std::int64_t sweep_every_ms = 1'000;         // 10 .. 60,000; of the sweeper thread
  std::int64_t rebuild_grace_ms = 30'000;      // 0 .. 3,600,000
  std::int64_t clock_jump_max_ms = 3'600'000;  // 1,000 .. 10 years
  int hash_concurrency = 2;                    // 1 .. 64 password hashes at once
  bool create = true;
  // Changes nothing and makes no file, nor needs to be able to: every change answers kReadOnly, and
  // there is a waiting line only where its file is there and could be written. Where the database
  // or its folder cannot be written nobody else may write it meanwhile either.
  bool read_only = false;
  // Makes signing keys where a database that was in use has none: every token, pass and login given
  // so far is void then, and UserIdFor gives known texts new numbers.
  bool new_keys = false;
  bool sweeper_thread = false;
  bool test_only_cheap_password_hash = false;  // below every floor; for tests and demonstrations
};

// Parts a host brings itself; null = made from the options.
struct EngineParts {
  std::unique_ptr<Storage> storage;
  std::unique_ptr<ClaimCache> claims;
  std::unique_ptr<Line> line;
  std::shared_ptr<Clock> clock;  // shared: a test keeps a hand on a manual clock
  std::unique_ptr<Entropy> entropy;
  std::shared_ptr<LogSink> log;  // shared: one sink may serve many engines
};

// Counts since the engine was opened, and latencies in powers of two.
struct Histogram {
  // buckets[i] counts calls that took [2^i, 2^(i+1)) microseconds; the last takes all beyond.
  std::array<std::uint64_t, 32> buckets{};
  std::uint64_t count = 0;
  std::uint64_t sum_us = 0;
  std::uint64_t max_us = 0;
  // The upper bound of the bucket that holds this share of the calls, 0 .. 1.
  std::uint64_t quantile_us(double share) const;
};

struct Stats {
  std::uint64_t holds = 0, confirms = 0, cancels = 0, refunds = 0, expired = 0;  // done
  std::uint64_t refused = 0;            // of any cause, see refused_by
  std::uint64_t refused_by_mirror = 0;  // without touching storage
  std::uint64_t replays = 0, busy = 0, unknown = 0;
  std::uint64_t batches = 0, commands = 0, waves = 0, redecided = 0;
  std::uint64_t mirror_refreshes = 0, cache_errors = 0, clock_jumps = 0, lines_lost = 0;
  std::vector<std::pair<Code, std::uint64_t>> refused_by;
  Histogram hold, confirm, other, commit;  // whole calls; `commit` = one storage transaction
  StorageInfo storage;
  std::string claims, line;
  std::uint64_t bytes_on_disk = 0;
  std::uint64_t mirror_bytes = 0;
  // Engine time as storage last noted it: no later reading lies before it. How far the machine's
  // clock lies behind engine time; much of it means that the database was once written under a
  // wrong clock (see AcceptClock).
  TimeUs time_mark;
  std::int64_t clock_behind_ms = 0;
};

struct VerifyReport {
  AuditReport audit;
  bool clean() const { return audit.clean(); }
};

class Engine {
 public:
  // Errors: kInvalidArgument (which option), kUnsupported (a URI this build does not know), then
  // storage's, kWrongFile (the -wal, line or keys beside the database are another's; the text has
  // the command that mends it), kKeysMissing, kLineFailed (its file cannot be had within 2 s). On
  // failure nothing is left open.
  static Result<std::unique_ptr<Engine>> Open(const EngineOptions& options, EngineParts parts = {});
  virtual ~Engine() = default;  // closes

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
  // Rolls back at most holds_max (1 .. 100,000) holds that are over, and lets waiting buyers in.
  // Returns how many holds it ended.
  virtual Result<int> Sweep(int holds_max, const CallOptions& options = {}) = 0;
  // Re-counts the books in one snapshot of storage, by SQL of its own. The report names what is
  // broken.
  virtual Result<VerifyReport> Verify(const CallOptions& options = {}) = 0;
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
  // Waits for calls in flight, at most until the deadline (then kBusy, and it stays open to those
  // calls only). Later calls answer kClosed. Safe to call twice.
  virtual Status Close(const CallOptions& options = {}) = 0;
};

// The release, "0.2.0".
std::string_view Version();

}  // namespace seathold
