#include "src/line/redis/line_scripts.h"

namespace seathold {
namespace {

// Numbers are exact up to 2^53: microseconds until the year 2255, which is why the last point in
// time there is has a text of its own, and what is beyond (users, places) is text throughout. What
// is checked is checked before anything is written: a script that fails takes nothing back.
constexpr const char* kLineCommon = R"lua(
local line, waiting, heard, inside = unpack(KEYS)
local TIDY_MAX, COUNTER_MAX, ONE = 256, 1099511627775, 1000000
local TIME_MAX, TIME_MAX_TEXT = 253402300799999999, '253402300799999999'
local NAMES = {'next_counter', 'seen_us', 'served_us', 'grace_ms', 'active_max', 'rate_per_s',
               'pass_ms', 'quiet_until', 'missing_active', 'missing_until', 'credit',
               'credit_at_us', 'joined', 'admitted', 'dropped', 'left'}
local POLLED = 4  -- so many of them are all that most polls need
local n, kept = {}, {}
local call = redis.call
local served  -- n.served_us as text
local of_history

local function exact(us)
  return us >= TIME_MAX and TIME_MAX_TEXT or string.format('%.0f', us)
end

local function load(epoch, count)
  local values = redis.pcall('HMGET', line, 'epoch', 'history', unpack(NAMES, 1, count))
  if values[1] ~= epoch then return false end
  of_history = values[2]
  for i = 3, #values do
    local name, value = NAMES[i - 2], tonumber(values[i] or '')
    if not value then return false end
    n[name], kept[name] = value, value
  end
  local mark = 'epoch:' .. epoch
  for _, set in ipairs({waiting, heard, inside}) do
    if type(redis.pcall('ZSCORE', set, mark)) ~= 'string' then return false end
  end
  return true
end

-- The server's name for what became of its data: a new one when a replica took over or a server
-- came back from its files, either of which may lack the latest, and at another node of a cluster.
-- '' where the user may not ask.
local function history()
  local told = redis.pcall('INFO', 'replication')
  return type(told) == 'string' and string.match(told, 'master_replid:(%w+)') or ''
end

-- Whether places may be missing that were given, so that none may be given now.
local function may_lack_places()
  local present = history()
  return present ~= '' and present ~= of_history
end

local function save()
  local changed = {}
  for _, name in ipairs(NAMES) do
    if n[name] ~= kept[name] then
      changed[#changed + 1] = name
      changed[#changed + 1] = n[name]
    end
  end
  if #changed > 0 then call('HSET', line, unpack(changed)) end
end

local function observe(now)
  local elapsed = now - n.seen_us
  if elapsed > 0 then
    n.served_us = n.served_us + math.min(elapsed, n.grace_ms * 250)
    n.seen_us = now
  end
  served = exact(n.served_us)
end

local function accrue()
  local elapsed = math.min(math.max(n.seen_us - n.credit_at_us, 0), ONE)
  n.credit = math.min(n.credit + elapsed * n.rate_per_s, n.rate_per_s * ONE)
  n.credit_at_us = math.max(n.credit_at_us, n.seen_us)
end

-- What is read of the hash is kept, and what is written is gathered, so that a step for hundreds is
-- a handful of commands. Removals are written before additions.
local fields = {}
local to_set, to_wait, to_hear, to_let_in = {}, {}, {}, {}
local to_delete, to_unqueue, to_put_out = {}, {}, {}

local function each(command, key, list)
  if #list > 0 then call(command, key, unpack(list)) end
end

local function flush()
  each('HDEL', line, to_delete)
  each('ZREM', waiting, to_unqueue)
  each('ZREM', heard, to_unqueue)
  each('ZREM', inside, to_put_out)
  each('HSET', line, to_set)
  each('ZADD', waiting, to_wait)
  each('ZADD', heard, to_hear)
  each('ZADD', inside, to_let_in)
  to_set, to_wait, to_hear, to_let_in = {}, {}, {}, {}
  to_delete, to_unqueue, to_put_out = {}, {}, {}
end

local function push(list, first, second)
  list[#list + 1] = first
  if second then list[#list + 1] = second end
end

-- Reads the fields that `names` lists from `first` to `last`.
local function fetch(names, first, last)
  if first > last then return end
  local values = call('HMGET', line, unpack(names, first, last))
  for i = first, last do fields[names[i]] = values[i - first + 1] or '' end
end

local function field(name)
  local value = fields[name]
  if not value then
    value = call('HGET', line, name) or ''
    fields[name] = value
  end
  return value
end

local function set_field(name, value)
  fields[name] = value
  push(to_set, name, value)
end

local function delete_field(name)
  fields[name] = ''
  push(to_delete, name)
end

-- The entry of a place: state ('w', 'a'), user, and as text when it was last heard or how long its
-- pass runs; nil when there is none.
local function row(place)
  return string.match(field(place), '^(%a) (%d+) (%d+)$')
end

local function put_waiting(place, user)
  set_field(place, 'w ' .. user .. ' ' .. served)
  push(to_wait, 0, place)
  push(to_hear, served, place)
  set_field('u' .. user, place)
end

local function put_inside(place, user, until_text)
  set_field(place, 'a ' .. user .. ' ' .. until_text)
  push(to_let_in, until_text, place)
  set_field('u' .. user, place)
end

local function remove(place)
  if #to_set > 0 then flush() end
  local state, user = row(place)
  delete_field(place)
  if state ~= 'a' then push(to_unqueue, place) end
  if state ~= 'w' then push(to_put_out, place) end
  if user and field('u' .. user) == place then delete_field('u' .. user) end
end

-- Ends admissions that are over and drops waiters silent beyond the grace. False: not all of them.
local function tidy()
  accrue()
  local over = call('ZRANGEBYSCORE', inside, 0, n.seen_us, 'LIMIT', 0, TIDY_MAX)
  for _, place in ipairs(over) do remove(place) end
  local cutoff = n.served_us - n.grace_ms * 1000
  if cutoff <= 0 then
    flush()
    return #over < TIDY_MAX
  end
  local doubtful = call('ZRANGEBYSCORE', heard, 0, '(' .. exact(cutoff), 'LIMIT', 0, TIDY_MAX)
  for _, place in ipairs(doubtful) do
    local _, _, last = row(place)
    if last and tonumber(last) >= cutoff then
      call('ZADD', heard, last, place)
    else
      remove(place)
      n.dropped = n.dropped + 1
    end
  end
  flush()
  return #over < TIDY_MAX and #doubtful < TIDY_MAX
end

local function missing_at(us)
  return us < n.missing_until and n.missing_active or 0
end

local function size(set)
  flush()
  return call('ZCARD', set) - 1
end

-- How many may be let in.
local function room()
  if n.seen_us < n.quiet_until then return 0 end
  local places = n.rate_per_s ~= 0 and math.floor(n.credit / ONE) or COUNTER_MAX
  if n.active_max == 0 or places == 0 then return places end
  return math.min(places, n.active_max - size(inside) - missing_at(n.seen_us))
end

local function admit_now(place, user)
  put_inside(place, user, exact(n.seen_us + n.pass_ms * 1000))
  if n.rate_per_s ~= 0 then n.credit = n.credit - ONE end
  n.admitted = n.admitted + 1
end

-- How many are ahead of a waiter as a number, as a heartbeat; until when a pass runs as text; ''
-- where there is neither. `waits`: a waiter's entry without its time. `ahead`: where it is known.
local function describe(place, waits, ahead)
  local text = field(place)
  if text ~= waits .. served then
    if string.sub(text, 1, #waits) ~= waits then
      local state, user, time = row(place)
      local passes = state == 'a' and waits == 'w ' .. user .. ' ' and tonumber(time) > n.seen_us
      return passes and time or ''
    end
    set_field(place, waits .. served)
  end
  return ahead or call('ZRANK', waiting, place) - 1
end
)lua";

std::string OnLine(const char* step) { return std::string(kLineCommon) + step; }

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
call('UNLINK', unpack(KEYS))
call('HSET', line, 'epoch', epoch, 'history', history())
for _, set in ipairs({waiting, heard, inside}) do
  call('ZADD', set, -1, 'epoch:' .. epoch)
end
save()
return {'ok'}
)lua"));
  return script;
}

const RedisScript& LineJoinScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) or may_lack_places() then return {'lost'} end
observe(tonumber(ARGV[2]))
if not tidy() then
  save()
  return {'more'}
end
local out, places, ahead_of = {'ok'}, {}, {}
fetch(ARGV, 3, #ARGV)
for i = 3, #ARGV do
  if fields[ARGV[i]] ~= '' then push(places, fields[ARGV[i]]) end
end
fetch(places, 1, #places)
local queued = size(waiting)
local function join(user)
  local place, waits = field('u' .. user), 'w ' .. user .. ' '
  if place ~= '' then
    local now = describe(place, waits, ahead_of[place])
    -- A pass that is over opens nothing: the hold made under it counts on where it is.
    if now ~= '' then return push(out, place, now) end
  end
  if n.next_counter > COUNTER_MAX then return push(out, '', '') end
  place = string.format('%08.0f%013.0f', tonumber(ARGV[1]), n.next_counter)
  n.next_counter = n.next_counter + 1
  n.joined = n.joined + 1
  if queued == 0 and room() > 0 then
    admit_now(place, user)
  else
    put_waiting(place, user)
    ahead_of[place] = queued
    queued = queued + 1
  end
  push(out, place, describe(place, waits, ahead_of[place]))
end
for i = 3, #ARGV do join(string.sub(ARGV[i], 2)) end
flush()
save()
return out
)lua"));
  return script;
}

const RedisScript& LinePollScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1], POLLED) then return {'lost'} end
if tonumber(ARGV[3]) >= n.next_counter then return {'lost'} end
observe(tonumber(ARGV[2]))
local has_all, out, count = false, {'ok'}, (#ARGV - 3) / 3
-- Whether the user's present entry, if any, makes way for the older place.
local function yields(place, user)
  local latest = field('u' .. user)
  if latest == '' then return true end
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
  flush()
end
fetch(ARGV, 4, count + 3)
for i = 4, count + 3 do
  local place, waits = ARGV[i], ARGV[i + count]
  local now = describe(place, waits)
  local reclaim_text = now == '' and ARGV[i + 2 * count] or ''
  if reclaim_text ~= '' then
    if not has_all then
      if not load(ARGV[1]) then return {'lost'} end
      observe(tonumber(ARGV[2]))
      has_all = true
    end
    if not tidy() then
      save()
      return {'more'}
    end
    reenter(place, string.match(waits, '%d+'), reclaim_text)
    now = describe(place, waits)
  end
  out[i - 2] = now
end
flush()
save()
return out
)lua"));
  return script;
}

