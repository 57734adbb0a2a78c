import { setTimeout as sleep } from 'node:timers/promises'
import { type Cost, costOf } from './cost.js'
import type { Contest, Goal, Numbers, Setting } from './frame/bench.js'
import { queuedSignals } from './signals.js'
import { handCalls, ourCalls, type SqliteCalls } from './sqlite-sides.js'

const BATCH = 50
const BYTES = new Uint8Array(100)

/**
 * Until the store has come to rest: it looks at its files with more calls to the system in the
 * seconds after one came or went.
 */
const REST_MS = 3_200

const GOALS: Readonly<Record<string, Goal>> = {
  getMachine: { ratio: { atMost: 3 } },
  getState: { ratio: { atMost: 3 } },
  setState: { ratio: { atMost: 3 } },
  'lease + settle of 50': { ratio: { atMost: 1.4 } },
}

async function measure(open: (folder: string) => Promise<SqliteCalls>, setting: Setting): Promise<Numbers> {
  const calls = await open(setting.folder)
  const [reads, writes] = setting.isSmall ? [20, 6] : [40_000, 600]
  await calls.createMachine('known')
  await calls.setState('k', BYTES)
  for (let batch = 0; batch < writes; batch += 1) await calls.enqueue(queuedSignals(BATCH, 1))
  if (!setting.isSmall) await sleep(REST_MS)
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
    const { cpuUs, wallUs }: Cost = await costOf(times / 2, call)
    Object.assign(numbers, { [`${name}, CPU`]: cpuUs, [name]: wallUs })
  }
  await calls.close()
  return numbers
}

/** What single calls cost, against the same statements by hand. */
export const sqliteOperations: Contest = {
  sides: { ours: (setting) => measure(ourCalls, setting), hand: (setting) => measure(handCalls, setting) },
  rows: Object.entries(GOALS).flatMap(([name, goal]) => [
    {
      name: `${name}, SQLite, CPU`,
      unit: 'µs',
      ours: ['ours', `${name}, CPU`],
      baseline: ['hand', `${name}, CPU`],
      goal,
    },
    { name: `${name}, SQLite, by the clock`, unit: 'µs', ours: ['ours', name], baseline: ['hand', name] },
  ]),
}
