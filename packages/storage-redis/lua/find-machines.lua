-- Finds machines of this shard, in the order of their ids, that have signals of a status as far as the index knows.
-- KEYS  ids, known
-- ARGV  after which id, most machines, status or ''
-- reply { id to read on from or '', then the ids }

local FIELD = { pending = 3, rejected = 7, sent = 8 }
local after, most, status = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local range = redis.call('ZRANGEBYLEX', KEYS[1], after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, 1000)
local reply = { '' }

local function has_signals(line)
  local at = 0
  for field in string.gmatch(line, '[^:]+') do
    at = at + 1
    if (at == 3 or at == 7 or at == 8) and (status == '' or at == FIELD[status]) and field ~= '0' then
      return true
    end
  end
  return false
end

for _, id in ipairs(range) do
  local line = redis.call('HGET', KEYS[2], id)
  if line and has_signals(line) then
    reply[#reply + 1] = id
  end
  if #reply > most then
    reply[1] = id
    return reply
  end
end
if #range == 1000 then
  reply[1] = range[1000]
end
return reply
