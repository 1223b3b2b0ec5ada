#include "src/cache/redis/line_scripts.h"

namespace seathold {
namespace {

// Numbers are exact up to 2^53: microseconds until the year 2255, which is why the last point in
// time there is has a text of its own, and what is beyond (users, places) is text throughout. What
// is checked is checked before anything is written: a script that fails takes nothing back.
constexpr const char* kCommon = R"lua(
local line, waiting, heard, inside = unpack(KEYS)
local TIDY_MAX, COUNTER_MAX, ONE = 256, 1099511627775, 1000000
local TIME_MAX, TIME_MAX_TEXT = 253402300799999999, '253402300799999999'
local NAMES = {'next_counter', 'seen_us', 'served_us', 'grace_ms', 'active_max', 'rate_per_s',
               'pass_ms', 'quiet_until', 'missing_active', 'missing_until', 'credit',
               'credit_at_us', 'joined', 'admitted', 'dropped', 'left'}
local POLLED = 4  -- so many of them are all that most polls need
local n, kept = {}, {}

local function exact(us)
  return us >= TIME_MAX and TIME_MAX_TEXT or string.format('%.0f', us)
end

local function load(epoch, count)
  local values = redis.pcall('HMGET', line, 'epoch', unpack(NAMES, 1, count))
  if values[1] ~= epoch then return false end
  for i = 2, #values do
    local name, value = NAMES[i - 1], tonumber(values[i] or '')
    if not value then return false end
    n[name], kept[name] = value, value
  end
  local mark = 'epoch:' .. epoch
  for _, set in ipairs({waiting, heard, inside}) do
    if type(redis.pcall('ZSCORE', set, mark)) ~= 'string' then return false end
  end
  return true
end

-- Whether a place that is known to be given is one that it would give again.
local function forgot(counter)
  return tonumber(counter) >= n.next_counter
end

local function save()
  local changed = {}
  for _, name in ipairs(NAMES) do
    if n[name] ~= kept[name] then
      changed[#changed + 1] = name
      changed[#changed + 1] = n[name]
    end
  end
  if #changed > 0 then redis.call('HSET', line, unpack(changed)) end
end

local function observe(now)
  local elapsed = now - n.seen_us
  if elapsed <= 0 then return end
  n.served_us = n.served_us + math.min(elapsed, n.grace_ms * 250)
  n.seen_us = now
end

local function accrue()
  local elapsed = math.min(math.max(n.seen_us - n.credit_at_us, 0), ONE)
  n.credit = math.min(n.credit + elapsed * n.rate_per_s, n.rate_per_s * ONE)
  n.credit_at_us = math.max(n.credit_at_us, n.seen_us)
end

-- The entry of a place: state ('w', 'a'), user, and as text when it was last heard or how long its
-- pass runs; nil when there is none.
local function row(place)
  return string.match(redis.call('HGET', line, place) or '', '^(%a) (%d+) (%d+)$')
end

local function hear(place, user)
  redis.call('HSET', line, place, 'w ' .. user .. ' ' .. exact(n.served_us))
end

local function put_waiting(place, user)
  hear(place, user)
  redis.call('ZADD', waiting, 0, place)
  redis.call('ZADD', heard, n.served_us, place)
  redis.call('HSET', line, 'u' .. user, place)
end

local function put_inside(place, user, until_text)
  redis.call('HSET', line, place, 'a ' .. user .. ' ' .. until_text)
  redis.call('ZADD', inside, until_text, place)
  redis.call('HSET', line, 'u' .. user, place)
end

local function remove(place)
  local state, user = row(place)
  redis.call('HDEL', line, place)
  if state ~= 'a' then
    redis.call('ZREM', waiting, place)
    redis.call('ZREM', heard, place)
  end
  if state ~= 'w' then redis.call('ZREM', inside, place) end
  if user and redis.call('HGET', line, 'u' .. user) == place then
    redis.call('HDEL', line, 'u' .. user)
  end
end

-- Ends admissions that are over and drops waiters silent beyond the grace. False: not all of them.
local function tidy()
  accrue()
  local over = redis.call('ZRANGEBYSCORE', inside, 0, n.seen_us, 'LIMIT', 0, TIDY_MAX)
  for _, place in ipairs(over) do remove(place) end
  local cutoff = n.served_us - n.grace_ms * 1000
  if cutoff <= 0 then return #over < TIDY_MAX end
  local doubtful = redis.call('ZRANGEBYSCORE', heard, 0, '(' .. exact(cutoff), 'LIMIT', 0, TIDY_MAX)
  for _, place in ipairs(doubtful) do
    local _, _, last = row(place)
    if last and tonumber(last) >= cutoff then
      redis.call('ZADD', heard, last, place)
    else
      remove(place)
      n.dropped = n.dropped + 1
    end
  end
  return #over < TIDY_MAX and #doubtful < TIDY_MAX
end

local function missing_at(us)
  return us < n.missing_until and n.missing_active or 0
end

local function has_room()
  if n.seen_us < n.quiet_until then return false end
  if n.rate_per_s ~= 0 and n.credit < ONE then return false end
  if n.active_max == 0 then return true end
  return redis.call('ZCARD', inside) - 1 + missing_at(n.seen_us) < n.active_max
end

local function admit_now(place, user)
  put_inside(place, user, exact(n.seen_us + n.pass_ms * 1000))
  if n.rate_per_s ~= 0 then n.credit = n.credit - ONE end
  n.admitted = n.admitted + 1
end

-- State, ahead and admitted_until of a place, as a heartbeat.
local function describe(place, user)
  local state, owner, time = row(place)
  if owner ~= user then return '0', '0', '0' end
  if state == 'w' then
    if tonumber(time) ~= n.served_us then hear(place, user) end
    return '1', string.format('%.0f', redis.call('ZRANK', waiting, place) - 1), '0'
  end
  if tonumber(time) <= n.seen_us then return '0', '0', '0' end
  return '2', '0', time
end

local function add(out, ...)
  for i = 1, select('#', ...) do out[#out + 1] = (select(i, ...)) end
end
)lua";

std::string OnLine(const char* step) { return std::string(kCommon) + step; }

}  // namespace

// A key of another type is of no epoch, and makes way.
const RedisScript& LineOpenScript() {
  static const RedisScript script(OnLine(R"lua(
local epoch, now = ARGV[1], tonumber(ARGV[2])
local function highest()
  local found = tonumber(redis.pcall('HGET', line, 'epoch')) or 0
  for _, set in ipairs({waiting, heard, inside}) do
    local first = redis.pcall('ZRANGE', set, 0, 0)[1] or ''
    found = math.max(found, tonumber(string.match(first, '^epoch:(%d+)$')) or 0)
  end
  return found
end
if load(epoch) then
  observe(now)
  accrue()
  local had_rate = n.rate_per_s ~= 0
  n.active_max, n.rate_per_s = tonumber(ARGV[3]), tonumber(ARGV[4])
  n.grace_ms, n.pass_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
  local most = n.rate_per_s * ONE
  n.credit = had_rate and math.min(n.credit, most) or most
  save()
  return {'ok'}
end
if highest() >= tonumber(epoch) then return {'lost'} end
for i, name in ipairs({'active_max', 'rate_per_s', 'grace_ms', 'pass_ms', 'quiet_until',
                       'missing_active', 'missing_until'}) do
  n[name] = tonumber(ARGV[i + 2])
end
n.next_counter, n.seen_us, n.served_us = 1, now, 0
n.credit, n.credit_at_us = n.rate_per_s * ONE, now
n.joined, n.admitted, n.dropped, n.left = 0, 0, 0, 0
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', line, 'epoch', epoch)
for _, set in ipairs({waiting, heard, inside}) do
  redis.call('ZADD', set, -1, 'epoch:' .. epoch)
end
save()
return {'ok'}
)lua"));
  return script;
}

const RedisScript& LineJoinScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) or forgot(ARGV[3]) then return {'lost'} end
observe(tonumber(ARGV[2]))
if not tidy() then
  save()
  return {'more'}
end
local out = {'ok'}
local function join(user)
  local place = redis.call('HGET', line, 'u' .. user)
  if place then
    local state, ahead, admitted_until = describe(place, user)
    -- A pass that is over opens nothing: the hold made under it counts on where it is.
    if state ~= '0' then return add(out, place, state, ahead, admitted_until) end
  end
  if n.next_counter > COUNTER_MAX then return add(out, '', '0', '0', '0') end
  place = string.format('%08.0f%013.0f', tonumber(ARGV[1]), n.next_counter)
  n.next_counter = n.next_counter + 1
  n.joined = n.joined + 1
  if redis.call('ZCARD', waiting) == 1 and has_room() then
    admit_now(place, user)
  else
    put_waiting(place, user)
  end
  add(out, place, describe(place, user))
end
for i = 4, #ARGV do join(ARGV[i]) end
save()
return out
)lua"));
  return script;
}

const RedisScript& LinePollScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1], POLLED) then return {'lost'} end
for i = 6, #ARGV, 4 do
  if forgot(ARGV[i]) then return {'lost'} end
