/** A database that is read and never written, whatever its system is. */
export interface SourceDatabase {
  readonly system: 'SQLite' | 'PostgreSQL' | 'MySQL'
  /** Runs one statement with `?` for its values; each row is an object by column name. */
  rows(text: string, values?: readonly (number | string)[]): Promise<readonly unknown[]>
  /** The columns of a table, in lower case; empty where there is none. */
  columnsOf(table: string): Promise<ReadonlySet<string>>
  /** The names of its tables, for an error. */
  tables(): Promise<readonly string[]>
  /** A name as this system quotes it. */
  quoted(name: string): string
  close(): Promise<void>
}

/** The values of one column of text. */
export function textsOf(rows: readonly unknown[], column: string): string[] {
  return rows.map((row) => String(Reflect.get(Object(row), column)))
}
