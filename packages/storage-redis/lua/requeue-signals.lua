-- Makes rejected signals pending again, at the tail, so that a live lease keeps its place at the head.
-- KEYS  queue, list, bodies, rejected, rejectedAt
-- ARGV  offset, fence, at least how old (microseconds), most signals
-- reply { requeued, summary }; { -1 } when the fence has passed
-- @include partition
-- @include kept

local queue, list, bodies = KEYS[1], KEYS[2], KEYS[3]
local now = server_time(ARGV[1])
if is_fenced(now, ARGV[2]) then
  return { -1 }
end
if redis.call('EXISTS', queue) == 0 then
  return { 0, summary(queue, list, now, false) }
end
local taken = take(bodies, KEYS[4], KEYS[5], now, tonumber(ARGV[3]), tonumber(ARGV[4]))
local seq = tonumber(redis.call('HGET', queue, 'seq') or '0')
local entries = {}
for i, body in ipairs(taken) do
  local _, uuid, _, _, at = split_body(body)
  entries[i] = join_entry(seq + i, now, uuid, string.sub(body, at))
end
if #entries > 0 then
  in_chunks('RPUSH', list, entries)
  redis.call('HSET', queue, 'seq', whole(seq + #entries))
  redis.call('HINCRBY', queue, 'rejected', -#entries)
  wake(queue, now)
end
return { #entries, summary(queue, list, now, true) }
