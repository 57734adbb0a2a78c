-- Reads a machine's credentials.
-- KEYS  credentials
-- ARGV  offset
-- reply { now, credentials as field and value }
-- @include time

return { whole(server_time(ARGV[1])), redis.call('HGETALL', KEYS[1]) }
