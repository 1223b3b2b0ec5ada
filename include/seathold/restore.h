// Putting a backup back, where nobody has the database open.
//
//   const auto done = seathold::RestoreSqlite({.backup = "monday.db", .path = "hall.db"});
#pragma once

#include <cstdint>
#include <string>

#include "seathold/status.h"

namespace seathold {

struct SqliteRestore {
  std::string backup;  // a file that Backup wrote, of this release or an older one
  std::string path;    // of the database
  bool replace = false;
  std::int64_t timeout_ms = 600'000;
};
// Puts a backup in the place of a database that nobody has open. With `replace` one that is there
// is gone then, and in any case the -wal, -shm and waiting line that a crash left of it; its keys
// stay. The backup is read as a whole first. A crash leaves the old database, or the backup in its
// place, or what opening refuses until this is done again. Errors: kInvalidArgument, kCannotOpen,
// kAlreadyExists, kNewerSchema, kStorageCorrupt (the backup), kBusy (open in a process, or the
// time is up), kStorageFull, kReadOnly; after all but the last step's nothing was changed.
Status RestoreSqlite(const SqliteRestore& how);

}  // namespace seathold
