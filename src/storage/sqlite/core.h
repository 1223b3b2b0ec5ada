// What the storage and its units share: the connections, the gate, the files, and the state that
// ends all of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "seathold/storage.h"
#include "src/storage/sqlite/control.h"
#include "src/storage/sqlite/db_files.h"
#include "src/storage/sqlite/fork_guard.h"
#include "src/storage/sqlite/gate.h"
#include "src/storage/sqlite/pool.h"

namespace seathold::sqlite {

struct Core {
  ForkGuard fork;
  DbFiles files;  // constant while open
  Gate gate;      // used by whoever holds the writing connection
  ConnectionPool pool;
  bool real_files = true;          // false over a VFS of tests: no names on disk to look at
  bool read_only = false;          // constant while open
  std::int64_t wal_bytes_max = 0;  // constant while open
  std::uint64_t writer_id = 0;     // tells our commits from those of others; constant
  // The commit count of the control row when somebody else was last seen to have committed.
  std::atomic<std::uint64_t> foreign_commits{0};
  // What the control row is known to say of the WAL (wal_note.h); it only rises while open.
  std::atomic<int> wal{kWalNone};

  void NoteCommits(const Control& control) {
    if (control.writer == writer_id) return;
    std::uint64_t known = foreign_commits.load();
    while (known < control.commits &&
           !foreign_commits.compare_exchange_weak(known, control.commits)) {
    }
  }
};

// Begins a unit: connection, gate, transaction, control row, in this order.
Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline);

// Copies the WAL into the database once much was added to it; cuts it to nothing once it is longer
// than wal_bytes_max and no reader needs it. Never fails: what does not work now is tried again
// after as much more, and after every commit once the WAL is too long. REQUIRES: the caller holds
// the writing connection and no transaction.
void Checkpoint(Core* core, Connection* writer, bool even_if_short);

}  // namespace seathold::sqlite
