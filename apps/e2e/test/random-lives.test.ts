import { join } from 'node:path'
import { MemoryStorage, type Storage } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testSeed } from './random.js'
import { Life, step } from './random-life.js'
import { temporaryFolder } from './temporary-folder.js'

const isLong = process.env.CSCAPI_TEST_LONG === '1'

const stores: readonly [name: string, runs: number, make: () => (now: () => number) => Promise<Storage>][] = [
  [
    'memory',
    isLong ? 2_000 : 500,
    () => {
      let shared: MemoryStorage | undefined
      return async (now) => {
        shared ??= new MemoryStorage({ now })
        const storage = new MemoryStorage({ shared })
        await storage.open()
        return storage
      }
    },
  ],
  [
    'SQLite',
    isLong ? 500 : 40,
    () => {
      const path = join(temporaryFolder(), 'store.db')
      return async (now) => {
        const storage = new SqliteStorage({ path, now })
        await storage.open()
        return storage
      }
    },
  ],
]

const livesOn = (make: () => (now: () => number) => Promise<Storage>) =>
  fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => new Life(make()).run(steps))

test.each(stores)(
  'whatever happens to a process on %s, no signal is lost and none is repeated beyond the promise (%i random lives)',
  async (_, numRuns, make) => {
    const seed = testSeed()
    console.info(`seed ${seed}`)
    await fc.assert(livesOn(make), { seed, numRuns })
  },
  isLong ? 3_600_000 : 600_000,
)

const once = new Set<string>()

test.each<[fault: string, Partial<Storage>]>([
  [
    'loses what is added last',
    {
      async enqueue(signals) {
        return MemoryStorage.prototype.enqueue.call(this, signals.slice(0, -1))
      },
    },
  ],
  [
    'forgets once what was sent',
    {
      async settle(held, { sent = [], ...result }) {
        const remembered = sent.filter((uuid) => once.has(held.machineId + uuid))
        for (const uuid of sent) once.add(held.machineId + uuid)
        return MemoryStorage.prototype.settle.call(this, held, { ...result, sent: remembered })
      },
    },
  ],
])('a store that %s is found out', async (_, fault) => {
  once.clear()
  const found = await fc.check(
    livesOn(() => {
      let shared: MemoryStorage | undefined
      return async (now) => {
        shared ??= new MemoryStorage({ now })
        const storage = Object.assign(new MemoryStorage({ shared }), fault)
        await storage.open()
        return storage
      }
    }),
    { seed: 1, numRuns: 50, endOnFailure: true },
  )
  expect(found.failed).toBe(true)
})
