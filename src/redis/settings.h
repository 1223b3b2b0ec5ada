// What a Redis server is set to, as far as it matters to what we keep there.
#pragma once

#include <string>
#include <string_view>

#include "src/redis/client.h"

namespace seathold {

// The value of "name:value" among the lines of INFO; "" = none.
std::string_view RedisInfoOf(std::string_view info, std::string_view name);
// The version is older than our scripts; false for a text that is no version.
bool IsTooOldRedis(std::string_view version);

// Appends to *text ", Redis 7.0.15, maxmemory-policy noeviction, not logged to disk"; nothing where
// the server does not say. Of several servers it is one text where they agree, else one each behind
// "; host:port". kUnsupported: one of them is older than our scripts. Nothing else is demanded: a
// policy that evicts everything costs a claim here and a rebuilt line there.
Status AppendRedisSettings(RedisClient& client, std::string* text);

}  // namespace seathold
