// The waiting line on a Redis server: shared by any number of processes on any number of machines.
#pragma once

#include <memory>

#include "seathold/adapter/line.h"
#include "src/redis/client.h"

namespace seathold {

// Thread-safe. A call is one atomic step for at most kLineEntriesAScriptMax entries, and for more a
// step for each so many; what a call that failed has done is not told, and is harmless when the
// call is repeated. Every call sees at once what another process did, and none outlasts its
// deadline or the client's timeout. Errors behind those of the arguments: those of
// RedisClient::Run, with kLineLost behind kBusy; kOutOfMemory. A server that loses or swaps any key
// of a line, by eviction too, has lost the line; one that goes back to an older state has lost it
// as soon as somebody polls a place that was given since, or joins or lets in through an object
// that gave one since.
std::unique_ptr<Line> NewRedisLine(std::shared_ptr<RedisClient> client);

}  // namespace seathold