end
observe(tonumber(ARGV[2]))
local has_all, out = false, {'ok'}
-- Whether the user's present entry, if any, makes way for the older place.
local function yields(place, user)
  local latest = redis.call('HGET', line, 'u' .. user)
  if not latest then return true end
  if latest < place or row(latest) == 'a' then return false end
  remove(latest)
  return true
end
local function reenter(place, user, reclaim_text)
  -- Someone else's place is nobody's: the token was not of this line.
  if row(place) or not yields(place, user) then return end
  n.joined = n.joined + 1
  if tonumber(reclaim_text) > n.seen_us then
    put_inside(place, user, reclaim_text)
    n.missing_active = math.max(n.missing_active - 1, 0)
  else
    put_waiting(place, user)
  end
end
for i = 3, #ARGV, 4 do
  local place, user, reclaim_text, kind = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local state, ahead, admitted_until = describe(place, user)
  if state == '0' and kind == '-1' then
    if not has_all then
      if not load(ARGV[1]) then return {'lost'} end
      observe(tonumber(ARGV[2]))
      has_all = true
    end
    if not tidy() then
      save()
      return {'more'}
    end
    reenter(place, user, reclaim_text)
    state, ahead, admitted_until = describe(place, user)
  end
  add(out, state, ahead, admitted_until)
