import { CscapiError, StorageError, type StorageErrorCode } from '@cscapi/core'

const ADAPTER = 'sqlite'

/**
 * Builds an error of this adapter. `retryable` says otherwise than the code does, e.g. where
 * nothing but a person can help.
 */
export function sqliteError(
  code: StorageErrorCode,
  operation: string,
  message: string,
  driverCode?: string,
  retryable?: boolean,
): StorageError {
  const options = retryable === undefined ? {} : { retryable }
  return new StorageError(code, message, { adapter: ADAPTER, operation, driverCode }, options)
}

const CORRUPT = 'restore a copy or choose another path'

/** For a file that is something else. */
export function corruptError(path: string, why: string): StorageError {
  return sqliteError('storage_corrupt', 'open', `open failed on ${path}: ${why}; ${CORRUPT}`, 'SQLITE_NOTADB')
}

/** For an operation on files that the path does not name any more. */
export function movedError(operation: string, path: string): StorageError {
  const message = `${operation} failed on ${path}: the file, or the -wal or -shm file beside it, was removed, renamed or replaced or cut while it was open, and what is written to it would be lost. Put it back if that was a mistake; the next call opens what is there then`
  return sqliteError('storage_unavailable', operation, message)
}

/** SQLite's own words, wherever Prisma has put them. */
function driverTextOf(error: unknown): string {
  const texts: string[] = []
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 5; depth += 1) {
    if (typeof at !== 'object') break
    // The system's own errors quote the path in their message, and a path decides nothing.
    if ('syscall' in at) return [...texts, Reflect.get(at, 'code')].join(' ')
    for (const key of ['name', 'code', 'originalCode', 'originalMessage', 'message', 'kind'] as const) {
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

/**
 * Whether another connection holds the database, so that the same statement may succeed in a
 * moment.
 */
export function isBusy(error: unknown): boolean {
  return /SQLITE_BUSY|SQLITE_LOCKED|SocketTimeout|database is locked|P1008/.test(driverTextOf(error))
}

interface Rule {
  readonly pattern: RegExp
  readonly code: StorageErrorCode
  readonly advice: string
  /** Whether it may help to try again without doing anything. Default: what the code says. */
  readonly retryable?: boolean
}

const RULES: readonly Rule[] = [
  {
    pattern: /SQLITE_NOTADB|SQLITE_CORRUPT|not a database|malformed|P2023|Inconsistent column data|ZodError/,
    code: 'storage_corrupt',
    advice: `the file is damaged; ${CORRUPT}`,
  },
  {
    pattern: /no such (table|column)|TableDoesNotExist|ColumnNotFound|P202[12]/,
    code: 'storage_corrupt',
    advice: `a table or column is missing; ${CORRUPT}`,
  },
  { pattern: /SQLITE_FULL|disk is full|ENOSPC|EDQUOT/, code: 'storage_unavailable', advice: 'the disk is full' },
  {
    pattern: /SQLITE_READONLY|readonly database|EACCES|EPERM|EROFS/,
    code: 'storage_unavailable',
    advice: 'this process may not write the file or its folder; give it the permission',
    retryable: false,
  },
  {
    pattern: /ENOENT|ENOTDIR|directory does not exist/,
    code: 'storage_unavailable',
    advice: 'its folder does not exist; make it',
    retryable: false,
  },
  {
    pattern: /ENAMETOOLONG|EISDIR|ELOOP/,
    code: 'storage_unavailable',
    advice: 'no file can have this name; choose another path',
    retryable: false,
  },
  {
    pattern: /SQLITE_CANTOPEN|unable to open/,
    code: 'storage_unavailable',
    advice: 'the file cannot be opened; check the path, the permissions and how many files are open',
  },
  { pattern: /SQLITE_IOERR|disk I\/O|EIO/, code: 'storage_unavailable', advice: 'the disk failed' },
  {
    pattern: /bindings file|Cannot find module|NODE_MODULE_VERSION|ERR_DLOPEN_FAILED|better_sqlite3\.node/,
    code: 'storage_unavailable',
    advice:
      'better-sqlite3 is installed without its native module; allow its build script (pnpm approve-builds) or reinstall it for this version of Node',
    retryable: false,
  },
]

/** What the driver threw, as one of our errors; ours stay as they are. */
export function mapError(error: unknown, operation: string, path: string): CscapiError {
  if (error instanceof CscapiError) return error
  const text = driverTextOf(error)
  const driverCode = /SQLITE_[A-Z_]+|\bE[A-Z]{3,}\b|\bP\d{4}\b/.exec(text)?.[0]
  const rule = RULES.find(({ pattern }) => pattern.test(text))
  if (rule !== undefined) {
    const message = `${operation} failed on ${path}: ${rule.advice}`
    return sqliteError(rule.code, operation, message, driverCode, rule.retryable)
  }
  const detail = error instanceof Error ? error.message.split('\n').at(-1) : String(error)
  return sqliteError('storage_failed', operation, `${operation} failed on ${path}: ${detail}`, driverCode)
}
