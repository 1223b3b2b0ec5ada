// The waiting line in a file beside the database: shared by the processes of one machine, and there
// after a restart.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "seathold/adapter/line.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

// "<database>-line".
std::string SqliteLinePath(std::string_view database);

struct SqliteLineOptions {
  // What another process did is seen by Poll and Stats at most this much later (real time); every
  // other call sees it at once. 0: each poll asks the file. 0 .. 60,000.
  std::int64_t max_age_ms = 250;
  // The database that the line belongs to; empty: any. A file that names another is kWrongFile.
  std::string pair;
  // Makes no file and changes none: only Stats may be called. kReadOnly where SQLite could not make
  // its -wal and -shm for the time of reading.
  bool read_only = false;
};

// Opens or makes the file (mode 0600); one that is no SQLite file, or of release 0.1, is set aside
// as "<path>.damaged". What the file says is believed: it is not guarded against edits by hand. But
// one that says less than this process has seen of it, as a copy that was put back, is a lost line.
// Thread-safe. Polls touch no disk but to notice what others did and, every grace/4, to store the
// heartbeats gathered. Waiting for the file or for another thread that does ends at the call's
// deadline with kBusy. After a fork the child's calls answer kForked.
// Errors: kCannotOpen (no such directory, a symbolic link, another program's file), kReadOnly,
// kWrongFile, kNewerSchema, kStorageFull, kBusy.
Result<std::unique_ptr<Line>> NewSqliteLine(const std::string& path,
                                            const SqliteLineOptions& options = {},
                                            Deadline deadline = {});

}  // namespace seathold
