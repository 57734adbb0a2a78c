import { CscapiError, StorageError, type StorageErrorCode } from '@cscapi/core'
import * as z from 'zod'

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

/** For files that the path does not name any more. */
export function movedError(operation: string, path: string): StorageError {
  const message = `${operation} failed on ${path}: the file, or the -wal or -shm file beside it, was removed, renamed or replaced or cut while it was open, and what is written to it would be lost. Put it back if that was a mistake; the next call opens what is there then`
  return sqliteError('storage_unavailable', operation, message)
}

/** The path does not name the files any more that are open. */
export class FilesMoved extends Error {}

/** SQLite said no. `code` is its name for it, e.g. `SQLITE_BUSY` or `SQLITE_IOERR_WRITE`. */
export class SqliteFailure extends Error {
  readonly code: string

  constructor(code: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'SqliteFailure'
    this.code = code
  }
}

/**
 * Whether another connection holds the database, so that the same statement may succeed in a
 * moment.
 */
export function isBusy(error: unknown): boolean {
  return error instanceof SqliteFailure && /^SQLITE_(BUSY|LOCKED)/.test(error.code)
}

interface Rule {
  /** Of the codes of SQLite or of the system that the rule is for. */
  readonly pattern: RegExp
  readonly code: StorageErrorCode
  readonly advice: string
  /** Whether it may help to try again without doing anything. Default: what the code says. */
  readonly retryable?: boolean
}

const RULES: readonly Rule[] = [
  {
    pattern: /^SQLITE_(NOTADB|CORRUPT|MISMATCH)/,
    code: 'storage_corrupt',
    advice: `the file is damaged; ${CORRUPT}`,
  },
  { pattern: /^(SQLITE_FULL|ENOSPC|EDQUOT)/, code: 'storage_unavailable', advice: 'the disk is full' },
  {
    pattern: /^(SQLITE_READONLY|SQLITE_PERM|EACCES|EPERM|EROFS)/,
    code: 'storage_unavailable',
    advice: 'this process may not write the file or its folder; give it the permission',
    retryable: false,
  },
  {
    pattern: /^(ENOENT|ENOTDIR)/,
    code: 'storage_unavailable',
    advice: 'its folder does not exist; make it',
    retryable: false,
  },
  {
    pattern: /^(ENAMETOOLONG|EISDIR|ELOOP)/,
    code: 'storage_unavailable',
    advice: 'no file can have this name; choose another path',
    retryable: false,
  },
  {
    pattern: /^SQLITE_CANTOPEN/,
    code: 'storage_unavailable',
    advice: 'the file cannot be opened; check the path, the permissions and how many files are open',
  },
  { pattern: /^(SQLITE_IOERR|EIO)/, code: 'storage_unavailable', advice: 'the disk failed' },
]

const NOT_AS_WRITTEN: Omit<Rule, 'pattern'> = { code: 'storage_corrupt', advice: `the file is damaged; ${CORRUPT}` }
const MISSING: Omit<Rule, 'pattern'> = {
  code: 'storage_corrupt',
  advice: `a table or column is missing; ${CORRUPT}`,
}

/** What was thrown, as one of our errors; ours stay as they are. */
export function mapError(error: unknown, operation: string, path: string): CscapiError {
  if (error instanceof CscapiError) return error
  if (error instanceof FilesMoved) return movedError(operation, path)
  const driverCode = codeOf(error)
  const rule = ruleFor(error, driverCode)
  if (rule !== undefined) {
    const message = `${operation} failed on ${path}: ${rule.advice}`
    return sqliteError(rule.code, operation, message, driverCode, rule.retryable)
  }
  const detail = error instanceof Error ? error.message.split('\n').at(-1) : String(error)
  return sqliteError('storage_failed', operation, `${operation} failed on ${path}: ${detail}`, driverCode)
}

/** Messages of the system quote the path, and a path decides nothing: its codes do. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof SqliteFailure) return error.code
  const code: unknown = error instanceof Error && 'syscall' in error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}

function ruleFor(error: unknown, code: string | undefined): Omit<Rule, 'pattern'> | undefined {
  if (error instanceof z.ZodError) return NOT_AS_WRITTEN
  if (error instanceof SqliteFailure && /^no such (table|column)/.test(error.message)) return MISSING
  return code === undefined ? undefined : RULES.find(({ pattern }) => pattern.test(code))
}
