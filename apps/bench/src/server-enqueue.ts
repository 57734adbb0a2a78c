import type { QueuedSignal } from '@cscapi/storage'
import { type Cost, costOfEach } from './cost.js'
import type { Contest, Numbers, Row, Setting } from './frame/bench.js'
import { ENQUEUE_WAYS } from './hand-made-postgres.js'
import { type OpenCalls, ourPostgres, ourRedis, postgresByHand, redisByHand } from './server-stores.js'
import { queuedSignals } from './signals.js'

const BATCH = 1_000
const BULK = '1,000 a call'
const CALLERS = '1,000 callers of 1'

async function measure(open: OpenCalls, { isSmall }: Setting): Promise<Numbers> {
  const calls = await open()
  const numbers: Record<string, number> = {}
  const note = (name: string, { cpuUs, wallUs }: Cost) => {
    numbers[name] = (BATCH / wallUs) * 1_000_000
    numbers[`${name}, CPU`] = (BATCH / cpuUs) * 1_000_000
  }
  const batches = (count: number) => Array.from({ length: isSmall ? 1 : count }, () => queuedSignals(BATCH, 10))
  // A process that serves for long has compiled what it runs.
  await costOfEach(batches(20), (batch) => calls.enqueue(batch))
  note(BULK, await costOfEach(batches(60), (batch) => calls.enqueue(batch)))
  const together = (crowd: readonly QueuedSignal[]) => Promise.all(crowd.map((signal) => calls.enqueue([signal])))
  await costOfEach(batches(1), together)
  note(CALLERS, await costOfEach(batches(4), together))
  await calls.close()
  return numbers
}

function contestOf(store: string, ours: OpenCalls, byHand: Readonly<Record<string, OpenCalls>>): Contest {
  const sides = { ours, ...byHand }
  const rowsOf = (way: string): Row[] => {
    const against = way === 'hand' ? '' : `, against ${way}`
    return [
      {
        name: `enqueue ${store}, ${BULK}${against}`,
        unit: '/s',
        ours: ['ours', BULK],
        baseline: [way, BULK],
        goal: { ratio: { atLeast: 1 } },
      },
      {
        name: `enqueue ${store}, ${BULK}${against}, a CPU second`,
        unit: '/s',
        ours: ['ours', `${BULK}, CPU`],
        baseline: [way, `${BULK}, CPU`],
      },
      { name: `enqueue ${store}, ${CALLERS}${against}`, unit: '/s', ours: ['ours', CALLERS], baseline: [way, CALLERS] },
    ]
  }
  return {
    sides: Object.fromEntries(
      Object.entries(sides).map(([name, open]) => [name, (setting: Setting) => measure(open, setting)]),
    ),
    rows: Object.keys(byHand).flatMap(rowsOf),
  }
}

/** Signals that are added a second, against each way in which pg can do it, into the same tables. */
export const postgresEnqueue = contestOf(
  'PostgreSQL',
  ourPostgres,
  Object.fromEntries(ENQUEUE_WAYS.map((way) => [way, postgresByHand(way)])),
)

/** The same, against a transaction of scripts that leave out what is known, one for each machine. */
export const redisEnqueue = contestOf('Redis', ourRedis, { hand: redisByHand })
