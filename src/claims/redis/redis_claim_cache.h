// Claims on a Redis server, for any number of processes.
#pragma once

#include <memory>

#include "seathold/adapter/claim_cache.h"
#include "src/redis/client.h"

namespace seathold {

// Thread-safe. A step is atomic for at most kClaimsAScriptMax claims of one performance; a call
// sends its steps at once. No call outlasts its deadline or the client's timeout. Errors of every
// call: those of RedisClient::Run, kOutOfMemory; what a call that failed has done is not told.
std::unique_ptr<ClaimCache> NewRedisClaimCache(std::shared_ptr<RedisClient> client);

}  // namespace seathold
