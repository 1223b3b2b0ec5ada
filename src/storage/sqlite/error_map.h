// SQLite's result codes as ours. The only place that reads them.
#pragma once

#include <string>
#include <string_view>

#include "seathold/status.h"

struct sqlite3;

namespace seathold::sqlite {

// Where the error met us: the same code says different things.
enum class Phase {
  kOpen,    // nothing was promised yet
  kWork,    // inside a transaction, before COMMIT: whatever it is, it has no effect
  kCommit,  // COMMIT itself
};

// `code` is an extended result code. At kCommit only BUSY, FULL and constraint errors are "no
// effect": they come before the commit record is in the WAL. Anything else may come after it, also
// out-of-memory (the index of the WAL is extended last), so the outcome is unknown.
Code MapCode(int code, Phase phase);

// True when the connections cannot be trusted any more after this answer: storage refuses until it
// is opened again.
bool PoisonsStorage(Code code);

// MapCode with SQLite's own words about it, led by `what` (a path or an action, never a value).
Status MapError(int code, Phase phase, std::string_view what);

}  // namespace seathold::sqlite
