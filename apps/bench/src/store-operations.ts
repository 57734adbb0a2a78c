import { setTimeout as sleep } from 'node:timers/promises'
import { costOf } from './cost.js'
import type { Contest, Goal, Numbers, Setting } from './frame/bench.js'
import { ourPostgres, ourRedis, postgresByHand, redisByHand } from './server-stores.js'
import { queuedSignals } from './signals.js'
import { handCalls, ourCalls } from './sqlite-sides.js'
import type { StoreCalls } from './store-calls.js'

const BATCH = 50
const BYTES = new Uint8Array(100)

const GOALS = {
  getMachine: { ratio: { atMost: 3 } },
  getState: { ratio: { atMost: 3 } },
  setState: { ratio: { atMost: 3 } },
  'lease + settle of 50': { ratio: { atMost: 1.4 } },
} satisfies Readonly<Record<string, Goal>>

/** A store, and how often it is read and written in a full run. */
interface Contestant {
  readonly store: string
  readonly ours: (folder: string) => Promise<StoreCalls>
  readonly hand: (folder: string) => Promise<StoreCalls>
  readonly reads: number
  readonly writes: number
  /** Until it has come to rest. */
  readonly restMs?: number
}

async function measure(
  { reads, writes, restMs = 0 }: Contestant,
  open: (folder: string) => Promise<StoreCalls>,
  { folder, isSmall }: Setting,
): Promise<Numbers> {
  const calls = await open(folder)
  const [readTimes, writeTimes] = isSmall ? [20, 6] : [reads, writes]
  await calls.createMachine('known')
  await calls.setState('k', BYTES)
  for (let batch = 0; batch < writeTimes; batch += 20) await calls.enqueue(queuedSignals(20 * BATCH, 1))
  if (!isSmall) await sleep(restMs)
  const operations: Record<keyof typeof GOALS, [times: number, call: () => unknown]> = {
    getMachine: [readTimes, () => calls.getMachine('known')],
    getState: [readTimes, () => calls.getState('k')],
    setState: [writeTimes, () => calls.setState('k', BYTES)],
    'lease + settle of 50': [writeTimes, () => calls.leaseAndSettle()],
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

/** What single calls cost this process, against the same by hand. */
const contestOf = (contestant: Contestant): Contest => ({
  sides: {
    ours: (setting) => measure(contestant, contestant.ours, setting),
    hand: (setting) => measure(contestant, contestant.hand, setting),
  },
  rows: Object.entries(GOALS).flatMap(([name, goal]) => [
    {
      name: `${name}, ${contestant.store}, CPU`,
      unit: 'µs',
      ours: ['ours', `${name}, CPU`],
      baseline: ['hand', `${name}, CPU`],
      goal,
    },
    { name: `${name}, ${contestant.store}, by the clock`, unit: 'µs', ours: ['ours', name], baseline: ['hand', name] },
  ]),
})

export const sqliteOperations = contestOf({
  store: 'SQLite',
  ours: ourCalls,
  hand: handCalls,
  reads: 40_000,
  writes: 600,
  // It looks at its files with more calls to the system in the seconds after one came or went.
  restMs: 3_200,
})

const ofServers = { reads: 4_000, writes: 1_000 }

export const postgresOperations = contestOf({
  store: 'PostgreSQL',
  ours: ourPostgres,
  hand: postgresByHand('unnest'),
  ...ofServers,
})
export const redisOperations = contestOf({ store: 'Redis', ours: ourRedis, hand: redisByHand, ...ofServers })
