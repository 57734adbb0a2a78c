import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { cuttingServer } from './cutting-server.js'

let server: TestServer
let way: Awaited<ReturnType<typeof cuttingServer>>

beforeAll(async () => {
  server = await startPostgres()
  way = await cuttingServer(server.url)
})
afterAll(async () => {
  way?.close()
  await server?.stop()
})

const LEASE = { leaseMs: 60_000, maxSignals: 1 }

async function expectCutsSurvived(storage: PostgresStorage): Promise<void> {
  await storage.open()
  const calls = () => [
    storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }]),
    storage.lease(LEASE),
    storage.listMachines(),
    storage.getState('key'),
  ]
  way.cut(true)
  const failures: unknown[] = []
  for (let round = 0; round < 5; round += 1) {
    for (const outcome of await Promise.allSettled(calls()))
      if (outcome.status === 'rejected') failures.push(outcome.reason)
  }
  way.cut(false)
  expect(failures.length).toBeGreaterThan(0)
  for (const failure of failures) expect(failure).toMatchObject({ code: 'storage_unavailable', retryable: true })
  expect(await storage.enqueue([{ machineId: 'm', uuid: 'later', payload: '{}' }])).toMatchObject({ added: 1 })
  expect(await storage.lease(LEASE)).toMatchObject({ machineId: 'm' })
  await storage.close()
}

// An error that nobody listens for would end the process, and ends this run of tests as failed.
describe('a server that cuts each connection in the moment when it is ready', () => {
  test('costs calls a typed error, ends no process, and works again afterwards', async () => {
    await expectCutsSurvived(new PostgresStorage({ url: way.url, schema: 'cut' }))
  })

  test('does not end it with a pool of the caller’s either', async () => {
    const pool = new Pool({ connectionString: way.url })
    pool.on('error', () => undefined)
    await expectCutsSurvived(new PostgresStorage({ pool, schema: 'cut_pool' }))
    await pool.end()
  })
})
