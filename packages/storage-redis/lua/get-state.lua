-- Reads a named value.
-- KEYS  value
-- ARGV  offset
-- reply { value, version, microseconds until it runs out or '' }; {} when there is none
-- @include time

local state = redis.call('HMGET', KEYS[1], 'value', 'version', 'until')
if not state[2] then
  return {}
end
if not state[3] then
  return { state[1], state[2], '' }
end
local left = tonumber(state[3]) - server_time(ARGV[1])
if left <= 0 then
  return {}
end
return { state[1], state[2], whole(left) }
