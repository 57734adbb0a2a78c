-- Finds the machine that is due next, leases it and tells the index, on one server: keys may be used there that are not declared.
-- KEYS  due, known, totals, leases, oldest, ids, credentials, failing, gone, put, intents of the index
-- ARGV  as the include of the lease has it, then claim, how far ahead the clocks of others may be, how far ahead an intent may be (microseconds),
--       and what the keys of every partition begin with
-- reply { '1' if an intent waits for its replay, else '0', machine id or '', then what the lease replies }
-- @include claim
-- @include lease
-- @include index

local now = server_time(ARGV[1])
local found = claim({ KEYS[1], KEYS[11], KEYS[4], KEYS[10] }, now, ARGV[7], ARGV[8], ARGV[9])
local id, stale = found[1], found[3]
if id == '' then
  return { stale, '' }
end
-- As encodeURIComponent does it.
local tag = string.gsub(id, "[^A-Za-z0-9%-_.!~*'()]", function(byte)
  return string.format('%%%02X', string.byte(byte))
end)
local prefix = ARGV[10] .. '{' .. tag .. '}:'
local reply = lease({ prefix .. 'q', prefix .. 'l', prefix .. 'c' }, now)
if reply[2] ~= '' then
  report(KEYS, now, { id, reply[2] }, 1)
end
return { stale, id, unpack(reply) }
