-- Reads a named value.
-- KEYS  value
-- ARGV  offset
-- reply { value, version, microseconds until it runs out or '' }; {} when there is none
-- @include time

local state = redis.call('HMGET', KEYS[1], 'value', 'version', 'until', 'put')
if not state[2] then
  return {}
end
if not state[3] then
  return { state[1], state[2], '' }
end
local now = server_time(ARGV[1])
local left = math.min(tonumber(state[3]) - now, tonumber(state[3]) - tonumber(state[4] or '0'))
if left <= 0 or is_ahead(state[4], now) then
  return {}
end
return { state[1], state[2], whole(left) }
