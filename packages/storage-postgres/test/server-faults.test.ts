import { listAll } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Client, Pool, type QueryConfig } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

let server: TestServer
let storage: PostgresStorage
let schemas = 0

beforeAll(async () => {
  server = await startPostgres({ config: {} })
})

afterAll(async () => {
  await storage?.close()
  await server?.stop()
})

beforeEach(async () => {
  await storage?.close()
  schemas += 1
  storage = new PostgresStorage({
    url: server.url,
    schema: `faults_${schemas}`,
    connectTimeoutMs: 6_000,
    statementTimeoutMs: 6_000,
  })
  await storage.open()
})

const signals = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => ({ machineId: 'm', uuid: `u${first + index}`, payload: '{}' }))

/** Every call that a worker makes, each as good as the others to be interrupted in. */
const calls = (): Record<string, () => Promise<unknown>> => ({
  enqueue: () => storage.enqueue(signals(50, 1_000)),
  lease: () => storage.lease({ leaseMs: 60_000, maxSignals: 10 }),
  settle: () => storage.settle({ machineId: 'm', token: 'none' }, { sent: ['u1'] }),
  stats: () => storage.stats(),
  getMachine: () => storage.getMachine('m'),
  listMachines: () => storage.listMachines(),
  getState: () => storage.getState('k'),
  setState: () => storage.setState('k', new Uint8Array([1])),
})

const outcomes = () => Promise.allSettled(Object.values(calls()).map((call) => call()))

/** A pool may hold a connection that is dead, and one that is new. */
async function untilItWorks(): Promise<void> {
  const state = () =>
    storage.stats().then(
      () => 'works',
      () => 'fails',
    )
  await expect.poll(state, { timeout: 120_000 }).toBe('works')
}

