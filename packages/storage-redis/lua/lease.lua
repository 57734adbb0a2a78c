-- Leases the partition if it is due, and reads its oldest pending signals.
-- KEYS  queue, list, credentials
-- ARGV and reply: see the include
-- @include lease

return lease(KEYS, server_time(ARGV[1]))
