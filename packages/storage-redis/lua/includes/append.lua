-- @include partition

-- Appends signals to a partition, those excepted whose uuid it has: uuid and payload of each, from one argument to another. Returns how many.
local function append(queue, list, uuids, now, first_argument, last_argument)
  local seq = tonumber(redis.call('HGET', queue, 'seq') or '0')
  local added, entries = 0, {}
  for i = first_argument, last_argument, 2 do
    if redis.call('SADD', uuids, ARGV[i]) == 1 then
      added = added + 1
      entries[added] = join_entry(seq + added, now, ARGV[i], ARGV[i + 1])
    end
  end
  in_chunks('RPUSH', list, entries)
  if added > 0 then
    redis.call('HSET', queue, 'seq', whole(seq + added))
    wake(queue, now)
  end
  return added
end
