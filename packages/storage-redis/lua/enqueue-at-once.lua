-- Appends the signals of several machines to their partitions, and tells the index: all or none, on one server.
-- KEYS  due, known, totals, leases, oldest, ids, credentials, failing, gone, put of the index, then queue, list and uuids of each machine
-- ARGV  offset, then of each machine its id, the number of its signals, and their uuids and payloads
-- reply how many were added
-- @include append
-- @include index

local now = server_time(ARGV[1])
local reports, added, at = {}, 0, 2
for key = 11, #KEYS, 3 do
  local queue, list, uuids = KEYS[key], KEYS[key + 1], KEYS[key + 2]
  local last = at + 1 + 2 * tonumber(ARGV[at + 1])
  added = added + append(queue, list, uuids, now, at + 2, last)
  reports[#reports + 1] = ARGV[at]
  reports[#reports + 1] = summary(queue, list, now, true)
  at = last + 1
end
report(KEYS, now, reports, 1)
return added
