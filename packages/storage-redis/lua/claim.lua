-- Finds the machine of this shard that has been due longest, and hides it from others for a moment.
-- KEYS  due, intents, leases
-- ARGV  offset, claim (microseconds; 0: only look)
-- reply { machine id or '', due since, '1' if an intent waits for its replay, else '0' }
-- @include time

local now = server_time(ARGV[1])
local stale = redis.call('ZCOUNT', KEYS[2], '-inf', whole(now)) > 0 and '1' or '0'
local first = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', whole(now), 'WITHSCORES', 'LIMIT', 0, 1)
if #first == 0 then
  return { '', '', stale }
end
if ARGV[2] ~= '0' then
  -- A deletion comes first, so that claims pass at maxmemory.
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now))
  redis.call('ZADD', KEYS[1], whole(now + tonumber(ARGV[2])), first[1])
end
return { first[1], first[2], stale }
