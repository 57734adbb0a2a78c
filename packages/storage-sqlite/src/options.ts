import { InputError, type InputIssue } from '@cscapi/core'

/** Options of the SQLite storage. */
export interface SqliteStorageOptions {
  /** The database file; made with mode 0600 where there is none. Its folder must exist, on a local disk. */
  readonly path: string
  /** How long a call waits while another process holds the file's lock, in milliseconds; 0 or more. Default 30,000. */
  readonly busyTimeoutMs?: number
  /** The store's clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** @throws InputError naming everything that is wrong. */
export function checkOptions({ path, busyTimeoutMs = 0, now = Date.now }: SqliteStorageOptions): void {
  const issues: InputIssue[] = []
  const refuse = (name: string, value: unknown, rule: string) => {
    issues.push({ path: name, value: String(value).slice(0, 200), rule })
  }
  if (typeof path !== 'string' || path === '') refuse('path', path, 'must name a file')
  // SQLite would take it for a database that ends with the process, and acknowledge what it loses.
  else if (path === ':memory:')
    refuse('path', path, 'must name a file; for a store in memory, take MemoryStorage of @cscapi/storage')
  if (!Number.isFinite(busyTimeoutMs) || busyTimeoutMs < 0)
    refuse('busyTimeoutMs', busyTimeoutMs, 'must be 0 milliseconds or more')
  if (typeof now !== 'function') refuse('now', now, 'must be a function that returns epoch milliseconds')
  if (issues.length > 0) throw new InputError('SqliteStorage was not made', issues)
}
