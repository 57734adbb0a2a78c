-- Writes or deletes a named value.
-- KEYS  value
-- ARGV  offset, '1' to write or '0' to delete, value, new version (random), version that must hold or '', runs out after (microseconds, or ''),
--       '1' if it may be refused at maxmemory, else '0'
-- reply the new version, '0' after a deletion, '' when the version did not hold
-- @include time
-- @include oom

local key, version, expected, expires = KEYS[1], ARGV[4], ARGV[5], ARGV[6]
local now = server_time(ARGV[1])
local state = redis.call('HMGET', key, 'version', 'until', 'put')
local current = '0'
if state[1] and (not state[2] or (tonumber(state[2]) > now and not is_ahead(state[3], now))) then
  current = state[1]
end
if current == version then
  -- A driver may repeat a command whose answer was lost.
  return version
end
if expected ~= '' and expected ~= current then
  return ''
end
if ARGV[2] == '0' then
  redis.call('DEL', key)
  return '0'
end
if ARGV[7] == '0' then
  pass_at_maxmemory(key)
end
redis.call('HSET', key, 'value', ARGV[3], 'version', version, 'put', whole(now))
if expires == '' then
  redis.call('HDEL', key, 'until')
  redis.call('PERSIST', key)
else
  redis.call('HSET', key, 'until', whole(now + tonumber(expires)))
  redis.call('PEXPIRE', key, math.ceil(tonumber(expires) / 1000))
end
return version
