-- Writes down what is about to be done to partitions, before it is done.
-- KEYS  intents, intent bodies
-- ARGV  offset, id, body, replay after (microseconds), fence after (microseconds), '1' if it may be refused at maxmemory, else '0'
-- reply the fence: the time after which the writer must not act on it any more
-- @include time
-- @include oom

local now = server_time(ARGV[1])
if ARGV[6] == '0' then
  pass_at_maxmemory(KEYS[2])
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[1], whole(now + tonumber(ARGV[4])), ARGV[2])
return whole(now + tonumber(ARGV[5]))
