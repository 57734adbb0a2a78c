import type { SourceDatabase } from '../sql/database.js'
import type { Layout, Table } from './layout.js'

/** Signals that are read at once. */
export const PAGE = 1_000
/** NULL, too, is unsent; on SQLite it may be anything else. */
const UNSENT = 's.sent IS NOT TRUE'
/** The smallest number that a column of the SDK can hold. */
export const BEFORE_ALL = -2_147_483_648

/** What is asked of a database of the Python SDK, in words that all three systems know. */
export class Queries {
  readonly #database: SourceDatabase
  readonly #layout: Layout

  constructor(database: SourceDatabase, layout: Layout) {
    this.#database = database
    this.#layout = layout
  }

  machines(columns: readonly string[]): Promise<readonly unknown[]> {
    const names = this.#select('machine_models', 'm', columns)
    return this.#database.rows(`SELECT ${names} FROM machine_models m ORDER BY m.id`)
  }

  /** The next unsent signals behind a number. */
  signals(columns: readonly string[], after: number): Promise<readonly unknown[]> {
    const names = this.#select('signal_models', 's', columns)
    return this.#database.rows(
      `SELECT ${names} FROM signal_models s WHERE ${UNSENT} AND s.alert_id > ? ORDER BY s.alert_id LIMIT ${PAGE}`,
      [after],
    )
  }

  /** The rows of another table that hang on the unsent signals behind one number and up to another. */
  hangingOn(table: Table, columns: readonly string[], after: number, last: number): Promise<readonly unknown[]> {
    const names = this.#select(table, 'c', columns)
    const isNamed = table === 'source_models' && this.#layout.signalNamesSource
    return this.#database.rows(
      `SELECT s.alert_id AS ${this.#database.quoted('signal')}, ${names} FROM signal_models s
        JOIN ${table} c ON ${isNamed ? 'c.id = s.source_id' : 'c.signal_id = s.alert_id'}
        WHERE ${UNSENT} AND s.alert_id > ? AND s.alert_id <= ? ORDER BY c.id`,
      [after, last],
    )
  }

  sentSignals(): Promise<number> {
    return this.#count(`signal_models s WHERE NOT (${UNSENT})`)
  }

  /** Rows whose signal is gone. */
  orphans(table: 'context_models' | 'decision_models'): Promise<number> {
    return this.#count(`${table} c LEFT JOIN signal_models s ON s.alert_id = c.signal_id WHERE s.alert_id IS NULL`)
  }

  async #count(what: string): Promise<number> {
    const [row] = await this.#database.rows(`SELECT COUNT(*) AS number FROM ${what}`)
    return Number(Reflect.get(Object(row), 'number'))
  }

  /** A column that this generation lacks is NULL. */
  #select(table: Table, alias: string, names: readonly string[]): string {
    const columns = this.#layout.columns[table]
    const read = (name: string, quoted: string) => (columns.has(name) ? `${alias}.${quoted}` : 'NULL')
    return names
      .map((name) => [name, this.#database.quoted(name)] as const)
      .map(([name, quoted]) => `${read(name, quoted)} AS ${quoted}`)
      .join(', ')
  }
}
