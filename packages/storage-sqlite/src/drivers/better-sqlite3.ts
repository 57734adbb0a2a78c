import type { Driver, SqlValue } from './driver.js'

/**
 * better-sqlite3, an addon in C++. @throws what loading it throws: it may be installed without its
 * native part.
 */
export async function loadBetterSqlite3(): Promise<Driver> {
  const { default: BetterSqlite3 } = await import('better-sqlite3')
  const open: Driver['open'] = (path, { readOnly = false } = {}) => {
    const database = new BetterSqlite3(path, { timeout: 0, readonly: readOnly })
    return {
      prepare: (text) => database.prepare<SqlValue[]>(text),
      exec: (text) => void database.exec(text),
      close: () => void database.close(),
    }
  }
  // Its native part is loaded with the first database.
  open(':memory:').close()
  return {
    name: 'better-sqlite3',
    open,
    codeOf: (error) => (error instanceof BetterSqlite3.SqliteError ? error.code : undefined),
  }
}
