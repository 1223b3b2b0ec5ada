// The box office on Redis: scripts, as a script is what is atomic there. Keys, a set of them for
// each performance p:
//
//   seats:p   hash   seat -> deadline (16 digits of microseconds), 'H' or 'S', the hold's id
//   holds:p   hash   hold -> deadline, 'H' or 'S', first seat (8 digits), total (12), user
//   due:p     sorted set of holds by deadline
//   wallets   hash   user -> minor units
//   ledger    hash   payment -> hold, user, total, time
//
// Deadlines have one length, so that texts compare as numbers do. What is sold has the deadline of
// kNever. A script of one sale has no loop; a script of many asks and writes once for all of them.
#pragma once

namespace seathold::sale {

// KEYS: seats, holds, due. ARGV: now, deadline, hold, first seat, second seat, record behind the
// deadline.
inline constexpr const char* kHoldOne = R"lua(
local now, deadline, hold = ARGV[1], ARGV[2], ARGV[3]
local seats = redis.call('HMGET', KEYS[1], ARGV[4], ARGV[5])
if seats[1] and string.sub(seats[1], 1, 16) > now then return 0 end
if seats[2] and string.sub(seats[2], 1, 16) > now then return 0 end
local claim = deadline .. 'H' .. hold
redis.call('HSET', KEYS[1], ARGV[4], claim, ARGV[5], claim)
redis.call('HSET', KEYS[2], hold, deadline .. 'H' .. ARGV[6])
redis.call('ZADD', KEYS[3], deadline, hold)
return 1
)lua";

// KEYS: seats, holds, due, wallets, ledger. ARGV: now, hold, payment, user.
inline constexpr const char* kPayOne = R"lua(
local hold, payment, user = ARGV[2], ARGV[3], ARGV[4]
local record = redis.call('HGET', KEYS[2], hold)
if not record then return 0 end
if string.sub(record, 17, 17) ~= 'H' or string.sub(record, 1, 16) <= ARGV[1]
    or string.sub(record, 38) ~= user then
  local line = redis.call('HGET', KEYS[5], payment)
  if line and string.sub(line, 1, 16) == hold then return 1 end
  return 0
end
local total = tonumber(string.sub(record, 26, 37))
local left = redis.call('HINCRBY', KEYS[4], user, -total)
local line = hold .. user .. ' ' .. total .. ' ' .. ARGV[1]
if left < 0 or redis.call('HSETNX', KEYS[5], payment, line) == 0 then
  redis.call('HINCRBY', KEYS[4], user, total)
  return 0
end
local seat = tonumber(string.sub(record, 18, 25))
local sold = '9999999999999999S' .. hold
redis.call('HSET', KEYS[2], hold, '9999999999999999S' .. string.sub(record, 18))
redis.call('HSET', KEYS[1], seat, sold, seat + 1, sold)
redis.call('ZREM', KEYS[3], hold)
return 1
)lua";

// As kHoldOne; ARGV from hold on again for each.
inline constexpr const char* kHoldMany = R"lua(
local now, deadline, sub = ARGV[1], ARGV[2], string.sub
local wanted, taken, answers, claims, records, due = {}, {}, {}, {}, {}, {}
for i = 3, #ARGV, 4 do
  wanted[#wanted + 1] = ARGV[i + 1]
  wanted[#wanted + 1] = ARGV[i + 2]
end
local seats = redis.call('HMGET', KEYS[1], unpack(wanted))
for n = 1, #wanted / 2 do
  local a, b, hold = wanted[2 * n - 1], wanted[2 * n], ARGV[4 * n - 1]
  local x, y = seats[2 * n - 1], seats[2 * n]
  if taken[a] or taken[b] or (x and sub(x, 1, 16) > now) or (y and sub(y, 1, 16) > now) then
    answers[n] = 0
  else
    local claim, at = deadline .. 'H' .. hold, #claims
    taken[a], taken[b] = true, true
    claims[at + 1], claims[at + 2], claims[at + 3], claims[at + 4] = a, claim, b, claim
    at = #records
    records[at + 1], records[at + 2] = hold, deadline .. 'H' .. ARGV[4 * n + 2]
    due[at + 1], due[at + 2] = deadline, hold
    answers[n] = 1
  end
end
if #records > 0 then
  redis.call('HSET', KEYS[1], unpack(claims))
  redis.call('HSET', KEYS[2], unpack(records))
  redis.call('ZADD', KEYS[3], unpack(due))
end
return answers
)lua";

// As kPayOne; ARGV from hold on again for each. REQUIRES: no payment twice in one call.
inline constexpr const char* kPayMany = R"lua(
local now, sub = ARGV[1], string.sub
local holds, payments, users = {}, {}, {}
for i = 2, #ARGV, 3 do
  local n = #holds + 1
  holds[n], payments[n], users[n] = ARGV[i], ARGV[i + 1], ARGV[i + 2]
end
local records = redis.call('HMGET', KEYS[2], unpack(holds))
local wallets = redis.call('HMGET', KEYS[4], unpack(users))
local lines = redis.call('HMGET', KEYS[5], unpack(payments))
local balance, spent, answers, paid, sold, seats, done = {}, {}, {}, {}, {}, {}, {}
for n = 1, #holds do
  local hold, user, record = holds[n], users[n], records[n]
  local left = balance[user] or tonumber(wallets[n] or 0)
  local total = record and tonumber(sub(record, 26, 37)) or 0
  if lines[n] then
    answers[n] = sub(lines[n], 1, 16) == hold and 1 or 0
  elseif not record or spent[hold] or sub(record, 17, 17) ~= 'H' or sub(record, 1, 16) <= now
      or sub(record, 38) ~= user or left < total then
    answers[n] = 0
  else
    local seat, claim, at = tonumber(sub(record, 18, 25)), '9999999999999999S' .. hold, #paid
    balance[user], spent[hold] = left - total, true
    paid[at + 1], paid[at + 2] = payments[n], hold .. user .. ' ' .. total .. ' ' .. now
    sold[at + 1], sold[at + 2] = hold, '9999999999999999S' .. sub(record, 18)
    at = #seats
    seats[at + 1], seats[at + 2], seats[at + 3], seats[at + 4] = seat, claim, seat + 1, claim
    done[#done + 1] = hold
    answers[n] = 1
  end
end
if #done > 0 then
  local kept = {}
  for user, left in pairs(balance) do
    kept[#kept + 1], kept[#kept + 2] = user, string.format('%.0f', left)
  end
  redis.call('HSET', KEYS[4], unpack(kept))
  redis.call('HSET', KEYS[5], unpack(paid))
  redis.call('HSET', KEYS[2], unpack(sold))
  redis.call('HSET', KEYS[1], unpack(seats))
  redis.call('ZREM', KEYS[3], unpack(done))
end
return answers
)lua";

}  // namespace seathold::sale
