import type { ConnectionOptions } from 'node:tls'
import { InputError, type InputIssue } from '@cscapi/core'
import type { Pool } from 'pg'
import { MIGRATE_MODES, type MigrateMode } from './migrate.js'
import { isSchemaName, SCHEMA_RULE } from './schema-name.js'

/** Where the server is: an address, or a pool of yours. */
export type PostgresConnection =
  | {
      /** `postgres://user:password@host:5432/database`. */
      readonly url: string
      readonly pool?: never
      /** TLS, as `node:tls` takes it; `true` for the defaults. It goes before what the URL says with `sslmode` and the like. Default: what the URL says. */
      readonly ssl?: boolean | ConnectionOptions
      /** Connections at most. Default 10. */
      readonly poolSize?: number
      /** Milliseconds to wait for a connection. Default 10,000. */
      readonly connectTimeoutMs?: number
      /** Milliseconds to wait for the answer to one statement. Default 30,000. */
      readonly statementTimeoutMs?: number
    }
  | {
      /** Stays open when the storage is closed; its timeouts are yours to set. */
      readonly pool: Pool
      readonly url?: never
    }

/** Options of {@link PostgresStorage}. */
export type PostgresStorageOptions = PostgresConnection & {
  /** Everything is kept in this schema of the database. Default `cscapi`. */
  readonly schema?: string
  /** `auto` creates and upgrades the schema, `verify` only checks it, `never` does not look. Default `auto`. */
  readonly migrate?: MigrateMode
  /** Added to the server's time, in milliseconds; for tests only. */
  readonly testClockOffsetMs?: () => number
}

/** @throws {@link InputError} naming everything that is wrong. The URL may hold a password and is never shown. */
export function checkOptions(options: PostgresStorageOptions): void {
  const { url, pool, schema = 'cscapi', migrate = 'auto' } = options
  const issues: InputIssue[] = []
  const unless = (isGood: boolean, path: string, value: string, rule: string) => {
    if (!isGood) issues.push({ path, value, rule })
  }
  const isOne = (url === undefined) !== (pool === undefined)
  unless(isOne, 'url', url === undefined ? 'none' : 'url, pool', 'exactly one of url and pool must be given')
  unless(url === undefined || isPostgresUrl(url), 'url', '[redacted]', 'must be a postgres:// URL')
  unless(isSchemaName(schema), 'schema', String(schema).slice(0, 200), SCHEMA_RULE)
  unless(MIGRATE_MODES.includes(migrate), 'migrate', String(migrate), `must be one of ${MIGRATE_MODES.join(', ')}`)
  if (options.url !== undefined) {
    const { poolSize = 1, connectTimeoutMs = 1, statementTimeoutMs = 1 } = options
    const isSize = Number.isSafeInteger(poolSize) && poolSize > 0
    unless(isSize, 'poolSize', String(poolSize), 'must be a whole number above 0')
    for (const [path, ms] of Object.entries({ connectTimeoutMs, statementTimeoutMs }))
      unless(Number.isFinite(ms) && ms > 0, path, String(ms), 'must be more than 0 milliseconds')
  }
  if (issues.length > 0) throw new InputError('PostgresStorage was not made', issues)
}

function isPostgresUrl(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)
}
