import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

test('a live lease that holds no signals keeps none from being deleted', async () => {
  let offsetMs = 0
  const storage = new PostgresStorage({ url: server.url, testClockOffsetMs: () => offsetMs })
  await storage.open()
  const add = (uuid: string) => storage.enqueue([{ machineId: 'm', uuid, payload: '{}' }])
  await add('first')
  const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 })
  offsetMs += 60_001
  expect(await storage.deleteSignals()).toBe(1)
  expect(await storage.extend(lease!, 60_000)).toBe(true)
  await add('second')
  expect(await storage.stats()).toMatchObject({ pending: 1, leased: 0 })
  expect(await storage.deleteSignals()).toBe(1)
  await storage.close()
})

test('a store of the version before goes on: its leases, pauses and values are believed', async () => {
  const storage = new PostgresStorage({ url: server.url, schema: 'older' })
  await storage.open()
  await storage.createMachine({ machineId: 'm', password: 'p' })
  await storage.setState('k', new Uint8Array([1]), { expiresInMs: 3_600_000 })
  await storage.updateMachine('m', { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 3_600_000 } })
  await storage.close()
  const admin = new Client(server.url)
  await admin.connect()
  await admin.query(`SET search_path TO older; DROP TABLE totals; DROP INDEX machines_put;
    ALTER TABLE machines DROP COLUMN put_at, DROP COLUMN failing_put_at;
    ALTER TABLE credentials DROP COLUMN token_put_at, DROP COLUMN failing_put_at;
    ALTER TABLE state DROP COLUMN put_at; DELETE FROM cscapi_migrations WHERE version > 1`)
  await admin.end()
  const upgraded = new PostgresStorage({ url: server.url, schema: 'older' })
  await upgraded.open()
  expect((await upgraded.getState('k'))?.expiresInMs).toBeGreaterThan(0)
  expect((await upgraded.getMachine('m'))?.failing?.retryInMs).toBeGreaterThan(0)
  await upgraded.close()
})
