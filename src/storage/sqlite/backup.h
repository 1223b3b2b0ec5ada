// A consistent copy of the database as one plain file, and the way back.
#pragma once

#include <unistd.h>

#include <string>

#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::sqlite {

class Connection;

// `path` must not exist; it gets mode 0600, and its name once it is whole and synced: a copy that
// is cut off leaves `path`-part, which the next one removes. Errors: kInvalidArgument,
// kAlreadyExists, kCannotOpen, kStorageFull, kBusy (at the deadline).
Status BackupTo(Connection* reader, const std::string& path, Deadline deadline);

// What backup and restore share.

// What a copy that does not come about leaves behind: nothing.
struct RemovedUnlessKept {
  const std::string& path;
  bool kept = false;
  ~RemovedUnlessKept() {
    if (!kept) unlink(path.c_str());
  }
};
std::string PartOf(const std::string& path);
// An empty file of mode 0600 in the place of whatever was cut off.
Status StartPart(const std::string& part);
// An SQLite result code; `path` is there and empty.
int VacuumInto(Connection* reader, const std::string& path, Deadline deadline);
// Makes a whole file a copy of its own life (wal_note.h), of today's schema. It is not synced.
Status BecomeCopy(const std::string& path, Deadline deadline);
Status SyncFile(const std::string& path);

}  // namespace seathold::sqlite
