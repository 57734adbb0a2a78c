import { CscapiError, StorageError, type StorageErrorCode } from '@cscapi/core'

const ADAPTER = 'sqlite'

/** Builds an error of this adapter. */
export function sqliteError(
  code: StorageErrorCode,
  operation: string,
  message: string,
  driverCode?: string,
): StorageError {
  return new StorageError(code, message, { adapter: ADAPTER, operation, driverCode })
}

const CORRUPT = 'the file is not a usable SQLite database; restore a copy or choose another path'

/** For a file that is something else. */
export function corruptError(path: string): StorageError {
  return sqliteError('storage_corrupt', 'open', `open failed on ${path}: ${CORRUPT}`, 'SQLITE_NOTADB')
}

/** SQLite's own words, wherever Prisma has put them. */
function driverTextOf(error: unknown): string {
  const texts: string[] = []
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 5; depth += 1) {
    if (typeof at !== 'object') break
    for (const key of ['code', 'originalCode', 'originalMessage', 'message', 'kind'] as const) {
      const value: unknown = key in at ? Reflect.get(at, key) : undefined
      if (typeof value === 'string') texts.push(value)
    }
    const meta: unknown = Reflect.get(at, 'meta')
    const adapterError: unknown =
      typeof meta === 'object' && meta !== null ? Reflect.get(meta, 'driverAdapterError') : undefined
    at = adapterError ?? Reflect.get(at, 'cause')
  }
  return texts.join(' ')
}

/** Whether another connection holds the database, so that the same statement may succeed in a moment. */
export function isBusy(error: unknown): boolean {
  return /SQLITE_BUSY|SQLITE_LOCKED|SocketTimeout|database is locked|P1008/.test(driverTextOf(error))
}

const RULES: readonly [pattern: RegExp, code: StorageErrorCode, advice: string][] = [
  [/SQLITE_NOTADB|SQLITE_CORRUPT|not a database|malformed/, 'storage_corrupt', CORRUPT],
  [/SQLITE_FULL|disk is full/, 'storage_unavailable', 'the disk is full'],
  [
    /SQLITE_READONLY|readonly database/,
    'storage_unavailable',
    'the file or its folder cannot be written; check the permissions',
  ],
  [
    /SQLITE_CANTOPEN|unable to open|ENOENT|EACCES|EISDIR|EROFS|directory does not exist/,
    'storage_unavailable',
    'the file cannot be opened; check the path and the permissions',
  ],
  [/SQLITE_IOERR|disk I\/O/, 'storage_unavailable', 'the disk failed'],
  [
    /bindings file|Cannot find module|NODE_MODULE_VERSION|ERR_DLOPEN_FAILED|better_sqlite3\.node/,
    'storage_unavailable',
    'better-sqlite3 is installed without its native module; allow its build script (pnpm approve-builds) or reinstall it for this version of Node',
  ],
]

/** What the driver threw, as one of our errors; ours stay as they are. */
export function mapError(error: unknown, operation: string, path: string): CscapiError {
  if (error instanceof CscapiError) return error
  const text = driverTextOf(error)
  const driverCode = /SQLITE_[A-Z_]+|E[A-Z]{4,}|P\d{4}/.exec(text)?.[0]
  for (const [pattern, code, advice] of RULES) {
    if (pattern.test(text)) return sqliteError(code, operation, `${operation} failed on ${path}: ${advice}`, driverCode)
  }
  const detail = error instanceof Error ? error.message.split('\n').at(-1) : String(error)
  return sqliteError('storage_failed', operation, `${operation} failed on ${path}: ${detail}`, driverCode)
}
