import type { QueuedSignal } from '@cscapi/storage'
import { type Cost, costOfEach } from './cost.js'
import type { Contest, Goal, Numbers, Row, Setting } from './frame/bench.js'
import { queuedSignals } from './signals.js'
import { handCalls, ourCalls } from './sqlite-sides.js'
import type { StoreCalls } from './store-calls.js'

type Way = readonly [name: string, signals: number, each: number, goal: Goal]

const ONE_BY_ONE = '1,000 callers of 1'
const WAYS: readonly Way[] = [
  ['1,000 a call', 40_000, 1_000, { ratio: { atLeast: 0.8 } }],
  ['50 a call', 20_000, 50, { ratio: { atLeast: 0.8 } }],
  ['1 a call', 1_000, 1, { ratio: { atLeast: 0.7 } }],
]
const CALLERS_GOAL: Goal = { ratio: { atLeast: 8 } }

async function measure(open: (folder: string) => Promise<StoreCalls>, setting: Setting): Promise<Numbers> {
  const calls = await open(setting.folder)
  const numbers: Record<string, number> = {}
  const note = (name: string, signals: number, { cpuUs, wallUs }: Cost) => {
    Object.assign(numbers, {
      [`${name}, CPU`]: (signals / cpuUs) * 1_000_000,
      [name]: (signals / wallUs) * 1_000_000,
    })
  }
  for (const [name, full, each] of WAYS) {
    const times = setting.isSmall ? 2 : full / each
    const batches = () => Array.from({ length: times }, () => queuedSignals(each, Math.min(each, 10)))
    // A process that serves for long has compiled what it runs.
    await costOfEach(batches(), (batch) => calls.enqueue(batch))
    note(name, each, await costOfEach(batches(), (batch) => calls.enqueue(batch)))
  }
  const callers = setting.isSmall ? 10 : 1_000
  const crowds = () => Array.from({ length: setting.isSmall ? 1 : 3 }, () => queuedSignals(callers, 10))
  // By hand each is a transaction: a synchronous library knows no other callers.
  const together = (crowd: readonly QueuedSignal[]) => Promise.all(crowd.map((signal) => calls.enqueue([signal])))
  await costOfEach(crowds(), together)
  note(ONE_BY_ONE, callers, await costOfEach(crowds(), together))
  await calls.close()
  return numbers
}

const rowsOf = (name: string, goal: Goal): readonly Row[] => [
  { name: `enqueue SQLite, ${name}`, unit: '/s', ours: ['ours', name], baseline: ['hand', name], goal },
  {
    name: `enqueue SQLite, ${name}, a CPU second`,
    unit: '/s',
    ours: ['ours', `${name}, CPU`],
    baseline: ['hand', `${name}, CPU`],
  },
]

/** Signals that are added a second, against the same by hand, one transaction a call. */
export const sqliteEnqueue: Contest = {
  sides: { ours: (setting) => measure(ourCalls, setting), hand: (setting) => measure(handCalls, setting) },
  rows: [...WAYS.flatMap(([name, , , goal]) => rowsOf(name, goal)), ...rowsOf(ONE_BY_ONE, CALLERS_GOAL)],
}
