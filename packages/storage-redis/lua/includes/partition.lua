-- @include time
-- @include oom

-- An entry of the list of pending signals: position, time of enqueuing, uuid, payload, with U+0000 in between, which no text may hold.
local function join_entry(seq, since, uuid, payload)
  return whole(seq) .. '\0' .. whole(since) .. '\0' .. uuid .. '\0' .. payload
end

local function split_entry(entry)
  local seq, since, uuid, at = string.match(entry, '^(%d+)%z(%d+)%z(.-)%z()')
  return tonumber(seq), tonumber(since), uuid, at
end

-- Calls a command with many members; `unpack` fails beyond some thousand.
local function in_chunks(command, key, members)
  for first = 1, #members, 500 do
    redis.call(command, key, unpack(members, first, math.min(first + 499, #members)))
  end
end

-- What the index has to know of the partition, in one line: v:due:pending:held:until:sent:rejected:kept:oldest:credentials:failing:put.
-- `changed` gives the partition a new version. A version is a time, so versions go on rising after a deletion and after a failover.
local function summary(queue, list, now, changed)
  local q = redis.call('HMGET', queue, 'v', 'due', 'held', 'until', 'sent', 'rejected', 'kept', 'credentials', 'failing',
    'put')
  if not q[1] and not changed then
    return whole(now) .. ':gone:-'
  end
  local version = tonumber(q[1]) or 0
  if changed then
    version = math.max(now, version + 1)
    redis.call('HSET', queue, 'v', whole(version))
  end
  local oldest = '-'
  local head = redis.call('LINDEX', list, 0)
  if head then
    local _, since = split_entry(head)
    oldest = whole(since)
  end
  return table.concat({
    whole(version), q[2] or '-', redis.call('LLEN', list), q[3] or '0', q[4] or '0', q[5] or '0', q[6] or '0', q[7] or '0',
    oldest, q[8] and '1' or '0', q[9] and '1' or '0', q[10] or '0',
  }, ':')
end

-- Wakes a partition that sleeps; one whose machine is failing, not before it may be tried again.
local function failing_until(queue, now)
  local failing = redis.call('HMGET', queue, 'failing', 'failingPut')
  return is_ahead(failing[2], now) and 0 or tonumber(failing[1] or '0')
end

local function wake(queue, now)
  if redis.call('HEXISTS', queue, 'due') == 0 then
    redis.call('HSET', queue, 'due', whole(math.max(now, failing_until(queue, now))), 'put', whole(now))
  end
end

local function has_live_lease(queue, now)
  local lease = redis.call('HMGET', queue, 'tok', 'until', 'put')
  return lease[1] and tonumber(lease[2]) > now and not is_ahead(lease[3], now)
end
