-- Rejected and kept sent signals: bodies by position in one hash; for each status the positions twice, in their order and by the time of the status.
local function position(seq)
  return string.format('%016.0f', seq)
end

local function keep(bodies, by_position, by_time, seq, now, uuid, http_status, reason, payload)
  local member = position(seq)
  redis.call('HSET', bodies, member, whole(now) .. '\0' .. uuid .. '\0' .. http_status .. '\0' .. reason .. '\0' .. payload)
  redis.call('ZADD', by_position, whole(seq), member)
  redis.call('ZADD', by_time, whole(now), member)
end

local function split_body(body)
  local since, uuid, http_status, reason, at = string.match(body, '^(%d+)%z(.-)%z(.-)%z(.-)%z()')
  return tonumber(since), uuid, http_status, reason, at
end

-- What a clock wrote that was ahead ages from now on, and not from when that time comes true: a slice a call.
local function age_from_now(bodies, by_time, now)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', by_time, '(' .. whole(now + 1000000), '+inf', 'LIMIT', 0, 500)) do
    local body = redis.call('HGET', bodies, member)
    redis.call('HSET', bodies, member, (string.gsub(body, '^%d+', whole(now))))
    redis.call('ZADD', by_time, whole(now), member)
  end
end

-- Up to `limit` members whose status is at least `age` old, taken out of all three.
local function take(bodies, by_position, by_time, now, age, limit)
  if age > 0 then
    age_from_now(bodies, by_time, now)
  end
  local cutoff = age > 0 and whole(now - age) or '+inf'
  local members = redis.call('ZRANGEBYSCORE', by_time, '-inf', cutoff, 'LIMIT', 0, limit)
  local taken = {}
  if #members > 0 then
    table.sort(members)
    for first = 1, #members, 500 do
      local last = math.min(first + 499, #members)
      for _, body in ipairs(redis.call('HMGET', bodies, unpack(members, first, last))) do
        taken[#taken + 1] = body
      end
    end
    in_chunks('ZREM', by_position, members)
    in_chunks('ZREM', by_time, members)
    in_chunks('HDEL', bodies, members)
  end
  return taken
end
