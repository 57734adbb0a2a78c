-- @include time

-- How long a deletion is remembered, for reports that come late.
local MEMORY = 60 * 1000000

local function split(line)
  local fields = {}
  for field in string.gmatch(line, '[^:]+') do
    fields[#fields + 1] = field
  end
  return {
    version = tonumber(fields[1]),
    gone = fields[2] == 'gone',
    due = fields[2],
    pending = tonumber(fields[3]) or 0,
    held = fields[4],
    ends = fields[5],
    sent = tonumber(fields[6]) or 0,
    rejected = tonumber(fields[7]) or 0,
    oldest = fields[9],
    credentials = tonumber(fields[10]) or 0,
    failing = tonumber(fields[11]) or 0,
    put = fields[12] or '0',
    machines = 1,
  }
end

local NOTHING = { pending = 0, sent = 0, rejected = 0, machines = 0, failing = 0, credentials = 0 }

local function count(change, before, after)
  for _, name in ipairs({ 'pending', 'sent', 'rejected', 'machines', 'failing' }) do
    change[name] = (change[name] or 0) + after[name] - before[name]
  end
end

local function forget(index, change, id, line, before)
  local sent = tonumber(string.match(line, ':gone:(%d+)$')) or before.sent
  count(change, before, { pending = 0, sent = sent, rejected = 0, machines = 0, failing = 0 })
  redis.call('HDEL', index.known, id)
  for _, key in ipairs({ index.due, index.leases, index.oldest, index.ids, index.credentials, index.failing, index.put }) do
    redis.call('ZREM', key, id)
  end
end

local function set_score(key, score, id)
  if score then
    redis.call('ZADD', key, score, id)
  else
    redis.call('ZREM', key, id)
  end
end

local function learn(index, change, id, line, before, after)
  count(change, before, after)
  redis.call('HSET', index.known, id, line)
  set_score(index.due, after.due ~= '-' and after.due, id)
  set_score(index.put, after.due ~= '-' and after.put, id)
  if before.oldest ~= after.oldest then
    set_score(index.oldest, after.oldest ~= '-' and after.oldest, id)
  end
  if before.ends ~= after.ends then
    set_score(index.leases, after.ends ~= '0' and after.ends, id)
  end
  if before.machines == 0 then
    redis.call('ZADD', index.ids, 0, id)
  end
  if before.credentials ~= after.credentials then
    set_score(index.credentials, after.credentials == 1 and 0, id)
  end
  if before.failing ~= after.failing then
    set_score(index.failing, after.failing == 1 and 0, id)
  end
end

-- Brings the index up to what partitions say of themselves. A report older than the one known changes nothing, and one that comes twice
-- changes nothing either: totals change by differences of absolute values.
-- keys     due, known, totals, leases, oldest, ids, credentials, failing, gone, put
-- reports  machine id and summary of each partition, one after the other, from `first` on
-- Returns the machines whose reports came so late that a deletion in between may be forgotten.
local function report(keys, now, reports, first)
  local index = {
    due = keys[1], known = keys[2], leases = keys[4], oldest = keys[5], ids = keys[6], credentials = keys[7], failing = keys[8],
    put = keys[10],
  }
  local totals, gone = keys[3], keys[9]
  local late, change = {}, {}

  -- A deletion comes first, so that reports pass at maxmemory.
  redis.call('ZREMRANGEBYSCORE', gone, '-inf', whole(now - MEMORY))
  -- What a clock wrote that was ahead would hide machines of the same name until that time comes true.
  redis.call('ZREMRANGEBYSCORE', gone, '(' .. whole(now + MEMORY), '+inf')

  for i = first, #reports, 2 do
    local id, line = reports[i], reports[i + 1]
    local after = split(line)
    local known_line = redis.call('HGET', index.known, id)
    local before = known_line and split(known_line) or NOTHING
    local version = before.version or tonumber(redis.call('ZSCORE', gone, id) or '0')
    if version == 0 and not after.gone and after.version < now - MEMORY then
      late[#late + 1] = id
    elseif after.gone and not known_line and after.version == version then
      -- It was told before.
    elseif after.version >= version then
      if after.gone then
        forget(index, change, id, line, before)
        redis.call('ZADD', gone, whole(after.version), id)
      else
        learn(index, change, id, line, before, after)
      end
    end
  end
  for name, difference in pairs(change) do
    if difference ~= 0 then
      redis.call('HINCRBY', totals, name, difference)
    end
  end
  return late
end
