-- Lays down the schema in an empty store; in another it only looks.
-- KEYS  meta
-- ARGV  schema version, number of index shards
-- reply { schema version, number of index shards }

if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'shards', ARGV[2])
end
return redis.call('HMGET', KEYS[1], 'schema', 'shards')
