-- Adds up one shard. Costs as much as there are live leases.
-- KEYS  totals, leases, known, oldest
-- ARGV  offset, how far ahead the clocks of others may be (microseconds)
-- reply { now, pending and leased, leased, sent, rejected, machines, failing, time of the oldest pending signal or '' }
-- @include time

local now = whole(server_time(ARGV[1]))
local totals = redis.call('HMGET', KEYS[1], 'pending', 'sent', 'rejected', 'machines', 'failing')
local leased = 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. now, '+inf')) do
  local line = redis.call('HGET', KEYS[3], id)
  local held = line and string.match(line, '^%d+:[^:]+:%d+:(%d+)') or '0'
  local put = line and string.match(line, ':(%d+)$') or '0'
  if tonumber(put) <= tonumber(now) + tonumber(ARGV[2]) then
    leased = leased + tonumber(held)
  end
end
local oldest = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
return { now, totals[1] or '0', leased, totals[2] or '0', totals[3] or '0', totals[4] or '0', totals[5] or '0', oldest[2] or '' }
