/** The SQLite libraries that a store can be opened with, by the name of their module. */
export const DRIVER_NAMES = ['node:sqlite', 'better-sqlite3', '@photostructure/sqlite'] as const
export type DriverName = (typeof DRIVER_NAMES)[number]

/** A value of a statement. Columns make integers of numbers that are whole. */
export type SqlValue = string | number | null | Uint8Array

/** A prepared statement; its values stand in the order of its question marks. */
export interface DriverStatement {
  /** For a statement without rows. */
  run(...values: SqlValue[]): { readonly changes: number | bigint }
  /** For a statement with rows: each an object by column name. */
  all(...values: SqlValue[]): unknown[]
}

/** An open database file. */
export interface DriverConnection {
  prepare(text: string): DriverStatement
  /** Runs statements whose rows nobody wants. */
  exec(text: string): void
  /** Lets go of the file, and of all that was prepared. */
  close(): void
}

/** One SQLite library. Everything that differs between them is here; all of it is synchronous. */
export interface Driver {
  readonly name: DriverName
  /** The connection waits for no lock: a statement that meets one fails at once. */
  open(path: string, options?: { readonly readOnly?: boolean }): DriverConnection
  /** SQLite's name of an error, e.g. `SQLITE_BUSY`; undefined for an error that is none of SQLite's. */
  codeOf(error: unknown): string | undefined
}
