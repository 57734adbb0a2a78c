import { beforeEach, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './server-with-admin.js'

const server = serverWithAdmin()
let schema: string
let schemas = 0
beforeEach(() => {
  schemas += 1
  schema = `cost_${schemas}`
})

/** On connections of its own, which tell the server what they did when they end. */
async function withStorage<T>(work: (storage: PostgresStorage) => Promise<T>): Promise<T> {
  const storage = new PostgresStorage({
    url: server.url,
    schema,
    connectTimeoutMs: 300_000,
    statementTimeoutMs: 300_000,
  })
  await storage.open()
  const result = await work(storage)
  await storage.close()
  return result
}

async function entriesRead(): Promise<number> {
  const read =
    "SELECT idx_tup_read AS read FROM pg_stat_user_indexes WHERE schemaname = $1 AND indexrelname = 'machines_due'"
  return Number((await server.admin.query(read, [schema])).rows[0].read)
}

test('looking for a machine that is due does not pass over those that wait', async () => {
  const machines = Array.from({ length: 1_000 }, (_, index) => `m${index}`)
  await withStorage(async (storage) => {
    await Promise.all(machines.map((machineId) => storage.createMachine({ machineId, password: 'p' })))
    await storage.enqueue(machines.map((machineId) => ({ machineId, uuid: 'u', payload: '{}' })))
    const failing = { reason: 'unauthorized', count: 1, retryAfterMs: 3_600_000 } as const
    await Promise.all(machines.map((machineId) => storage.updateMachine(machineId, { failing })))
  })
  await server.admin.query(`VACUUM ANALYZE ${schema}.machines`)
  const before = await entriesRead()
  const lease = await withStorage((storage) => storage.lease({ leaseMs: 60_000, maxSignals: 10 }))
  expect(lease).toBeUndefined()
  await expect.poll(entriesRead).toBeGreaterThanOrEqual(before)
  expect((await entriesRead()) - before).toBeLessThan(10)
})

test('what is noted of the number of pending signals does not pile up, though nobody asks for it', async () => {
  await withStorage(async (storage) => {
    const sendNext = async () => {
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 })
      if (lease !== undefined) await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
      return lease !== undefined
    }
    const send = async (machineId: string) => {
      for (let count = 0; count < 150; count += 1) {
        await storage.enqueue([{ machineId, uuid: `${count}`, payload: '{}' }])
        await sendNext()
      }
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(send))
    while (await sendNext()) {}
    expect(await storage.stats()).toMatchObject({ pending: 0, leased: 0, sent: 1_200 })
  })
  const { rows } = await server.admin.query(`SELECT count(*)::int AS count FROM ${schema}.pending_changes`)
  expect(rows[0].count).toBeLessThan(1_020)
})
