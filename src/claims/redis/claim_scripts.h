// The steps of the Redis claim cache, each one atomic script on the keys of one performance.
//
// Keys (prefix seathold, performance 7, seat 5):
//   seathold:{p7}:claims   hash: seat -> record; what Get and Due go by; no TTL
//   seathold:{p7}:due      sorted set: seat by deadline in microseconds; no TTL
//   seathold:{p7}:seat:5   record, with the hold's TTL: for whoever looks into the cache
//   seathold:performances  sorted set: performance by a point in time at or before its first
//                          deadline; a hash slot of its own
// A record is "version hold user deadline": the version in 20 digits and the hold in 36 characters,
// so that scripts, whose numbers end at 2^53, compare both as text.
//
// A cache may forget: claims without their due list, or the other way round, or a key of another
// type, are forgotten as a whole by the next step that meets them.
#pragma once

#include "src/redis/client.h"

namespace seathold {

// Elements of one script: a server runs nothing else meanwhile.
inline constexpr std::size_t kClaimsAScriptMax = 256;

// KEYS: claims, due, a seat's key for each claim. ARGV, for each: seat, record, deadline in
// microseconds, TTL in milliseconds. Integer: how many were stored.
const RedisScript& ClaimPutScript();
// KEYS: as above. ARGV, for each: seat, hold. Integer: how many were removed.
const RedisScript& ClaimDropScript();
// KEYS: claims, due. ARGV: now in microseconds, or +inf; how many to pass over; how many at most.
// Array: the first deadline there is, or ""; then seat and record in turn, soonest first.
const RedisScript& ClaimDueScript();
// KEYS: claims. ARGV: seat. Text: the record, or "".
const RedisScript& ClaimGetScript();

// KEYS: performances. ARGV, for each: a performance and its first deadline, which only ever makes
// it earlier. Integer.
const RedisScript& PerformancesPutScript();
// KEYS: performances. ARGV: now in microseconds, how many to pass over, how many at most. Array:
// performances that may have something due.
const RedisScript& PerformancesDueScript();
// KEYS: performances. ARGV: performances to take out. Integer.
const RedisScript& PerformancesDropScript();

}  // namespace seathold
