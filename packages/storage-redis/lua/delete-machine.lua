-- Forgets a machine and its signals.
-- KEYS  queue, then all other keys of the partition
-- ARGV  offset, fence
-- reply { 1 or 0: whether it was known, summary }; { -1 } when the fence has passed
-- @include time

local queue = redis.call('HMGET', KEYS[1], 'v', 'sent')
local now = server_time(ARGV[1])
if is_fenced(now, ARGV[2]) then
  return { -1 }
end
local version = math.max(now, (tonumber(queue[1]) or 0) + 1)
redis.call('UNLINK', unpack(KEYS))
return { queue[1] and 1 or 0, whole(version) .. ':gone:' .. (queue[2] or '-') }
