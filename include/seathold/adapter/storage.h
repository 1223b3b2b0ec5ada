// The authority: where every seat, hold and cent is kept.
//
// An adapter moves typed records by key or by a named index, in transactions. It sees no command
// and decides nothing, so a rule cannot be written here. Storage is thread-safe; a unit belongs to
// one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seathold/adapter/records.h"
#include "seathold/stats.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

template <class R>
struct KeysOf {
  std::vector<typename R::Key> keys;
};
// Sorted and without repeats once `Seal` was called.
class KeySet : public PerTable<KeysOf> {
 public:
  template <class R>
  void Add(const typename R::Key& key) {
    of<R>().keys.push_back(key);
  }
  void Seal();
  bool empty() const;
  void clear();
};

template <class R>
struct RowsOf {
  std::vector<R> rows;
};
// Rows that were found. A key that was asked for and is not here does not exist.
class RecordSet : public PerTable<RowsOf> {
 public:
  void clear();
};

enum class ChangeKind : std::uint8_t { kInsert, kUpdate, kRemove };
template <class R>
struct ChangesOf {
  struct Change {
    R row;
    ChangeKind kind = ChangeKind::kInsert;
    std::uint64_t version_seen = 0;  // of a Versioned record that is updated
  };
  std::vector<Change> changes;
};
// After-images: each key at most once.
class ChangeSet : public PerTable<ChangesOf> {
 public:
  bool empty() const;
  std::size_t size() const;
  void clear();
};

enum class Access : std::uint8_t { kRead, kWrite };

// Bounded reads in a stated order. What each field means is said at the index.
struct ScanSpec {
  enum class Index : std::uint8_t {
    kVenues,               // VenueRecord by id, id > after
    kCategoriesOfVenue,    // CategoryRecord of venue `key`, category > after (start: -1)
    kRowsOfVenue,          // PlanRowRecord of venue `key`, row > after (start: -1)
    kSeatsOfVenue,         // PlanSeatRecord of venue `key`, ordinal > after (start: -1)
    kShows,                // ShowRecord by id, id > after
    kPerformances,         // PerformanceRecord by id, id > after
    kPricesOfPerformance,  // PriceRecord of performance `key`, all of them
    kSeatsOfPerformance,   // SeatRecord of performance `key`, ordinal > after (start: -1)
    kBlocksOfPerformance,  // BlockRecord of performance `key`, ordinal > after (start: -1)
    kHoldsDue,     // HoldRecord of any performance: state held, expires_at <= until, soonest first
    kHoldsOfUser,  // HoldRecord of user `key`, (performance, hold) > (after, after_id)
    kHoldsOfPerformance,  // HoldRecord of performance `key`, hold > after_id
    kTransfersOfAccount,  // TransferRecord with user `key`, `currency`, line > after, code 0
    kFeedAfter,           // FeedRecord of performance `key`, counter > after
    kLastHolds,           // HoldRecord of performance `key`, the highest hold first
    kLastTransfers,       // TransferRecord of anybody, the highest transfer first
  };
  Index index{};
  std::uint64_t key = 0;
  std::int64_t after = 0;
  Uuid after_id{};
  Currency currency{};
  TimeUs until{};
  std::uint32_t rows_max = 1'000;  // at least 1
};

// What a journal in front of a storage has noted in it.
struct JournalNote {
  bool open = false;          // commits may be in the journal's log that are not in the storage yet
  std::uint64_t settled = 0;  // the last of them, by number, that is
};

// One transaction. The destructor rolls back what was not committed.
class StorageUnit {
 public:
  virtual ~StorageUnit() = default;

