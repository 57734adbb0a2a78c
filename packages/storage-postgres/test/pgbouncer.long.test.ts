import { storageConformance } from '@cscapi/storage/conformance'
import { startPgBouncer, startPostgres, type TestServer } from '@cscapi/test-servers'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { storeOn } from './harness.js'

let server: TestServer
let bouncer: TestServer

beforeAll(async () => {
  server = await startPostgres({ config: {} })
  bouncer = await startPgBouncer(server.url)
})

afterAll(async () => {
  await bouncer?.stop()
  await server?.stop()
})

storageConformance({
  name: 'PostgresStorage behind PgBouncer in transaction mode',
  emptyStore: storeOn(() => bouncer.url),
})

describe('behind PgBouncer in transaction mode', () => {
  test('eight storages that open a new schema at once make one migration', async () => {
    const storages = Array.from({ length: 8 }, () => new PostgresStorage({ url: bouncer.url, schema: 'raced' }))
    await Promise.all(storages.map((storage) => storage.open()))
    const admin = new Pool({ connectionString: server.url })
    expect((await admin.query('SELECT version FROM raced.cscapi_migrations')).rows).toEqual([
      { version: 1 },
      { version: 2 },
      { version: 3 },
      { version: 4 },
    ])
    await admin.end()
    await Promise.all(storages.map((storage) => storage.close()))
  })

  test('a connection leaves nothing behind that the next one would meet', async () => {
    const storage = new PostgresStorage({ url: bouncer.url, schema: 'left' })
    await storage.open()
    await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
    await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
    const other = new Pool({ connectionString: bouncer.url, max: 2 })
    for (let count = 0; count < 4; count += 1) {
      const { rows } = await other.query(
        "SELECT current_setting('search_path') AS path, count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory'",
      )
      expect(rows).toEqual([{ path: '"$user", public', locks: 0 }])
    }
    await other.end()
    await storage.close()
  })

  test.each([
    ['the pooler', () => bouncer],
    ['the server behind it', () => server],
  ])('%s may be killed and started again: calls fail in time with a typed error, and then go on', async (_, which) => {
    const timeouts = { connectTimeoutMs: 6_000, statementTimeoutMs: 6_000 }
    const storage = new PostgresStorage({ url: bouncer.url, schema: 'restarted', ...timeouts })
    await storage.open()
    const before = await storage.stats()
    await storage.enqueue([{ machineId: 'm', uuid: `before-${before.pending}`, payload: '{}' }])
    await which().kill()
    const outcomes = await Promise.allSettled([
      storage.enqueue([{ machineId: 'm', uuid: 'during', payload: '{}' }]),
      storage.lease({ leaseMs: 60_000, maxSignals: 1 }),
      storage.listMachines(),
      storage.stats(),
    ])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'StorageError', code: 'storage_unavailable', retryable: true },
      })
    await which().restart()
    await expect
      .poll(
        () =>
          storage.stats().then(
            ({ pending }) => pending,
            () => undefined,
          ),
        { timeout: 120_000 },
      )
      .toBe(before.pending + 1)
    await storage.close()
  })
})

test('PgBouncer in statement mode, which knows no transactions, is refused by open() in its own words', async () => {
  const other = await startPgBouncer(server.url, 'statement')
  const storage = new PostgresStorage({ url: other.url })
  await expect(storage.open()).rejects.toMatchObject({
    name: 'StorageError',
    message: expect.stringContaining('statement pooling mode'),
  })
  await storage.close()
  await other.stop()
})
