-- Changes a machine's credentials and, when its failing is set or cleared, the time its partition is due.
-- KEYS  queue, list, credentials
-- ARGV  offset, fence, patch as JSON (times as microseconds from now)
-- reply { 1, summary }; { 0 } when there is no such machine; { -1 } when the fence has passed
-- @include partition

local queue, list, credentials = KEYS[1], KEYS[2], KEYS[3]
local now = server_time(ARGV[1])
if is_fenced(now, ARGV[2]) then
  return { -1 }
end
if redis.call('EXISTS', credentials) == 0 then
  return { 0 }
end
local patch = cjson.decode(ARGV[3])
pass_at_maxmemory(queue)

if patch.password then
  redis.call('HSET', credentials, 'password', patch.password)
end
if patch.registered then
  redis.call('HSET', credentials, 'registered', '1')
end
if patch.authFailures then
  redis.call('HSET', credentials, 'authFailures', whole(patch.authFailures))
end
if patch.token then
  redis.call('HDEL', credentials, 'token', 'scenarios', 'tokenUntil', 'tokenPut')
  if patch.token ~= cjson.null then
    redis.call('HSET', credentials, 'token', patch.token.value, 'scenarios', patch.token.scenarios)
    if patch.token.lifetime then
      redis.call('HSET', credentials, 'tokenUntil', whole(now + patch.token.lifetime), 'tokenPut', whole(now))
    end
  end
end

local failing = patch.failing
if failing == cjson.null then
  redis.call('HDEL', credentials, 'failing', 'failingMessage', 'failingCount', 'failingSince', 'failingUntil',
    'failingPut')
  redis.call('HDEL', queue, 'failing', 'failingPut')
elseif failing then
  local ends = whole(now + failing.retryAfter)
  redis.call('HDEL', credentials, 'failingMessage')
  redis.call('HSET', credentials, 'failing', failing.reason, 'failingCount', whole(failing.count), 'failingUntil', ends,
    'failingPut', whole(now))
  local since = tonumber(redis.call('HGET', credentials, 'failingSince') or whole(now))
  redis.call('HSET', credentials, 'failingSince', whole(math.min(since, now)))
  if failing.message then
    redis.call('HSET', credentials, 'failingMessage', failing.message)
  end
  redis.call('HSET', queue, 'failing', ends, 'failingPut', whole(now))
end
if failing and not has_live_lease(queue, now) and redis.call('EXISTS', list) == 1 then
  local ends = tonumber(redis.call('HGET', queue, 'failing') or '0')
  local q = redis.call('HMGET', queue, 'due', 'put')
  local due = ends > 0 and not is_ahead(q[2], now) and tonumber(q[1] or '0') or 0
  redis.call('HSET', queue, 'due', whole(math.max(now, ends, due)), 'put', whole(now))
  -- What is left of a lease that is over must not come alive by the new time.
  if redis.call('HEXISTS', queue, 'until') == 1 then
    redis.call('HSET', queue, 'until', '0')
  end
end
return { 1, summary(queue, list, now, true) }
