import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Storage } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { type Figure, median } from './figure.js'
import { HandMade } from './hand-made-sqlite.js'
import { queuedSignals } from './signals.js'

const ROUNDS = 7
const BATCHES = 100
const BATCH = 50

interface Operation {
  readonly name: string
  readonly goal: Figure['goal']
  /** How often a round does it. */
  readonly times: number
  readonly ours: (storage: Storage, round: number) => () => Promise<unknown>
  readonly hand: (database: HandMade, round: number) => () => unknown
}

const BYTES = new Uint8Array(100)

/** Every call with other signals. */
function batchesOf(): () => ReturnType<typeof queuedSignals> {
  const batches = Array.from({ length: BATCHES }, () => queuedSignals(BATCH, 1))
  let next = 0
  return () => {
    const batch = batches[next++]
    if (batch === undefined) throw new Error('there are no more batches')
    return batch
  }
}

const operations: readonly Operation[] = [
  {
    name: 'getMachine',
    goal: { atMost: 3 },
    times: 2_000,
    ours: (storage) => () => storage.getMachine('known'),
    hand: (database) => () => database.getMachine('known'),
  },
  {
    name: 'getState',
    goal: { atMost: 3 },
    times: 2_000,
    ours: (storage) => () => storage.getState('k'),
    hand: (database) => () => database.getState('k'),
  },
  {
    name: 'setState',
    goal: { atMost: 3 },
    times: 300,
    ours: (storage) => () => storage.setState('k', BYTES),
    hand: (database) => () => database.setState('k', BYTES),
  },
  {
    name: `enqueue of ${BATCH}`,
    goal: { atMost: 1.25 },
    times: BATCHES,
    ours: (storage) => {
      const batch = batchesOf()
      return () => storage.enqueue(batch())
    },
    hand: (database) => {
      const batch = batchesOf()
      return () => database.enqueue(batch())
    },
  },
  {
    name: `lease + settle of ${BATCH}`,
    goal: { atMost: 1.4 },
    times: BATCHES,
    ours: (storage) => async () => {
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: BATCH })
      if (lease === undefined) throw new Error('nothing is due')
      await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
    },
    hand: (database) => () => database.leaseAndSettle(randomUUID()),
  },
]

/** Microseconds of processor time of one call. */
async function cpuOf(times: number, call: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  for (let time = 0; time < times; time += 1) await call()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

/**
 * Processor time of single calls, against the same statements by hand with better-sqlite3, in turn.
 */
export async function sqliteOperations(folder: string): Promise<Figure[]> {
  const path = join(folder, 'operations-ours.db')
  const storage = new SqliteStorage({ path, driver: 'better-sqlite3' })
  await storage.open()
  const database = new HandMade(path, join(folder, 'operations-hand.db'))
  await storage.createMachine({ machineId: 'known', password: 'p' })
  database.createMachine('known')
  await storage.setState('k', BYTES)
  database.setState('k', BYTES)
  const figures: Figure[] = []
  for (const { name, goal, times, ours, hand } of operations) {
    const ourUs: number[] = []
    const handUs: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      ourUs.push(await cpuOf(times, ours(storage, round)))
      handUs.push(await cpuOf(times, hand(database, round)))
    }
    figures.push({
      name: `${name}, SQLite, CPU a call`,
      ours: `${median(ourUs).toFixed(0)} µs`,
      baseline: `${median(handUs).toFixed(0)} µs`,
      ratio: median(ourUs) / median(handUs),
      goal,
    })
  }
  await storage.close()
  database.close()
  return figures
}
