// A consistent copy of the database as one plain file.
#pragma once

#include <string>

#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::sqlite {

class Connection;

// `path` must not exist; it gets mode 0600 and is synced. A copy that fails is removed. Errors:
// kInvalidArgument, kAlreadyExists, kCannotOpen, kStorageFull, kBusy (at the deadline).
Status BackupTo(Connection* reader, const std::string& path, Deadline deadline);

}  // namespace seathold::sqlite
