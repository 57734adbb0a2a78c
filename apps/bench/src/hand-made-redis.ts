import type { QueuedSignal } from '@cscapi/storage'
import { Redis } from 'ioredis'
import type { StoreCalls } from './store-calls.js'

/** Adds those whose uuid is new, and makes the machine due. */
const ADD = `
local fresh = {}
for i = 2, #ARGV, 2 do
  if redis.call('SADD', KEYS[1], ARGV[i]) == 1 then
    fresh[#fresh + 1] = ARGV[i] .. ' ' .. ARGV[i + 1]
  end
end
if #fresh > 0 then
  redis.call('RPUSH', KEYS[2], unpack(fresh))
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[3], 'NX', now[1] * 1000 + math.floor(now[2] / 1000), ARGV[1])
end
return #fresh`

/** Takes the machine that has been due longest, and hides it until its lease ends. */
const CLAIM = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
if not id then return {} end
redis.call('ZADD', KEYS[1], now + ARGV[2], id)
redis.call('HSET', 'hand:lease', id, ARGV[1])
return { id, redis.call('HGET', 'hand:machines', id), redis.call('LRANGE', 'hand:l:' .. id, 0, 49) }`

/** Takes what was sent from the head of the list, if the lease is still held. */
const SETTLE = `
local id = ARGV[1]
if redis.call('HGET', KEYS[1], id) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], id)
redis.call('LTRIM', KEYS[3], #ARGV - 2, -1)
redis.call('SREM', KEYS[4], unpack(ARGV, 3))
if redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('ZADD', KEYS[2], 0, id)
else
  redis.call('ZREM', KEYS[2], id)
end
return 1`

const CAS = `
local state = redis.call('HMGET', KEYS[1], 'version')
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'version', ARGV[2])
return state[1]`

/** A queue as one would write it on ioredis: the same promises of a call, and no more code than they need. */
export async function handMadeRedis(url: string): Promise<StoreCalls> {
  const redis = new Redis(url)
  const load = async (script: string) => String(await redis.script('LOAD', script))
  const [add, claim, settle, swap] = await Promise.all([load(ADD), load(CLAIM), load(SETTLE), load(CAS)])
  let tokens = 0
  return {
    async enqueue(signals: readonly QueuedSignal[]) {
      const machines = new Map<string, string[]>()
      for (const { machineId, uuid, payload } of signals) {
        const args = machines.get(machineId)
        if (args === undefined) machines.set(machineId, [machineId, uuid, payload])
        else args.push(uuid, payload)
      }
      // All or none, as one transaction.
      const pipeline = redis.multi()
      for (const [machineId, args] of machines)
        pipeline.evalsha(add, 3, `hand:u:${machineId}`, `hand:l:${machineId}`, 'hand:due', ...args)
      const replies = await pipeline.exec()
      if (replies?.some(([error]) => error !== null)) throw new Error('The signals were not added')
    },
    async leaseAndSettle() {
      tokens += 1
      const token = String(tokens)
      const [id, , entries] = (await redis.evalsha(claim, 1, 'hand:due', token, 60_000)) as [string, string, string[]]
      const signals = entries.map((entry) => {
        const at = entry.indexOf(' ')
        return { uuid: entry.slice(0, at), payload: entry.slice(at + 1) }
      })
      if (signals.length === 0) throw new Error('Nothing is due')
      const keys = ['hand:lease', 'hand:due', `hand:l:${id}`, `hand:u:${id}`]
      const settled = await redis.evalsha(settle, 4, ...keys, id, token, ...signals.map(({ uuid }) => uuid))
      if (settled !== 1) throw new Error('The lease was lost')
    },
    createMachine: (machineId) =>
      redis.hset('hand:machines', machineId, JSON.stringify({ machineId, password: 'p', registered: false })),
    async getMachine(machineId) {
      const row = await redis.hget('hand:machines', machineId)
      return row === null ? undefined : JSON.parse(row)
    },
    async getState(key) {
      const [value, version] = await redis.hmgetBuffer(`hand:s:${key}`, 'value', 'version')
      return value && { value, version: Number(version) }
    },
    setState: (key, value) => redis.evalsha(swap, 1, `hand:s:${key}`, Buffer.from(value), Math.random() * 2 ** 48),
    close: () => redis.quit(),
  }
}
