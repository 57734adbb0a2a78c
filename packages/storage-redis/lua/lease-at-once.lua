-- Leases the partition if it is due, and tells the index, on one server.
-- KEYS  due, known, totals, leases, oldest, ids, credentials, failing, gone, put of the index, then queue, list, credentials of the machine
-- ARGV and reply: see the include
-- @include lease
-- @include index

local now = server_time(ARGV[1])
local reply = lease({ unpack(KEYS, 11) }, now)
if reply[2] ~= '' then
  report(KEYS, now, { ARGV[2], reply[2] }, 1)
end
return reply
