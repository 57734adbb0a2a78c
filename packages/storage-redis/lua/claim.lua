-- Finds a machine of this shard whose time was written by a clock that has been put back since, or else the one that has been due
-- longest, and hides it from others for a moment.
-- KEYS  due, intents, leases, put
-- ARGV  offset, claim (microseconds; 0: only look), how far ahead the clocks of others may be, how far ahead an intent may be (microseconds)
-- reply { machine id or '', due since, '1' if an intent waits for its replay, else '0' }
-- @include time

local now = server_time(ARGV[1])
local stale = redis.call('ZCOUNT', KEYS[2], '-inf', whole(now)) > 0
  or redis.call('ZCOUNT', KEYS[2], '(' .. whole(now + tonumber(ARGV[4])), '+inf') > 0
stale = stale and '1' or '0'
local ahead = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. whole(now + tonumber(ARGV[3])), '+inf', 'LIMIT', 0, 1)
local first = { ahead[1], whole(now) }
if not ahead[1] then
  first = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', whole(now), 'WITHSCORES', 'LIMIT', 0, 1)
end
if not first[1] then
  return { '', '', stale }
end
if ARGV[2] ~= '0' then
  -- A deletion comes first, so that claims pass at maxmemory.
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now))
  redis.call('ZADD', KEYS[1], whole(now + tonumber(ARGV[2])), first[1])
  redis.call('ZADD', KEYS[4], whole(now), first[1])
end
return { first[1], first[2], stale }
