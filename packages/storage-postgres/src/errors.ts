import { type CscapiError, isCscapiError, StorageError, type StorageErrorCode } from '@cscapi/core'

/** Builds an error of this adapter. */
export function postgresError(
  code: StorageErrorCode,
  operation: string,
  message: string,
  driverCode?: string,
  cause?: Error,
  retryable?: boolean,
): StorageError {
  const options = { cause, ...(retryable !== undefined && { retryable }) }
  return new StorageError(code, message, { adapter: 'postgres', operation, driverCode }, options)
}

/** Tells a deadlock or a serialization failure: the same transaction may succeed at once. */
export function isConflict(error: unknown): boolean {
  return ['40P01', '40001'].includes(codeOf(error) ?? '')
}

/** `retryable` says otherwise than the code does, where nothing but a person can help. */
const RULES: readonly [pattern: RegExp, code: StorageErrorCode, advice: string, retryable?: boolean][] = [
  [/^(28P01|28000)$/, 'storage_unavailable', 'the server refuses user or password', false],
  [/^3D000$/, 'storage_unavailable', 'the database does not exist: make it, or correct the name in the URL', false],
  [/^42501$/, 'storage_unavailable', 'the role lacks a right; see migrationSql() and the README', false],
  [
    /^(25006|57P0\d)$/,
    'storage_unavailable',
    'the server is read-only, starting or shutting down; a URL of several hosts finds another one with target_session_attrs=read-write',
  ],
  [/^25P0[34]$/, 'storage_unavailable', 'the server heard nothing of this host in the middle of it'],
  [/after calling end on the pool/, 'storage_unavailable', 'the pool was ended: hand in another one', false],
  [/^53/, 'storage_unavailable', 'the server has no room (disk, memory or connections)'],
  [/^(57014|55P03|40P01|40001)$/, 'storage_busy', 'it took too long or lost against other transactions'],
  [
    /^(42P01|3F000|42883)$/,
    'storage_schema_missing',
    'the schema is not there: open with migrate "auto", or run migrationSql()',
  ],
  [/CERT|SELF_SIGNED|_TLS_|^UNABLE_TO_|SSL/, 'storage_unavailable', 'no trusted TLS connection; see the option ssl'],
  [
    /^08|^E[A-Z_]+$|timeout|timed out|terminated|Connection|closed|reach database/i,
    'storage_unavailable',
    'the server cannot be reached',
  ],
]

/**
 * Turns what the driver threw into one of our errors; ours stay as they are. The driver hangs
 * settings, hosts and statements on its errors: only its words and its code go on, and no secret in
 * the words.
 */
export function mapError(error: unknown, operation: string, secrets: readonly string[] = []): CscapiError {
  if (isCscapiError(error)) return error
  const driverCode = codeOf(error)
  // Prisma puts the place in our source code first, and the cause into the last line.
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  const text = secrets.reduce((line, secret) => line.replaceAll(secret, '[redacted]'), lines.at(-1) ?? '').slice(0, 500)
  const cause = Object.assign(new Error(text), driverCode === undefined ? {} : { code: driverCode })
  const words = driverCode === undefined || text.includes(driverCode) ? text : `${driverCode}: ${text}`
  for (const [pattern, code, advice, retryable] of RULES) {
    if (pattern.test(driverCode ?? text))
      return postgresError(code, operation, `${operation} failed: ${advice} (${words})`, driverCode, cause, retryable)
  }
  return postgresError('storage_failed', operation, `${operation} failed: ${text}`, driverCode, cause)
}

/** Tells a failure after which the same call may succeed later. */
export function isPassing(error: unknown): boolean {
  return mapError(error, '').retryable
}

/** Finds SQLSTATE or the system's code, wherever the driver or Prisma has put it. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const code: unknown = Reflect.get(at, 'originalCode') ?? Reflect.get(at, 'code')
    if (typeof code === 'string' && !/^P\d{4}$/.test(code)) return code
    at = Reflect.get(at, 'cause') ?? Reflect.get(at, 'meta') ?? Reflect.get(at, 'driverAdapterError')
  }
  return undefined
}