  // must provide: the highest engine time that any committed unit noted.
  virtual TimeUs time_mark() const = 0;
  // may provide: the database's own clock, as of Begin; in a write unit as of its latest lock.
  virtual std::optional<TimeUs> Now() { return std::nullopt; }
  // must provide: in a write unit, waits for all that others were committing, so that what is not
  // there then never was. Adapters whose write unit already excludes all others do nothing.
  virtual Status AwaitOthers() = 0;
  // must provide: adds the rows of these keys to `into`, in bulk. In a write unit what they stand
  // for is locked first, in one order for everybody, and cannot change until Commit; time_mark and
  // Now are then as of that moment. kAborted where a lock cannot be had in that order any more.
  virtual Status Load(const KeySet& keys, RecordSet* into) = 0;
  // must provide: adds at most rows_max rows of a named index, in its order; *more says whether the
  // index has further ones.
  virtual Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) = 0;
  // must provide: a page of all there is, table by table in the order of AllRecords, each row once,
  // in an order of the adapter's own. In: the page before (nothing: the first). Out, in its place:
  // at most rows_max rows of one table; nothing = that was all. Only while nothing was applied.
  virtual Status Page(std::uint32_t rows_max, RecordSet* io) = 0;
  // may provide: the mark from Commit on, also below what it was: a wrong clock is put right. Once,
  // instead of Apply. Else kUnsupported.
  virtual Status SetTimeMark(TimeUs) { return Status(Code::kUnsupported); }
  // may provide: what was last noted, as of Begin; and with Commit a new note, beside what is
  // applied or alone. Else there can be no journal in front of it.
  virtual JournalNote journal_note() const { return {}; }
  virtual Status NoteJournal(const JournalNote&) { return Status(Code::kUnsupported); }
  // must provide: writes after-images in bulk and notes `mark` as engine time. An insert that
  // exists, an update or removal that is absent, or a version that moved = kAborted, nothing
  // applied. May be called again while it answers kOk, with other keys and the same mark.
  virtual Status Apply(const ChangeSet& changes, TimeUs mark) = 0;
  // must provide: kOk = durable as the adapter promises. kOutcomeUnknown = it may be either way,
  // and the storage then answers kStorageFailed until it is opened again if it cannot tell.
  // Everything else = no effect.
  virtual Status Commit() = 0;
};

struct StorageOptions {
  bool create = true;      // create what is not there
  bool read_only = false;  // create and change nothing; units that write are kReadOnly
  // Nobody else has it open as long as this one does. What a journal left open (JournalNote) opens
  // in no other way: kNotOwner.
  bool owned = false;
  std::int64_t busy_ms = 5'000;  // bound of waits while opening
};

class Storage {
 public:
  virtual ~Storage() = default;

  // must provide: opens, creates or migrates. Errors: kCannotOpen, kReadOnly, kNewerSchema,
  // kStorageCorrupt, kNotOwner, kBusy, kStorageFull. On failure nothing stays open.
  virtual Result<StorageInfo> Open(const StorageOptions& options) = 0;
  // must provide: a read unit is one consistent snapshot; a write unit excludes other write units
  // on what it locks. Waits at most until the deadline, then kBusy.
  virtual Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) = 0;
  // may provide: a number that moves when another process (or another Storage on the same database)
  // has committed since, and never for this one's own commits. 0 for ever where nobody else can.
  virtual Result<std::uint64_t> ForeignCommits(Deadline) { return std::uint64_t{0}; }
  // must provide: re-counts everything in one snapshot by its own means, without the engine's
  // rules. `now`: engine time, to tell live holds from lapsed ones.
  virtual Status Audit(TimeUs now, AuditReport* report, Deadline deadline) = 0;
  // may provide: a consistent copy at `path`, which must not exist. Else kUnsupported.
  virtual Status Backup(const std::string& path, Deadline deadline) = 0;
  // may provide: bounded housekeeping (a checkpoint).
  virtual Status Maintain(Deadline deadline) = 0;
  // must provide: bytes that the stored state takes on disk, 0 in memory.
  virtual std::uint64_t bytes_on_disk() const = 0;
  // must provide: releases everything; later calls answer kClosed. Safe to call twice.
  virtual Status Close() = 0;
};

// State in this process only, gone with it.
std::unique_ptr<Storage> NewMemoryStorage();
// A SQLite database that any number of processes may share.
struct SqliteOptions {
  std::string path;
  std::string vfs;                        // for tests; empty = the default
  std::int64_t wal_bytes_max = 64 << 20;  // above it the file is cut once no reader needs it
};
std::unique_ptr<Storage> NewSqliteStorage(const SqliteOptions& options);

struct PostgresOptions {
  // `postgresql://user@host/database` as libpq reads it, and of ours: `schema` (where the tables
  // are; "public"), `prepare=off` (no named statements, for a pooler in transaction mode; one that
  // is there at opening is noticed). A pooler may refuse `options` and other startup parameters.
  std::string uri;
};
// A PostgreSQL database (13 or later) that any number of processes on any number of machines share.
// Write units of different performances run side by side, but for one process: there they take
// turns. Opening needs libpq 14 or later on the machine, else it answers kUnsupported. Backup is
// pg_dump's.
std::unique_ptr<Storage> NewPostgresStorage(const PostgresOptions& options);

}  // namespace seathold
