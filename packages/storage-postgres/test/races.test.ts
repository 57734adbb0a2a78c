import { Client } from 'pg'
import { expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './admin.js'

const server = serverWithAdmin()

test.each(['read committed', 'repeatable read', 'serializable'])(
  'a signal that is committed while its machine falls asleep wakes it, where the database defaults to %s',
  async (isolation) => {
    const url = `${server.url}?options=${encodeURIComponent(`-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`)}`
    const schema = isolation.replace(' ', '_')
    const worker = new PostgresStorage({ url, schema })
    await worker.open()
    await worker.enqueue([{ machineId: 'm', uuid: 'first', payload: '{}' }])
    const lease = await worker.lease({ leaseMs: 60_000, maxSignals: 10 })

    // A sensor whose signal is added, and is not committed before this lock is free.
    const gate = new Client(server.url)
    await gate.connect()
    await gate.query(`SELECT pg_advisory_lock(1);
      CREATE FUNCTION ${schema}.hesitate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
      CREATE TRIGGER hesitate AFTER INSERT ON ${schema}.signals FOR EACH ROW EXECUTE FUNCTION ${schema}.hesitate()`)
    const sensor = new PostgresStorage({ url, schema })
    await sensor.open()
    const waiting = async () =>
      (await server.admin.query("SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        .rows
    const enqueued = sensor.enqueue([{ machineId: 'm', uuid: 'second', payload: '{}' }])
    await expect.poll(waiting).toEqual([{ count: 1 }])
    const settled = worker.settle(lease!, { sent: ['first'] })
    await expect.poll(waiting).toEqual([{ count: 2 }])
    await gate.query('SELECT pg_advisory_unlock(1)')
    expect(await enqueued).toEqual({ added: 1, duplicates: 0 })
    expect(await settled).toEqual({ lost: false })

    expect(await worker.lease({ leaseMs: 60_000, maxSignals: 10 })).toMatchObject({ signals: [{ uuid: 'second' }] })
    await sensor.close()
    await gate.end()
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
  await worker.query(`BEGIN; SELECT * FROM ${schema}.lease_next('token', 60000, 10, 1000, 0)`)
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
