-- Gives a lease a new end.
-- KEYS  queue, list
-- ARGV  offset, lease (microseconds), token
-- reply { 1, summary }; { 0 } when the lease was lost
-- @include partition

local queue, list = KEYS[1], KEYS[2]
if redis.call('HGET', queue, 'tok') ~= ARGV[3] then
  return { 0 }
end
local now = server_time(ARGV[1])
local ends = whole(now + tonumber(ARGV[2]))
pass_at_maxmemory(queue)
redis.call('HSET', queue, 'until', ends, 'due', ends, 'put', whole(now))
return { 1, summary(queue, list, now, true) }
