-- Times are whole microseconds of the server that runs the script. `offset` is 0 but in tests that move the clock.
local function server_time(offset)
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2] + offset
end

-- Whether something was written under a clock that has been put back since. A second is for small corrections.
local function is_ahead(put, now)
  return (tonumber(put) or 0) > now + 1000000
end

-- Whether it is too late to act on an intent: after its fence a replay may have happened without us, and a fence that lies farther ahead
-- than any is given is one of a clock that has been put back since. The largest number stands for no fence.
local function is_fenced(now, fence)
  local at = tonumber(fence)
  return now > at or (at > now + 20 * 1000000 and at < 9007199254740991)
end

-- Lua would print large numbers with an exponent.
local function whole(value)
  return string.format('%.0f', value)
end
