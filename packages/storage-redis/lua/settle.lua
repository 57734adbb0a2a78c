-- Ends a lease.
-- KEYS  queue, list, uuids, bodies, rejected, rejectedAt, sent, sentAt
-- ARGV and reply: see the include
-- @include settle

return settle(KEYS, server_time(ARGV[1]))
