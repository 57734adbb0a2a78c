-- Reads signals of one status in the order of their positions.
-- KEYS  list, bodies, positions of the status
-- ARGV  offset, status, after which position, most signals, at least how old (microseconds)
-- reply { now, position to read on from or '', then position, since, uuid, HTTP status, reason and payload of each }
-- @include partition
-- @include kept

local list, bodies, positions = KEYS[1], KEYS[2], KEYS[3]
local after, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local now = server_time(ARGV[1])
local cutoff = now - tonumber(ARGV[5])
local reply = { whole(now), '' }

local function add(seq, since, uuid, http_status, reason, payload)
  for _, value in ipairs({ whole(seq), whole(since), uuid, http_status, reason, payload }) do
    reply[#reply + 1] = value
  end
end

if ARGV[2] == 'pending' then
  local low, high = 0, after > 0 and redis.call('LLEN', list) or 0
  while low < high do
    local middle = math.floor((low + high) / 2)
    if split_entry(redis.call('LINDEX', list, middle)) <= after then
      low = middle + 1
    else
      high = middle
    end
  end
  local entries = redis.call('LRANGE', list, low, low + most - 1)
  for _, entry in ipairs(entries) do
    local seq, since, uuid, at = split_entry(entry)
    if math.min(since, now) <= cutoff then
      add(seq, since, uuid, '', '', string.sub(entry, at))
    end
    reply[2] = #entries == most and whole(seq) or ''
  end
else
  local members = redis.call('ZRANGEBYSCORE', positions, '(' .. ARGV[3], '+inf', 'LIMIT', 0, most)
  for _, member in ipairs(members) do
    local body = redis.call('HGET', bodies, member)
    local since, uuid, http_status, reason, at = split_body(body)
    if math.min(since, now) <= cutoff then
      add(tonumber(member), since, uuid, http_status, reason, string.sub(body, at))
    end
    reply[2] = #members == most and whole(tonumber(member)) or ''
  end
end
return reply
