import { randomInt } from 'node:crypto'
import type { QueuedSignal } from '@cscapi/storage'
import pg from 'pg'
import { copyRows } from './copy-rows.js'
import type { StoreCalls } from './store-calls.js'

export const ENQUEUE_WAYS = ['VALUES', 'unnest', 'COPY'] as const
export type EnqueueWay = (typeof ENQUEUE_WAYS)[number]

const COLUMNS = 'signals (machine, uuid, payload, changed_at)'

/**
 * Takes the machine that has been due longest, and its oldest signals, in one statement: by the
 * function of the schema that keeps the planner from sorting all of them.
 */
const CLAIM = `
WITH due AS (SELECT id FROM machines WHERE due_at <= $2::bigint ORDER BY due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
taken AS (UPDATE machines m SET lease_token = $1, lease_until = $2::bigint + 60000, due_at = $2::bigint + 60000
  FROM due WHERE m.id = due.id RETURNING m.id, m.machine_id)
SELECT t.id, t.machine_id, c.password, c.token, s.uuid, s.payload FROM taken t
  LEFT JOIN credentials c ON c.machine_id = t.machine_id
  CROSS JOIN LATERAL first_pending(t.id, 50) s`

/** Deletes what was sent and ends the lease, if it is still held. */
const SETTLE = `
WITH held AS (UPDATE machines SET lease_token = NULL, due_at = $3::bigint, sent = sent + cardinality($4::text[])
  WHERE id = $1 AND lease_token = $2 RETURNING id)
DELETE FROM signals s USING held WHERE s.machine = held.id AND s.uuid = ANY($4::text[]) AND s.state = 0`

/**
 * A queue as one would write it on pg, with statements prepared by name, in the tables that the
 * store has: each call is durable when it resolves.
 */
export async function handMadePostgres(url: string, schema: string, way: EnqueueWay): Promise<StoreCalls> {
  const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 10 })
  const ids = new Map<string, string>()
  const add = { VALUES: addValues, unnest: addUnnested, COPY: addCopied }[way]
  let tokens = 0

  /** The numbers of the machines, which one would know by heart after the first call. */
  async function learn(signals: readonly QueuedSignal[]): Promise<void> {
    const unknown = [...new Set(signals.map(({ machineId }) => machineId))].filter((id) => !ids.has(id))
    if (unknown.length === 0) return
    const text =
      'INSERT INTO machines (machine_id, due_at) SELECT unnest($1::text[]), 0 ON CONFLICT (machine_id) DO UPDATE SET due_at = 0 RETURNING id, machine_id'
    for (const { id, machine_id: machineId } of (await pool.query(text, [unknown])).rows) ids.set(machineId, id)
  }

  return {
    async enqueue(signals) {
      await learn(signals)
      await add(pool, signals, ids)
    },
    async leaseAndSettle() {
      tokens += 1
      const token = String(tokens)
      const { rows } = await pool.query({ name: 'claim', text: CLAIM, values: [token, Date.now()] })
      if (rows.length === 0) throw new Error('Nothing is due')
      const uuids = rows.map(({ uuid }) => uuid)
      const values = [rows[0].id, token, Date.now(), uuids]
      const { rowCount } = await pool.query({ name: 'settle', text: SETTLE, values })
      if (rowCount !== uuids.length) throw new Error('The lease was lost')
    },
    createMachine: (machineId) =>
      pool.query('INSERT INTO credentials (machine_id, password) VALUES ($1, $2)', [machineId, 'p']),
    async getMachine(machineId) {
      const text = 'SELECT * FROM credentials WHERE machine_id = $1'
      return (await pool.query({ name: 'machine', text, values: [machineId] })).rows[0]
    },
    async getState(key) {
      const text = 'SELECT value, version, expires_at FROM state WHERE key = $1'
      return (await pool.query({ name: 'state', text, values: [key] })).rows[0]
    },
    setState(key, value) {
      const text = `INSERT INTO state (key, value, version) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version`
      return pool.query({ name: 'set', text, values: [key, Buffer.from(value), randomInt(1, 2 ** 48 - 1)] })
    },
    close: () => pool.end(),
  }
}

type Add = (pool: pg.Pool, signals: readonly QueuedSignal[], ids: ReadonlyMap<string, string>) => Promise<void>

const addValues: Add = async (pool, signals, ids) => {
  const now = Date.now()
  const rows = signals.map((_, index) => `(${[1, 2, 3, 4].map((column) => `$${index * 4 + column}`).join()})`)
  const values = signals.flatMap(({ machineId, uuid, payload }) => [ids.get(machineId), uuid, payload, now])
  const text = `INSERT INTO ${COLUMNS} VALUES ${rows.join()} ON CONFLICT DO NOTHING`
  await pool.query({ name: `values ${signals.length}`, text, values })
}

const addUnnested: Add = async (pool, signals, ids) => {
  const text = `INSERT INTO ${COLUMNS} SELECT *, $4::bigint FROM unnest($1::bigint[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`
  const machines = signals.map(({ machineId }) => ids.get(machineId))
  const values = [machines, signals.map(({ uuid }) => uuid), signals.map(({ payload }) => payload), Date.now()]
  await pool.query({ name: 'unnest', text, values })
}

/** COPY alone would fail on the first uuid that is known, so it goes by a table of the session. */
const addCopied: Add = async (pool, signals, ids) => {
  const now = Date.now()
  const rows = signals.map(({ machineId, uuid, payload }) => [ids.get(machineId) ?? '', uuid, payload, String(now)])
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query(
    'CREATE TEMPORARY TABLE IF NOT EXISTS incoming (machine BIGINT, uuid TEXT, payload TEXT, changed_at BIGINT) ON COMMIT DELETE ROWS',
  )
  await copyRows(client, 'incoming', rows)
  await client.query(`INSERT INTO ${COLUMNS} SELECT * FROM incoming ON CONFLICT DO NOTHING`)
  await client.query('COMMIT')
  client.release()
}
