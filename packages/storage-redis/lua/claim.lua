-- Finds the machine of this shard that is due next, and hides it from others for a moment.
-- KEYS  due, intents, leases, put
-- ARGV  offset, claim (microseconds; 0: only look), how far ahead the clocks of others may be, how far ahead an intent may be (microseconds)
-- reply { machine id or '', due since, '1' if an intent waits for its replay, else '0' }
-- @include claim

return claim(KEYS, server_time(ARGV[1]), ARGV[2], ARGV[3], ARGV[4])