describe('a server', () => {
  test('that is killed ends every call with a typed error, and after its restart everything acknowledged is there', async () => {
    await storage.enqueue(signals(100))
    const underWay = outcomes()
    await server.kill()
    for (const outcome of [...(await underWay), ...(await outcomes())]) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ name: 'StorageError', code: 'storage_unavailable', retryable: true })
    }
    await server.restart()
    const { pending, leased } = await storage.stats()
    expect(pending + leased).toBeGreaterThanOrEqual(100)
    const uuids = (await storage.listSignals({}, { limit: 1_000 })).signals.map(({ uuid }) => uuid)
    expect(uuids).toEqual(expect.arrayContaining(signals(100).map(({ uuid }) => uuid)))
  })

  test('that is killed again and again under adding, leasing and settling loses nothing acknowledged and gives nothing out twice', async () => {
    const acknowledged = new Set<string>()
    const settled: string[] = []
    const errors: unknown[] = []
    const maybeSettled = new Set<string>()
    // Added again after a lost answer, perhaps when they had been sent: that is a new signal to the
    // store.
    const repeated = new Set<string>()
    let isRunning = true
    const add = async (name: string) => {
      for (let number = 0; isRunning; number += 1) {
        const uuids = Array.from({ length: 10 }, (_, index) => `${name}-${number}-${index}`)
        const batch = uuids.map((uuid, index) => ({ machineId: `m${index % 3}`, uuid, payload: '{}' }))
        while (isRunning && !(await storage.enqueue(batch).catch((error: unknown) => void errors.push(error))))
          for (const uuid of uuids) repeated.add(uuid)
        if (isRunning) for (const uuid of uuids) acknowledged.add(uuid)
      }
    }
    const send = async () => {
      while (isRunning) {
        const lease = await storage
          .lease({ leaseMs: 1_000, maxSignals: 5 })
          .catch((error: unknown) => void errors.push(error))
        if (!lease) continue
        const uuids = lease.signals.map(({ uuid }) => uuid)
        const outcome = await storage.settle(lease, { sent: uuids }).catch((error: unknown) => void errors.push(error))
        if (outcome === undefined) for (const uuid of uuids) maybeSettled.add(uuid)
        else if (!outcome.lost) settled.push(...uuids)
      }
    }
    const workers = [add('a'), add('b'), send(), send()]
    for (let kill = 0; kill < 3; kill += 1) {
      const goal = acknowledged.size + 100
      await expect.poll(() => acknowledged.size, { timeout: 120_000 }).toBeGreaterThan(goal)
      await server.kill()
      await server.restart()
    }
    isRunning = false
    await Promise.all(workers)
    for (const error of errors) expect(error).toMatchObject({ name: 'StorageError', retryable: true })
    expect(errors.length).toBeGreaterThan(0)
    const once = settled.filter((uuid) => !repeated.has(uuid))
    expect(new Set(once).size).toBe(once.length)

    const waiting = (await listAll(storage, {}, 1_000)).map(({ uuid }) => uuid)
    const known = new Set([...waiting, ...settled, ...maybeSettled])
    expect([...acknowledged].filter((uuid) => !known.has(uuid))).toEqual([])
    expect(waiting.filter((uuid) => once.includes(uuid))).toEqual([])
  })

  test('that stands still ends every call in time, and works again when it goes on', async () => {
    await storage.enqueue(signals(10))
    await server.pause()
    for (const outcome of await outcomes()) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'StorageError', code: 'storage_unavailable' },
      })
    }
    await server.resume()
    await untilItWorks()
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 100 })
    expect(lease === undefined || lease.signals.length > 0).toBe(true)
  })

  test('that stands still for longer than a lease lets another worker take over, and then the first one’s settle changes nothing', async () => {
    await storage.enqueue(signals(3))
    const first = await storage.lease({ leaseMs: 50, maxSignals: 3 })
    await server.pause()
    await expect(storage.extend(first!, 50)).rejects.toMatchObject({ code: 'storage_unavailable' })
    await server.resume()
    let second: Awaited<ReturnType<PostgresStorage['lease']>>
    await expect
      .poll(
        async () => {
          second = await storage.lease({ leaseMs: 60_000, maxSignals: 3 }).catch(() => undefined)
          return second?.signals
        },
        { timeout: 120_000 },
      )
      .toEqual(first!.signals)
    expect(await storage.settle(first!, { sent: ['u0', 'u1', 'u2'] })).toEqual({ lost: true })
    expect(await storage.stats()).toMatchObject({ leased: 3, sent: 0 })
    expect(await storage.settle(second!, { sent: ['u0', 'u1', 'u2'] })).toEqual({ lost: false })
  })

  test('that stands still in the middle of a transaction is waited for once, not again to roll back', async () => {
    const asked: string[] = []
    class PausingClient extends Client {
      override query(...args: unknown[]): never {
        asked.push((args[0] as QueryConfig).text.trim())
        if (asked.at(-2)?.startsWith('BEGIN')) server.pause()
        return Reflect.apply(super.query, this, args) as never
      }
    }
    const pool = new Pool({ connectionString: server.url, Client: PausingClient, max: 1, query_timeout: 500 })
    const paused = new PostgresStorage({ pool, schema: `faults_${schemas}`, migrate: 'never' })
    await paused.open()
    asked.length = 0
    await expect(paused.deleteMachines(['m'])).rejects.toMatchObject({ code: 'storage_unavailable', retryable: true })
    expect(asked).toEqual([expect.stringContaining('BEGIN'), expect.stringContaining('SELECT id')])
    server.resume()
    await paused.close()
    await pool.end()
    expect(await storage.enqueue(signals(1))).toEqual({ added: 1, duplicates: 0 })
  })

  test('that is read-only says so, and takes signals again afterwards', async () => {
    const admin = new Pool({ connectionString: server.url, max: 1 })
    const database = new URL(server.url).pathname.slice(1)
    await admin.query(`ALTER DATABASE "${database}" SET default_transaction_read_only = on`)
    const readOnly = new PostgresStorage({ url: server.url, schema: `faults_${schemas}`, migrate: 'never' })
    await readOnly.open()
    await expect(readOnly.enqueue(signals(1))).rejects.toMatchObject({
      code: 'storage_unavailable',
      driverCode: '25006',
    })
    await admin.query(
      `SET default_transaction_read_only = off; ALTER DATABASE "${database}" RESET default_transaction_read_only`,
    )
    await admin.end()
    await readOnly.close()
    expect(await storage.enqueue(signals(1))).toEqual({ added: 1, duplicates: 0 })
  })

  test('that cuts a connection in the middle costs that call only', async () => {
    const admin = new Pool({ connectionString: server.url, max: 1 })
    await storage.enqueue(signals(10))
    const cut =
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()'
    await Promise.all([outcomes(), admin.query(cut)])
    await admin.end()
    await untilItWorks()
    expect((await storage.listSignals({}, { limit: 1_000 })).signals.length).toBeGreaterThanOrEqual(10)
  })
})
