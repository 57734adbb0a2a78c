-- Times are whole microseconds of the server that runs the script. `offset` is 0 but in tests that move the clock.
local function server_time(offset)
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2] + offset
end

-- Whether it is too late to act on an intent: after its fence a replay may have happened without us.
local function is_fenced(now, fence)
  return now > tonumber(fence)
end

-- Lua would print large numbers with an exponent.
local function whole(value)
  return string.format('%.0f', value)
end
