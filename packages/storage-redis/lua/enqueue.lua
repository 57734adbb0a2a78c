-- Appends a machine's signals to its partition, those excepted whose uuid it has.
-- KEYS  queue, list, uuids, applied
-- ARGV  offset, fence, mark, then uuid and payload of each signal
-- mark: names a part of an intent that must not be applied twice, or ''.
-- reply { added, summary }; { -1 } when the fence has passed
-- @include append

local queue, list, uuids, applied = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local mark = ARGV[3]
local now = server_time(ARGV[1])
if is_fenced(now, ARGV[2]) then
  return { -1 }
end

local added = 0
if mark == '' or not redis.call('ZSCORE', applied, mark) then
  added = append(queue, list, uuids, now, 4, #ARGV)
  if mark ~= '' then
    redis.call('ZADD', applied, whole(now), mark)
    -- Marks are removed when their intent is done; one that a crash left behind is of no use after a day.
    redis.call('ZREMRANGEBYSCORE', applied, '-inf', whole(now - 86400 * 1000000))
  end
end
return { added, summary(queue, list, now, true) }
