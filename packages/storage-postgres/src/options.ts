import type { ConnectionOptions } from 'node:tls'
import type { Pool } from 'pg'
import type { MigrateMode } from './migrate.js'

/** Where the server is: an address, or a pool of yours. */
export type PostgresConnection =
  | {
      /** `postgres://user:password@host:5432/database`. */
      readonly url: string
      readonly pool?: never
      /** TLS, as `node:tls` takes it; `true` for the defaults. Default: what the URL says. */
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
