-- @include partition

-- Says of each uuid whether the set has it: 1 or 0.
local function are_known(uuids, wanted)
  local known = redis.pcall('SMISMEMBER', uuids, unpack(wanted))
  if not known.err then
    return known
  end
  -- Before Redis 6.2.
  for i, uuid in ipairs(wanted) do
    known[i] = redis.call('SISMEMBER', uuids, uuid)
  end
  return known
end

-- Appends signals to a partition, those excepted whose uuid it has: uuid and payload of each, from one argument to another. Returns how many.
-- Few commands for many signals: each costs more than what it does, and is written to the append-only file.
local function append(queue, list, uuids, now, first_argument, last_argument)
  local seq = tonumber(redis.call('HGET', queue, 'seq') or '0')
  local since = '\0' .. whole(now) .. '\0'
  local added = 0
  for first = first_argument, last_argument, 1000 do
    local wanted, payloads, is_wanted = {}, {}, {}
    for i = first, math.min(first + 998, last_argument), 2 do
      if not is_wanted[ARGV[i]] then
        is_wanted[ARGV[i]] = true
        wanted[#wanted + 1] = ARGV[i]
        payloads[#wanted] = ARGV[i + 1]
      end
    end
    local known = are_known(uuids, wanted)
    local fresh, entries = {}, {}
    for i, uuid in ipairs(wanted) do
      if known[i] == 0 then
        fresh[#fresh + 1] = uuid
        entries[#fresh] = whole(seq + added + #fresh) .. since .. uuid .. '\0' .. payloads[i]
      end
    end
    in_chunks('SADD', uuids, fresh)
    in_chunks('RPUSH', list, entries)
    added = added + #fresh
  end
  if added > 0 then
    redis.call('HSET', queue, 'seq', whole(seq + added))
    wake(queue, now)
  end
  return added
end
