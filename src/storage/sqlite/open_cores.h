// The databases that this process has open, for the sake of a fork.
//
// A child inherits SQLite's own bookkeeping of locks, which says that it holds what only its parent
// does. A connection of its own to the same file would believe that and lock nothing. So before a
// child opens a database it closes what it inherited; closing there touches neither the parent's
// locks nor the files.
#pragma once

#include <string>

#include "seathold/status.h"

namespace seathold::sqlite {

struct Core;

void AddOpenCore(Core* core);
void RemoveOpenCore(Core* core);
// kForked when the parent was using the database `path` at the moment of the fork: then what was
// inherited cannot be closed safely.
Status CloseInheritedCores(const std::string& path);

}  // namespace seathold::sqlite
