-- Deletes signals, those under a live lease excepted.
-- KEYS  queue, list, uuids, bodies, rejected, rejectedAt, sent, sentAt
-- ARGV  offset, fence, status or '', at least how old (microseconds), most signals
-- reply { deleted, summary }; { -1 } when the fence has passed
-- @include partition
-- @include kept

local queue, list, uuids, bodies = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local status, left = ARGV[3], tonumber(ARGV[5])
local now = server_time(ARGV[1])
local age = tonumber(ARGV[4])
local forgotten = {}
if is_fenced(now, ARGV[2]) then
  return { -1 }
end
if redis.call('EXISTS', queue) == 0 then
  return { 0, summary(queue, list, now, false) }
end
pass_at_maxmemory(queue)

local function delete_kept(field, by_position, by_time)
  local taken = take(bodies, by_position, by_time, now, age, left)
  for _, body in ipairs(taken) do
    local _, uuid = split_body(body)
    forgotten[#forgotten + 1] = uuid
  end
  left = left - #taken
  redis.call('HINCRBY', queue, field, 0 - #taken)
end

local function delete_pending()
  local held = tonumber(redis.call('HGET', queue, 'held') or '0')
  local first = has_live_lease(queue, now) and held or 0
  local candidates = redis.call('LRANGE', list, first, first + left - 1)
  local deleted = 0
  for _, entry in ipairs(candidates) do
    local _, since, uuid = split_entry(entry)
    if math.min(since, now) > now - age then
      break
    end
    deleted = deleted + 1
    forgotten[#forgotten + 1] = uuid
  end
  if deleted == 0 then
    return
  end
  left = left - deleted
  local skipped = first > 0 and redis.call('LRANGE', list, 0, first - 1) or {}
  redis.call('LTRIM', list, first + deleted, -1)
  local backwards = {}
  for i = #skipped, 1, -1 do
    backwards[#backwards + 1] = skipped[i]
  end
  in_chunks('LPUSH', list, backwards)
  if first == 0 and held > 0 then
    -- The lease ran out, but until somebody takes it over its owner may still settle what is left of it.
    redis.call('HSET', queue, 'held', math.max(0, held - deleted))
  end
  if redis.call('EXISTS', list) == 0 then
    redis.call('HDEL', queue, 'due')
  end
end

if (status == '' or status == 'rejected') and left > 0 then
  delete_kept('rejected', KEYS[5], KEYS[6])
end
if (status == '' or status == 'sent') and left > 0 then
  delete_kept('kept', KEYS[7], KEYS[8])
end
if (status == '' or status == 'pending') and left > 0 then
  delete_pending()
end
in_chunks('SREM', uuids, forgotten)
return { #forgotten, summary(queue, list, now, true) }
