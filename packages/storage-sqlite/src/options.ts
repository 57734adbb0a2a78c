import { resolve } from 'node:path'
import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { DRIVER_NAMES, type DriverName } from './drivers/driver.js'

/** Options of the SQLite storage. */
export interface SqliteStorageOptions {
  /**
   * The database file, relative to the working directory of the moment; made with mode 0600 where
   * there is none. Its folder must exist, on a local disk. A name that SQLite or its driver would
   * take for another one is refused: blanks at the end, `file:` before it, `-wal`, `-shm` or
   * `-journal` behind it.
   */
  readonly path: string
  /**
   * How long a call waits while another process holds the file's lock, in milliseconds; 0 or more.
   * Default 30,000.
   */
  readonly busyTimeoutMs?: number
  /**
   * The library that reads and writes the file. Default: the first that this process can load: the
   * SQLite inside Node (24 or newer), `better-sqlite3`, `@photostructure/sqlite`, the SQLite inside
   * Node 22.13 to 23 (for which Node prints a warning). Storages of one process that share a file
   * need the same.
   */
  readonly driver?: DriverName
  /**
   * Only look: no file and no schema is made or upgraded, and what writes is refused with
   * `storage_read_only`. Also for a user who may read the file and not write it. Default `false`.
   */
  readonly readOnly?: boolean
  /** The store's clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

const NAMES = new Map([
  ['file', 'path'],
  ['filename', 'path'],
  ['database', 'path'],
  ['url', 'path'],
  ['timeout', 'busyTimeoutMs'],
  ['readonly', 'readOnly'],
])

/** The options as they are used: whole, but for the choice of a driver. */
export type ReadOptions = Required<Omit<SqliteStorageOptions, 'driver'>> & { readonly driver: DriverName | undefined }

/** What is wrong with a path: nobody may protect one file and open another. */
function ruleOfPath(path: string): string | undefined {
  if (path === '') return 'must name a file'
  // SQLite would take it for a database that ends with the process, and acknowledge what it loses.
  if (path.trim() === ':memory:')
    return 'must name a file; for a store in memory, take MemoryStorage of @cscapi/storage'
  if (/^(file|sqlite3?):/i.test(path)) return 'must be a path and no URL: leave away what stands before the path'
  if (path.includes('\0')) return 'must have no U+0000: a name ends there'
  if (resolve(path).trimEnd() !== resolve(path)) return 'must not end in a blank: the driver would leave it away'
  if (/-(wal|shm|journal)$/i.test(path)) return 'must not end in -wal, -shm or -journal: SQLite names its own files so'
  return undefined
}

const schema = z.strictObject({
  path: z.string('must name a file').superRefine((path, context) => {
    const rule = ruleOfPath(path)
    if (rule !== undefined) context.addIssue(rule)
  }),
  busyTimeoutMs: z
    .custom<number>((ms) => Number.isFinite(ms) && Number(ms) >= 0, 'must be 0 milliseconds or more')
    .default(30_000),
  driver: z.enum(DRIVER_NAMES, `must be one of ${DRIVER_NAMES.join(', ')}`).optional(),
  readOnly: z.boolean('must be true or false').default(false),
  now: z
    .custom<() => number>((now) => typeof now === 'function', 'must be a function that returns epoch milliseconds')
    .default(() => Date.now),
})

/**
 * Checks the options, fills in the defaults and makes the path absolute. @throws InputError naming
 * everything that is wrong.
 */
export function readSqliteOptions(options: SqliteStorageOptions): ReadOptions {
  const read = readOptions('SqliteStorage was not made', schema, options, { aliases: NAMES })
  return { ...read, driver: read.driver, path: resolve(read.path) }
}
