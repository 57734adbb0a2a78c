-- At maxmemory Redis refuses the first write of a script if that write may need memory, and lets all later ones pass. A script that
-- drains the queue begins with this deletion of nothing, so that a full store can still be emptied.
local function pass_at_maxmemory(hash)
  redis.call('HDEL', hash, '')
end
