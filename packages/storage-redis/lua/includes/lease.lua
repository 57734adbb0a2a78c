-- @include partition

-- Leases a partition if it is due, and reads its oldest pending signals.
-- keys   queue, list, credentials
-- ARGV   offset, machine id, lease (microseconds), most signals, token, '1' if the index is to learn that it is not due, else '0'
-- Returns { 1, summary, now, attempts, microseconds since the first attempt, credentials as field and value, entries }; { 0, summary or '' } when
-- it is not due.
local function lease(keys, now)
  local queue, list, credentials = keys[1], keys[2], keys[3]
  local token = ARGV[5]
  local for_us = tonumber(ARGV[3])
  local function not_due(changed)
    local line = summary(queue, list, now, changed)
    return { 0, ARGV[6] == '1' and line or '' }
  end
  local q = redis.call('HMGET', queue, 'due', 'tok', 'until', 'held', 'attempts', 'attemptsSince', 'put')
  -- A driver may repeat a command whose answer was lost.
  local repeated = q[2] == token and tonumber(q[3]) > now
  if not repeated and (not q[1] or (tonumber(q[1]) > now and not is_ahead(q[7], now))) then
    return not_due(false)
  end

  local most = repeated and tonumber(q[4]) or tonumber(ARGV[4])
  local entries = redis.call('LRANGE', list, 0, most - 1)
  pass_at_maxmemory(queue)
  if #entries == 0 then
    redis.call('HDEL', queue, 'due', 'tok', 'until', 'held')
    return not_due(true)
  end

  local ends = whole(now + for_us)
  redis.call('HSET', queue, 'tok', token, 'until', ends, 'due', ends, 'put', whole(now), 'held', #entries)
  local attempts = tonumber(q[5] or '0')
  local since = 0
  if attempts > 0 and tonumber(q[6]) > now then
    redis.call('HSET', queue, 'attemptsSince', whole(now))
  elseif attempts > 0 then
    since = now - tonumber(q[6])
  end
  return { 1, summary(queue, list, now, true), whole(now), attempts, whole(since), redis.call('HGETALL', credentials), entries }
end
