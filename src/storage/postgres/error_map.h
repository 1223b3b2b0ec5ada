// What PostgreSQL says went wrong, as our codes. The only place that reads SQLSTATEs.
#pragma once

#include <string_view>

#include "seathold/status.h"

namespace seathold::postgres {

// Where the error met us: the same state says different things.
enum class Phase {
  kOpen,    // nothing was promised yet
  kWork,    // inside a transaction, before COMMIT was sent: whatever it is, it has no effect
  kCommit,  // COMMIT itself
};

struct ServerError {
  std::string_view state;  // SQLSTATE; empty = the words are libpq's own
  bool fatal = false;      // the server ends the session
};

// The connection is of no use after this.
bool LosesConnection(const ServerError& error);

// At kCommit a lost connection says nothing about the outcome. Anything else that the server
// answers to COMMIT is an error in it, and the transaction was undone.
Code MapCode(const ServerError& error, Phase phase);

// MapCode with the server's primary message, which repeats no value of ours; led by `what`.
Status MapError(const ServerError& error, Phase phase, std::string_view what,
                std::string_view message);

}  // namespace seathold::postgres