const RedisScript& LineAdmitScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) or may_lack_places() then return {'lost'} end
observe(tonumber(ARGV[2]))
if not tidy() then
  save()
  return {'more'}
end
local most = math.min(tonumber(ARGV[3]), room(), size(waiting))
local places = most > 0 and call('ZRANGE', waiting, 1, most) or {}
fetch(places, 1, #places)
for _, place in ipairs(places) do
  if row(place) ~= 'w' then return {'lost'} end
end
for _, place in ipairs(places) do
  local _, user = row(place)
  admit_now(place, user)
end
if #places > 0 then
  call('ZREMRANGEBYRANK', waiting, 1, #places)
  call('ZREM', heard, unpack(places))
end
flush()
save()
return {'ok', string.format('%.0f', #places)}
)lua"));
  return script;
}

const RedisScript& LineKeepScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) then return {'lost'} end
for i = 2, #ARGV, 3 do
  local state, user = row(ARGV[i])
  if state == 'a' and user == ARGV[i + 1] then
    call('ZADD', inside, 'GT', ARGV[i + 2], ARGV[i])
  end
end
return {'ok'}
)lua"));
  return script;
}

const RedisScript& LineLeaveScript() {
  static const RedisScript script(OnLine(R"lua(
if not load(ARGV[1]) then return {'lost'} end
local count = (#ARGV - 1) / 2
fetch(ARGV, 2, count + 1)
for i = 2, count + 1 do
  local _, user = row(ARGV[i])
  if user == ARGV[i + count] then
    remove(ARGV[i])
    n.left = n.left + 1
  end
end
flush()
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
for _, count in ipairs({call('ZCARD', waiting) - 1,
                        call('ZCOUNT', inside, '(' .. exact(now), '+inf'), missing_at(now),
                        n.joined, n.admitted, n.dropped, n.left}) do
  push(out, string.format('%.0f', count))
end
return out
)lua"));
  return script;
}

}  // namespace seathold
