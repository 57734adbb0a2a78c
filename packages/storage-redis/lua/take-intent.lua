-- Takes the oldest intent that was left undone, for a replay. It stays until its report, and is offered again when this replay fails too.
-- KEYS  intents, intent bodies
-- ARGV  offset, replay after, fence after, how far ahead an intent may be (microseconds)
-- reply { id, body, fence }; {} when there is none
-- @include time
-- @include oom

local now = server_time(ARGV[1])
local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', whole(now), 'LIMIT', 0, 1)[1]
  or redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. whole(now + tonumber(ARGV[4])), '+inf', 'LIMIT', 0, 1)[1]
if not id then
  return {}
end
pass_at_maxmemory(KEYS[2])
local body = redis.call('HGET', KEYS[2], id)
if not body then
  redis.call('ZREM', KEYS[1], id)
  return {}
end
redis.call('ZADD', KEYS[1], whole(now + tonumber(ARGV[2])), id)
return { id, body, whole(now + tonumber(ARGV[3])) }
