import { costOf } from './cost.js'
import type { Contest, Goal, Numbers, Setting } from './frame/bench.js'
import { type OpenCalls, ourPostgres, ourRedis, postgresByHand, redisByHand } from './server-stores.js'
import { queuedSignals } from './signals.js'

const BATCH = 50
const BYTES = new Uint8Array(100)

const GOALS = {
  getMachine: { ratio: { atMost: 3 } },
  getState: { ratio: { atMost: 3 } },
  setState: { ratio: { atMost: 3 } },
  'lease + settle of 50': { ratio: { atMost: 1.4 } },
} satisfies Readonly<Record<string, Goal>>

async function measure(open: OpenCalls, { isSmall }: Setting): Promise<Numbers> {
  const calls = await open()
  const [reads, writes] = isSmall ? [20, 6] : [4_000, 1_000]
  await calls.createMachine('known')
  await calls.setState('k', BYTES)
  for (let batch = 0; batch < writes; batch += 20) await calls.enqueue(queuedSignals(20 * BATCH, 1))
  const operations: Record<keyof typeof GOALS, [times: number, call: () => unknown]> = {
    getMachine: [reads, () => calls.getMachine('known')],
    getState: [reads, () => calls.getState('k')],
    setState: [writes, () => calls.setState('k', BYTES)],
    'lease + settle of 50': [writes, () => calls.leaseAndSettle()],
  }
  const numbers: Record<string, number> = {}
  for (const [name, [times, call]] of Object.entries(operations)) {
    // A process that serves for long has compiled what it runs.
    await costOf(times / 2, call)
    const { cpuUs, wallUs } = await costOf(times / 2, call)
    Object.assign(numbers, { [`${name}, CPU`]: cpuUs, [name]: wallUs })
  }
  await calls.close()
  return numbers
}

const contestOf = (store: string, ours: OpenCalls, hand: OpenCalls): Contest => ({
  sides: { ours: (setting) => measure(ours, setting), hand: (setting) => measure(hand, setting) },
  rows: Object.entries(GOALS).flatMap(([name, goal]) => [
    {
      name: `${name}, ${store}, CPU`,
      unit: 'µs',
      ours: ['ours', `${name}, CPU`],
      baseline: ['hand', `${name}, CPU`],
      goal,
    },
    { name: `${name}, ${store}, by the clock`, unit: 'µs', ours: ['ours', name], baseline: ['hand', name] },
  ]),
})

/** What single calls cost this process, against the same by hand. */
export const postgresOperations = contestOf('PostgreSQL', ourPostgres, postgresByHand('unnest'))
export const redisOperations = contestOf('Redis', ourRedis, redisByHand)
