-- @include time

-- Finds a machine of this shard whose time was written by a clock that has been put back since, or else the one that has been due
-- longest, and hides it from others for a moment; with a claim of 0 it only looks.
-- keys  due, intents, leases, put
-- Returns { machine id or '', due since, '1' if an intent waits for its replay, else '0' }
local function claim(keys, now, claim_us, skew_us, longest_intent_us)
  local stale = redis.call('ZCOUNT', keys[2], '-inf', whole(now)) > 0
    or redis.call('ZCOUNT', keys[2], '(' .. whole(now + tonumber(longest_intent_us)), '+inf') > 0
  stale = stale and '1' or '0'
  local ahead = redis.call('ZRANGEBYSCORE', keys[4], '(' .. whole(now + tonumber(skew_us)), '+inf', 'LIMIT', 0, 1)
  local first = { ahead[1], whole(now) }
  if not ahead[1] then
    first = redis.call('ZRANGEBYSCORE', keys[1], '-inf', whole(now), 'WITHSCORES', 'LIMIT', 0, 1)
  end
  if not first[1] then
    return { '', '', stale }
  end
  if claim_us ~= '0' then
    -- A deletion comes first, so that claims pass at maxmemory.
    redis.call('ZREMRANGEBYSCORE', keys[3], '-inf', whole(now))
    redis.call('ZADD', keys[1], whole(now + tonumber(claim_us)), first[1])
    redis.call('ZADD', keys[4], whole(now), first[1])
  end
  return { first[1], first[2], stale }
end
