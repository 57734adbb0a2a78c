-- Leases the partition if it is due, and reads its oldest pending signals.
-- KEYS  queue, list, credentials
-- ARGV  offset, lease (microseconds), most signals, token
-- reply { 1, summary, now, attempts, microseconds since the first attempt, credentials as field and value, entries }; { 0, summary } when it is not due
-- @include partition

local queue, list, credentials = KEYS[1], KEYS[2], KEYS[3]
local token = ARGV[4]
local now = server_time(ARGV[1])
local q = redis.call('HMGET', queue, 'due', 'tok', 'until', 'held', 'attempts', 'attemptsSince', 'put')
-- A driver may repeat a command whose answer was lost.
local repeated = q[2] == token and tonumber(q[3]) > now
if not repeated and (not q[1] or (tonumber(q[1]) > now and not is_ahead(q[7], now))) then
  return { 0, summary(queue, list, now, false) }
end

local most = repeated and tonumber(q[4]) or tonumber(ARGV[3])
local entries = redis.call('LRANGE', list, 0, most - 1)
pass_at_maxmemory(queue)
if #entries == 0 then
  redis.call('HDEL', queue, 'due', 'tok', 'until', 'held')
  return { 0, summary(queue, list, now, true) }
end

local ends = whole(now + tonumber(ARGV[2]))
redis.call('HSET', queue, 'tok', token, 'until', ends, 'due', ends, 'put', whole(now), 'held', #entries)
local attempts = tonumber(q[5] or '0')
local since = 0
if attempts > 0 and tonumber(q[6]) > now then
  redis.call('HSET', queue, 'attemptsSince', whole(now))
elseif attempts > 0 then
  since = now - tonumber(q[6])
end
return { 1, summary(queue, list, now, true), whole(now), attempts, whole(since), redis.call('HGETALL', credentials), entries }