end
save()
return out
)lua"));
  return script;
}

const RedisScript& LineAdmitScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) or forgot(ARGV[3]) then return {'lost'} end
observe(tonumber(ARGV[2]))
if not tidy() then
  save()
  return {'more'}
end
local count, most = 0, tonumber(ARGV[4])
while count < most and has_room() do
  local place = redis.call('ZRANGE', waiting, 1, 1)[1]
  if not place then break end
  local _, user = row(place)
  remove(place)
  admit_now(place, user)
  count = count + 1
end
save()
return {'ok', string.format('%.0f', count)}
)lua"));
  return script;
}

const RedisScript& LineKeepScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) then return {'lost'} end
for i = 2, #ARGV, 3 do
  local state, user = row(ARGV[i])
  if state == 'a' and user == ARGV[i + 1] then
    redis.call('ZADD', inside, 'GT', ARGV[i + 2], ARGV[i])
  end
end
return {'ok'}
)lua"));
  return script;
}

const RedisScript& LineLeaveScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) then return {'lost'} end
for i = 2, #ARGV, 2 do
  local _, user = row(ARGV[i])
  if user == ARGV[i + 1] then
    remove(ARGV[i])
    n.left = n.left + 1
  end
end
save()
return {'ok'}
)lua"));
  return script;
}

const RedisScript& LineStatsScript() {
  static const RedisScript script(OnLine(R"lua(
local epoch = redis.pcall('HGET', line, 'epoch')
if type(epoch) ~= 'string' or not load(epoch) then return {'lost'} end
local now = math.max(tonumber(ARGV[1]), n.seen_us)
local out = {'ok', epoch}
for _, count in ipairs({redis.call('ZCARD', waiting) - 1,
                        redis.call('ZCOUNT', inside, '(' .. exact(now), '+inf'), missing_at(now),
                        n.joined, n.admitted, n.dropped, n.left}) do
  add(out, string.format('%.0f', count))
end
return out
)lua"));
  return script;
}

}  // namespace seathold
