// SQLite's result codes as ours, and those of the files it works on. The only place that reads
// them.
#pragma once

#include <string_view>

#include "seathold/status.h"

namespace seathold::sqlite {

// Where the error met us: the same code says different things.
enum class Phase {
  kOpen,    // nothing was promised yet
  kWork,    // inside a transaction, before COMMIT: whatever it is, it has no effect
  kCommit,  // COMMIT itself
  kLine,    // the waiting line, always: nothing is fatal to it, so damage is a lost line, and a
            // disk that fails is busy (the next call opens the file again)
};

// `code` is an extended result code. At kCommit only BUSY, FULL and constraint errors are "no
// effect": they come before the commit record is in the WAL. Anything else may come after it, also
// out-of-memory (the index of the WAL is extended last), so the outcome is unknown.
Code MapCode(int code, Phase phase);

// MapCode with SQLite's own words about it, led by `what` (a path or an action, never a value).
Status MapError(int code, Phase phase, std::string_view what);

// What the system says of a file, an errno: "x.db: Permission denied".
Status FileError(std::string_view path, int error, Phase phase = Phase::kOpen);

}  // namespace seathold::sqlite
