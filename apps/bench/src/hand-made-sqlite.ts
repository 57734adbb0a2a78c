import { randomUUID } from 'node:crypto'
import type { QueuedSignal } from '@cscapi/storage'
import BetterSqlite3 from 'better-sqlite3'

interface HandLease {
  readonly machine: number
  readonly signals: readonly { readonly uuid: string; readonly payload: string }[]
}

/**
 * What an expert would write by hand for the same schema and durability: prepared statements, one
 * transaction a call.
 */
export class HandMade {
  readonly #database: InstanceType<typeof BetterSqlite3>
  readonly #enqueue: (signals: readonly QueuedSignal[]) => void
  readonly #settle: (machine: number, uuids: readonly string[]) => void
  readonly #setState: (key: string, value: Uint8Array) => void
  readonly #statements

  /** Takes the schema from a store that is open. */
  constructor(model: string, path: string) {
    const source = new BetterSqlite3(model, { readonly: true })
    const schema = source.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    const database = new BetterSqlite3(path)
    this.#database = database
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = OFF', 'cache_size = -65536'])
      database.pragma(pragma)
    database.pragma('wal_autocheckpoint = 4000')
    for (const sql of schema.pluck().all()) database.exec(String(sql))
    source.close()

    const machine = database.prepare('INSERT OR IGNORE INTO machines (machine_id) VALUES (?)')
    const signal = database.prepare(
      'INSERT OR IGNORE INTO signals (machine, uuid, payload, changed_at) VALUES ((SELECT id FROM machines WHERE machine_id = ?), ?, ?, ?)',
    )
    const wake = database.prepare(
      'UPDATE machines SET pending = pending + ?, due_at = coalesce(due_at, ?) WHERE machine_id = ?',
    )
    this.#enqueue = database.transaction((signals: readonly QueuedSignal[]) => {
      for (const id of new Set(signals.map(({ machineId }) => machineId))) machine.run(id)
      const added = new Map<string, number>()
      for (const { machineId, uuid, payload } of signals) {
        const { changes } = signal.run(machineId, uuid, payload, Date.now())
        added.set(machineId, (added.get(machineId) ?? 0) + changes)
      }
      for (const [machineId, count] of added) wake.run(count, Date.now(), machineId)
    }).immediate

    const remove = database.prepare('DELETE FROM signals WHERE machine = ? AND uuid = ?')
    const release = database.prepare(`UPDATE machines SET lease_token = NULL, pending = pending - ?, sent = sent + ?,
      due_at = CASE WHEN EXISTS (SELECT 1 FROM signals WHERE machine = machines.id AND state = 0) THEN ? END WHERE id = ?`)
    this.#settle = database.transaction((id: number, uuids: readonly string[]) => {
      for (const uuid of uuids) remove.run(id, uuid)
      release.run(uuids.length, uuids.length, Date.now(), id)
    }).immediate

    this.#statements = {
      getMachine: database.prepare(
        'SELECT c.* FROM credentials c JOIN machines m ON m.id = c.machine WHERE m.machine_id = ?',
      ),
      getState: database.prepare('SELECT value, version, expires_at FROM state WHERE key = ?'),
      take: database.prepare<
        [string, number, number, number],
        { id: number }
      >(`UPDATE machines SET lease_token = ?, lease_until = ?, due_at = ?
        WHERE id = (SELECT id FROM machines WHERE due_at <= ? ORDER BY due_at LIMIT 1) RETURNING id`),
      held: database.prepare<[number], { uuid: string; payload: string }>(
        'SELECT uuid, payload FROM signals WHERE machine = ? AND state = 0 ORDER BY id LIMIT 50',
      ),
      credentials: database.prepare('SELECT * FROM credentials WHERE machine = ?'),
    }
    const putState = database.prepare(
      'INSERT INTO state (key, value, version) VALUES (?, ?, 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = version + 1',
    )
    this.#setState = (key, value) => void putState.run(key, value)
  }

  enqueue(signals: readonly QueuedSignal[]): void {
    this.#enqueue(signals)
  }

  /** A lease of up to 50 signals, in one commit that waits for no disk; none where none is due. */
  lease(): HandLease | undefined {
    const { take, held, credentials } = this.#statements
    const now = Date.now()
    this.#database.exec('PRAGMA synchronous = NORMAL')
    const taken = take.get(randomUUID(), now + 60_000, now + 60_000, now)
    this.#database.exec('PRAGMA synchronous = FULL')
    if (taken === undefined) return undefined
    credentials.get(taken.id)
    return { machine: taken.id, signals: held.all(taken.id) }
  }

  /** Deletes what was sent, and ends the lease. */
  settle({ machine, signals }: HandLease): void {
    this.#settle(
      machine,
      signals.map(({ uuid }) => uuid),
    )
  }

  leaseAndSettle(): void {
    const lease = this.lease()
    if (lease === undefined) throw new Error('Nothing is due')
    this.settle(lease)
  }

  createMachine(machineId: string): void {
    this.#database.prepare('INSERT INTO machines (machine_id) VALUES (?)').run(machineId)
    const insert = "INSERT INTO credentials (machine, password) SELECT id, 'p' FROM machines WHERE machine_id = ?"
    this.#database.prepare(insert).run(machineId)
  }

  getMachine(machineId: string): unknown {
    return this.#statements.getMachine.get(machineId)
  }

  getState(key: string): unknown {
    return this.#statements.getState.get(key)
  }

  setState(key: string, value: Uint8Array): void {
    this.#setState(key, value)
  }

  close(): void {
    this.#database.close()
  }
}
