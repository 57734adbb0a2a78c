-- Brings the index up to what partitions say of themselves, and crosses out the intent that is done with it.
-- KEYS  due, known, totals, leases, oldest, ids, credentials, failing, gone, put, intents, intent bodies
-- ARGV  offset, id of the intent that is done or '', then machine id and summary of each partition
-- reply the machines whose reports came so late that a deletion in between may be forgotten: read their partitions and report again
-- @include index

local late = report(KEYS, server_time(ARGV[1]), ARGV, 3)
if ARGV[2] ~= '' and #late == 0 then
  redis.call('ZREM', KEYS[11], ARGV[2])
  redis.call('HDEL', KEYS[12], ARGV[2])
end
return late
