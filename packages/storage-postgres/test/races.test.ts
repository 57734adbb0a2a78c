import { Client, Pool, type QueryConfig, type QueryResult } from 'pg'
import { expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './admin.js'

const server = serverWithAdmin()

/** Connections that stand still before the statement that begins so, until they are let go on. */
function poolThatHesitates(
  connectionString: string,
  statement: string,
): { pool: Pool; hesitates: Promise<void>; goOn: () => void } {
  let reached: () => void = () => undefined
  let goOn: () => void = () => undefined
  const hesitates = new Promise<void>((resolve) => {
    reached = resolve
  })
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  class Hesitating extends Client {
    override query(...args: unknown[]): never {
      const query = () => Reflect.apply(super.query, this, args) as Promise<QueryResult>
      if (!(args[0] as QueryConfig).text?.trim().startsWith(statement)) return query() as never
      reached()
      return gate.then(query) as never
    }
  }
  return { pool: new Pool({ connectionString, Client: Hesitating }), hesitates, goOn }
}

test.each(['read committed', 'repeatable read', 'serializable'])(
  'a signal that is committed while its machine falls asleep wakes it, where the database defaults to %s',
  async (isolation) => {
    const url = `${server.url}?options=${encodeURIComponent(`-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`)}`
    const schema = isolation.replace(' ', '_')
    const worker = new PostgresStorage({ url, schema })
    await worker.open()
    await worker.enqueue([{ machineId: 'm', uuid: 'first', payload: '{}' }])
    const lease = await worker.lease({ leaseMs: 60_000, maxSignals: 10 })

    const { pool, hesitates, goOn } = poolThatHesitates(url, 'COMMIT')
    const sensor = new PostgresStorage({ pool, schema, migrate: 'never' })
    await sensor.open()
    const enqueued = sensor.enqueue([{ machineId: 'm', uuid: 'second', payload: '{}' }])
    await hesitates
    const settled = worker.settle(lease!, { sent: ['first'] })
    const waiting = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    await expect.poll(async () => (await server.admin.query(waiting)).rows).toEqual([{ count: 1 }])
    goOn()
    expect(await enqueued).toEqual({ added: 1, duplicates: 0 })
    expect(await settled).toEqual({ lost: false })

    expect(await worker.lease({ leaseMs: 60_000, maxSignals: 10 })).toMatchObject({ signals: [{ uuid: 'second' }] })
    await sensor.close()
    await pool.end()
    await worker.close()
  },
)

test('what a worker is just leasing is not deleted under its hands', async () => {
  const schema = 'deleted'
  const cleaner = new PostgresStorage({ url: server.url, schema })
  await cleaner.open()
  await cleaner.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
  // A worker whose lease has chosen its signals, and is not committed yet.
  const worker = new Client(server.url)
  await worker.connect()
  await worker.query(`BEGIN; SELECT * FROM ${schema}.take_lease('token', 60000, 10, 1000, 0)`)
  const deleted = cleaner.deleteSignals()
  const waiting = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
  await expect.poll(async () => (await server.admin.query(waiting)).rows).toEqual([{ count: 1 }])
  await worker.query('COMMIT')
  expect(await deleted).toBe(0)
  expect(await cleaner.stats()).toMatchObject({ pending: 0, leased: 1 })
  expect(await cleaner.settle({ machineId: 'm', token: 'token' }, { sent: ['u'] })).toEqual({ lost: false })
  await worker.end()
  await cleaner.close()
})
