-- Reads what the index has to know of a partition, for a report that may be the only one.
-- KEYS  queue, list
-- ARGV  offset
-- reply summary
-- @include partition

local now = server_time(ARGV[1])
pass_at_maxmemory(KEYS[1])
return summary(KEYS[1], KEYS[2], now, redis.call('EXISTS', KEYS[1]) == 1)
