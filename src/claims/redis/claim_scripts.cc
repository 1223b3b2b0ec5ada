#include "src/claims/redis/claim_scripts.h"

namespace seathold {
namespace {

// Forgets what is not whole. Only then: behind a DEL, of nothing even, a server whose memory is
// full lets a script write what it likes.
constexpr const char* kWhole = R"lua(
local claims, due = KEYS[1], KEYS[2]
local kinds = redis.call('TYPE', claims).ok .. ' ' .. redis.call('TYPE', due).ok
if kinds ~= 'hash zset' and kinds ~= 'none none' then redis.call('DEL', claims, due) end
local function names(record, hold)
  return type(record) == 'string' and string.sub(record, 22, 57) == hold
end
)lua";

constexpr const char* kWholePerformances = R"lua(
local index = KEYS[1]
local kind = redis.call('TYPE', index).ok
if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', index) end
)lua";

std::string OnClaims(const char* step) { return std::string(kWhole) + step; }
std::string OnPerformances(const char* step) { return std::string(kWholePerformances) + step; }

}  // namespace

// The TTL counts from the server's own clock, which may differ from the engine's; a deadline that
// has passed deletes. HSET comes first: a server that may take no more refuses it, and with it all.
const RedisScript& ClaimPutScript() {
  static const RedisScript script(OnClaims(R"lua(
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local stored = 0
for i = 3, #KEYS do
  local at = (i - 3) * 4
  local seat, record = ARGV[at + 1], ARGV[at + 2]
  local old = redis.call('HGET', claims, seat)
  if not old or string.sub(old, 1, 20) < string.sub(record, 1, 20) then
    redis.call('HSET', claims, seat, record)
    redis.call('ZADD', due, ARGV[at + 3], seat)
    redis.call('SET', KEYS[i], record, 'PXAT', string.format('%.0f', now_ms + ARGV[at + 4]))
    stored = stored + 1
  end
end
return stored
)lua"));
  return script;
}

// The seat's key is compared by itself: the rest may have been forgotten since.
const RedisScript& ClaimDropScript() {
  static const RedisScript script(OnClaims(R"lua(
local dropped = 0
for i = 3, #KEYS do
  local at = (i - 3) * 2
  local seat, hold = ARGV[at + 1], ARGV[at + 2]
  if names(redis.call('HGET', claims, seat), hold) then
    redis.call('HDEL', claims, seat)
    redis.call('ZREM', due, seat)
    dropped = dropped + 1
  end
  if names(redis.pcall('GET', KEYS[i]), hold) then redis.call('DEL', KEYS[i]) end
end
return dropped
)lua"));
  return script;
}

const RedisScript& ClaimDueScript() {
  static const RedisScript script(OnClaims(R"lua(
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
local out = {first[2] or ''}
local seats = redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[1], 'LIMIT', ARGV[2], ARGV[3])
for _, seat in ipairs(seats) do
  local record = redis.call('HGET', claims, seat)
  if record then
    out[#out + 1] = seat
    out[#out + 1] = record
  else
    redis.call('ZREM', due, seat)
  end
end
return out
)lua"));
  return script;
}

const RedisScript& ClaimGetScript() {
  static const RedisScript script(R"lua(
local record = redis.pcall('HGET', KEYS[1], ARGV[1])
return type(record) == 'string' and record or ''
)lua");
  return script;
}

const RedisScript& PerformancesPutScript() {
  static const RedisScript script(OnPerformances(R"lua(
for i = 1, #ARGV, 2 do redis.call('ZADD', index, 'LT', ARGV[i + 1], ARGV[i]) end
return 1
)lua"));
  return script;
}

const RedisScript& PerformancesDueScript() {
  static const RedisScript script(OnPerformances(R"lua(
return redis.call('ZRANGEBYSCORE', index, '-inf', ARGV[1], 'LIMIT', ARGV[2], ARGV[3])
)lua"));
  return script;
}

const RedisScript& PerformancesDropScript() {
  static const RedisScript script(OnPerformances(R"lua(
for i = 1, #ARGV do redis.call('ZREM', index, ARGV[i]) end
return 1
)lua"));
  return script;
}

}  // namespace seathold
