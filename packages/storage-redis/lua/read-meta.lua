-- Reads what the store says of itself.
-- KEYS  meta
-- ARGV  none
-- reply { schema version, number of index shards }, both nil in an empty store

return redis.call('HMGET', KEYS[1], 'schema', 'shards')
