-- Stores a machine's credentials if it has none.
-- KEYS  queue, list, credentials
-- ARGV  offset, fence, password
-- reply { 1, summary, now, credentials as field and value }; { -1 } when the fence has passed
-- @include partition

local queue, list, credentials = KEYS[1], KEYS[2], KEYS[3]
local now = server_time(ARGV[1])
if is_fenced(now, ARGV[2]) then
  return { -1 }
end
pass_at_maxmemory(queue)
redis.call('HSETNX', credentials, 'password', ARGV[3])
redis.call('HSET', queue, 'credentials', '1')
return { 1, summary(queue, list, now, true), whole(now), redis.call('HGETALL', credentials) }
