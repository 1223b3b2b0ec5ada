// The steps of the Redis line, each one atomic script on the four keys of one show. They restate
// src/line/line_rules; the contract suite holds both to one model.
//
// Keys (prefix seathold, show 7), none with a TTL:
//   seathold:{s7}:line     hash: "epoch", "history" and the numbers of the line (LineNumbers);
//                          place -> "w user heard" or "a user pass_until"; "u" and a user -> its
//                          latest place
//   seathold:{s7}:waiting  sorted set: places that wait, all of score 0, so by name
//   seathold:{s7}:heard    sorted set: those by a heartbeat, in served microseconds, that is
//                          brought up to the entry's when it would make a place silent
//   seathold:{s7}:inside   sorted set: admitted places by when they cease to count, in microseconds
// A place is a sequence in 21 digits: 8 of the epoch, 13 of the counter. Each set names the epoch
// by a member "epoch:N" of score -1, ahead of all others. So no key of a line is ever empty, and
// one that is missing, of another type or of another epoch tells that the line is lost. "history"
// is master_replid of INFO as the line was made: whoever has another may lack the latest places,
// and gives none.
#pragma once

#include "src/redis/client.h"

namespace seathold {

// Entries of one script, and what it tidies up at most: a server runs nothing else meanwhile.
inline constexpr std::size_t kLineEntriesAScriptMax = 256;

// All: KEYS: the four, in the order above. The reply is an array of texts. Its first is
//   ok    done; what follows is told with each script
//   lost  there is no such line, or only part of it; nothing was done
//   more  there is more to tidy up than fits a step; what was done is harmless: call again
// ARGV[1] is the epoch but for Stats; the second is `now` in microseconds but for Keep and Leave.

// ARGV: active_max, rate_per_s, grace_ms, pass_ms, quiet_until, missing_active, missing_until.
const RedisScript& LineOpenScript();
// Where a place stands, in one text: 0; 1 and how many are ahead; 2 and until when the pass runs.

// ARGV: "u" and the user, for each. Out, for each: place or "", where it stands.
const RedisScript& LineJoinScript();
// ARGV: the highest counter of this epoch among the places; then all the places; all the users; for
// all reclaim_until where the place may re-enter, else "". Out, for each: where it stands.
const RedisScript& LinePollScript();
// ARGV: how many at most. Out: how many.
const RedisScript& LineAdmitScript();
// ARGV, for each: place, user, admitted_until.
const RedisScript& LineKeepScript();
// ARGV, for each: place, user.
const RedisScript& LineLeaveScript();
// ARGV: now. Out: epoch, waiting, active, missing, joined, admitted, dropped, left.
const RedisScript& LineStatsScript();

}  // namespace seathold
