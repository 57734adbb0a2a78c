import type { Driver, DriverConnection, DriverName } from './driver.js'

/** What Node has as `node:sqlite`, and @photostructure/sqlite offers to any Node. */
interface SqliteModule {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly timeout: number; readonly enableForeignKeyConstraints: boolean; readonly readOnly: boolean },
  ) => DriverConnection
}

/** The SQLite inside Node 22.13 and newer, and inside other runtimes. @throws Error where there is none */
export function loadNodeSqlite(): Driver {
  // Not by `import`: bundlers would look for it, and Node 20 has none.
  const sqlite: unknown = process.getBuiltinModule('node:sqlite')
  if (!isSqliteModule(sqlite)) throw new Error(`there is none in this Node (${process.versions.node})`)
  return driverOf('node:sqlite', sqlite)
}

/** The same code as an addon that brings its binaries. @throws what loading it throws */
export async function loadPhotostructureSqlite(): Promise<Driver> {
  const sqlite = await import('@photostructure/sqlite')
  // Before 2.3, `close` left the file and its locks to the garbage collector.
  if (!('close' in sqlite.StatementSync.prototype))
    throw new Error('a version before 2.3 is installed, which does not close its files')
  return driverOf('@photostructure/sqlite', sqlite)
}

function isSqliteModule(module: unknown): module is SqliteModule {
  return typeof module === 'object' && module !== null && 'DatabaseSync' in module
}

function driverOf(name: DriverName, { DatabaseSync }: SqliteModule): Driver {
  return {
    name,
    open: (path, { readOnly = false } = {}) =>
      new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false, readOnly }),
    codeOf,
  }
}

/** SQLite's primary result codes, by number. */
const CODES = new Map([
  [1, 'SQLITE_ERROR'],
  [3, 'SQLITE_PERM'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [19, 'SQLITE_CONSTRAINT'],
  [20, 'SQLITE_MISMATCH'],
  [26, 'SQLITE_NOTADB'],
])

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  // An integer beyond 2^53, which no store has: other libraries round it.
  if (error.message.startsWith('Value is too large to be represented')) return 'SQLITE_MISMATCH'
  const number: unknown = Reflect.get(error, 'errcode')
  // The upper bits say more about the same.
  return typeof number === 'number' ? (CODES.get(number & 0xff) ?? `SQLITE_${number & 0xff}`) : undefined
}
