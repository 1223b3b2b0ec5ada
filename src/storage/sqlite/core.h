// What the storage and its units share: the connections, the gate, the files, and the state that
// ends all of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "seathold/adapter/storage.h"
#include "src/storage/sqlite/bond.h"
#include "src/storage/sqlite/checkpoint.h"
#include "src/storage/sqlite/control.h"
#include "src/storage/sqlite/db_files.h"
#include "src/storage/sqlite/gate.h"
#include "src/storage/sqlite/pool.h"
#include "src/util/fork_guard.h"

namespace seathold::sqlite {

struct Core {
  ForkGuard fork;
  DbFiles files;        // constant while open
  Bond bond;            // likewise; declared before, so untied after, the connections
  Gate gate;            // used by whoever holds the writing connection
  CheckpointPlan plan;  // likewise
  ConnectionPool pool;
  bool real_files = true;       // false over a VFS of tests: no names on disk to look at
  bool read_only = false;       // constant while open
  bool owned = false;           // likewise: nobody else has the database open
  bool wal_lost = false;        // told at opening, and nothing committed since
  std::uint64_t writer_id = 0;  // tells our commits from those of others; constant
  // The commit count of the control row when somebody else was last seen to have committed.
  std::atomic<std::uint64_t> foreign_commits{0};
  // What the control row is known to say of the WAL (wal_note.h); it only rises while open.
  std::atomic<int> wal{kWalNone};

  // Ends all work: from now on every call answers `code`. Whoever recovers the WAL next must not
  // think that somebody still has it open. An owner keeps it: what is in front of this storage may
  // go on, and has the database until it is closed.
  void Poison(Code code) {
    if (!owned) gate.Part();
    pool.Poison(code);
  }

  void NoteCommits(const Control& control) {
    if (control.writer == writer_id) return;
    std::uint64_t known = foreign_commits.load();
    while (known < control.commits &&
           !foreign_commits.compare_exchange_weak(known, control.commits)) {
    }
  }
};

// True when the connections cannot be trusted any more after this answer: storage refuses until it
// is opened again.
inline bool PoisonsStorage(Code code) {
  return code == Code::kOutcomeUnknown || code == Code::kStorageFailed ||
         code == Code::kStorageCorrupt;
}

// Begins a unit: connection, gate, transaction, control row, in this order.
Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline);

}  // namespace seathold::sqlite
