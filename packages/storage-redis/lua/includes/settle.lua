-- @include partition
-- @include kept

-- Ends a lease. The signals it held are the first ones of the list, since only the owner of the lease touches the head.
-- keys   queue, list, uuids, bodies, rejected, rejectedAt, sent, sentAt
-- ARGV   offset, machine id, token, keep sent ('1' or '0'), retry after (microseconds, or ''), counts as attempt ('1' or '0'), number of sent,
--        the sent uuids, then uuid, reason and HTTP status (or '') of each rejected signal
-- Returns { 1, summary }; { 0, '' } when the lease was lost.
local function settle(keys, now)
  local queue, list, uuids, bodies = keys[1], keys[2], keys[3], keys[4]
  local lease = redis.call('HMGET', queue, 'tok', 'held')
  if lease[1] ~= ARGV[3] then
    return { 0, '' }
  end
  local keep_sent = ARGV[4] == '1'
  local last_sent = 7 + tonumber(ARGV[7])

  local rejections = {}
  for i = last_sent + 1, #ARGV, 3 do
    rejections[ARGV[i]] = i
  end
  local is_sent = {}
  for i = 8, last_sent do
    is_sent[ARGV[i]] = true
  end

  local held = tonumber(lease[2] or '0')
  local entries = held > 0 and redis.call('LRANGE', list, 0, held - 1) or {}
  redis.call('HDEL', queue, 'tok', 'until', 'held')

  local untouched, forgotten = {}, {}
  local sent, rejected, kept = 0, 0, 0
  for _, entry in ipairs(entries) do
    local seq, _, uuid, at = split_entry(entry)
    local rejection = rejections[uuid]
    if is_sent[uuid] then
      sent = sent + 1
      if keep_sent then
        kept = kept + 1
        keep(bodies, keys[7], keys[8], seq, now, uuid, '', '', string.sub(entry, at))
      else
        forgotten[#forgotten + 1] = uuid
      end
    elseif rejection then
      rejected = rejected + 1
      keep(bodies, keys[5], keys[6], seq, now, uuid, ARGV[rejection + 2], ARGV[rejection + 1], string.sub(entry, at))
    else
      untouched[#untouched + 1] = entry
    end
  end

  if #untouched < #entries then
    redis.call('LTRIM', list, #entries, -1)
    local backwards = {}
    for i = #untouched, 1, -1 do
      backwards[#backwards + 1] = untouched[i]
    end
    in_chunks('LPUSH', list, backwards)
    in_chunks('SREM', uuids, forgotten)
    redis.call('HINCRBY', queue, 'sent', sent)
    redis.call('HINCRBY', queue, 'rejected', rejected)
    redis.call('HINCRBY', queue, 'kept', kept)
    redis.call('HDEL', queue, 'attempts', 'attemptsSince')
  end
  if ARGV[6] == '1' and redis.call('HINCRBY', queue, 'attempts', 1) == 1 then
    redis.call('HSET', queue, 'attemptsSince', whole(now))
  end

  if redis.call('EXISTS', list) == 1 then
    local retry = ARGV[5] == '' and 0 or tonumber(ARGV[5])
    redis.call('HSET', queue, 'due', whole(math.max(now + retry, failing_until(queue, now))), 'put', whole(now))
  else
    redis.call('HDEL', queue, 'due')
  end
  return { 1, summary(queue, list, now, true) }
end
