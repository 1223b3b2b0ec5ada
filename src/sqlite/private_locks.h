// Locks for an SQLite that this process has twice: ours inside a self-contained library, and the
// host program's own.
//
// SQLite locks with POSIX locks. They belong to the process and not to its copy of SQLite: neither
// copy is stopped by what the other holds, and whichever closes a descriptor of a file drops the
// locks of both, after which another process may write beside ours. Open-file-description locks
// conflict with POSIX locks, also within one process, and end with their own description only. So a
// private copy is made to lock through those; nothing else of it changes, and the host's copy is
// left as it is.
//
// All connections of a copy lock one description a file, so that they stay one owner, as SQLite
// believes them to be. It is a description of its own: neither SQLite's descriptors, which a fork
// inherits, nor a mapping of the -shm, keep a lock alive once its owner is killed.
#pragma once

#include "seathold/status.h"

namespace seathold::sqlite {

// Puts them under the SQLite that this library is linked with, for as long as the process lives.
// REQUIRES at the first call: that copy has no file open. Thread-safe; later calls repeat the first
// answer. kUnsupported: this SQLite has no way in.
Status UsePrivateLocks();

// UsePrivateLocks() in a build whose SQLite is its own (SEATHOLD_PRIVATE_SQLITE), nothing in
// others. To be called before each opening of a database.
Status PreparePrivateLocks();

}  // namespace seathold::sqlite
