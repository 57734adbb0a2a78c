import type { ConnectionOptions } from 'node:tls'
import { InputError, type InputIssue } from '@cscapi/core'
import { issuesOfSchema, printableUrl } from '@cscapi/signals'
import * as z from 'zod'
import { readAddress } from './connect/address.js'
import { isPool, type PostgresPool } from './connect/pool.js'
import { isSchemaName, SCHEMA_RULE } from './connect/schema-name.js'
import { MIGRATE_MODES, type MigrateMode } from './migrations/migrate.js'

/** Where the server is: an address, or a pool of yours. */
export type PostgresConnection =
  | {
      /**
       * `postgres://user:password@host:5432/database`; several hosts as `a:5432,b:5432`, of which
       * the first that answers (and has the `target_session_attrs`) is taken.
       */
      readonly url: string
      readonly pool?: never
      /**
       * TLS, as `node:tls` takes it; `true` for the defaults. It goes before what the URL says with
       * `sslmode` and the like. Default: what the URL says.
       */
      readonly ssl?: boolean | ConnectionOptions
      /** Connections at most. Default 10. */
      readonly poolSize?: number
      /** Milliseconds to wait for a connection. Default 10,000. */
      readonly connectTimeoutMs?: number
      /** Milliseconds to wait for the answer to one statement. Default 30,000. */
      readonly statementTimeoutMs?: number
    }
  | {
      /**
       * A `Pool` of pg. It stays open when the storage is closed; its timeouts are yours to set.
       */
      readonly pool: PostgresPool
      readonly url?: never
    }

/** Options of {@link PostgresStorage}. */
export type PostgresStorageOptions = PostgresConnection & {
  /** Everything is kept in this schema of the database. Default `cscapi`. */
  readonly schema?: string
  /**
   * `auto` creates and upgrades the schema, `verify` only checks it, `never` does not look. Default
   * `auto`.
   */
  readonly migrate?: MigrateMode
  /**
   * Only look: no schema is made or upgraded, and what writes is refused with `storage_read_only`.
   * A role that may read the tables will do. Default `false`.
   */
  readonly readOnly?: boolean
  /** Added to the server's time, in milliseconds; for tests only. */
  readonly testClockOffsetMs?: () => number
}

const milliseconds = z.number().positive().max(2_147_483_647)

const optionsSchema = z.strictObject({
  url: z.unknown().optional(),
  pool: z.unknown().optional(),
  schema: z.custom<string>((schema) => schema === undefined || isSchemaName(schema), SCHEMA_RULE).optional(),
  migrate: z.enum(MIGRATE_MODES).optional(),
  readOnly: z.boolean('must be true or false').optional(),
  ssl: z.union([z.boolean(), z.looseObject({})], 'must be true, false or an object').optional(),
  poolSize: z.int().min(1).optional(),
  connectTimeoutMs: milliseconds.optional(),
  statementTimeoutMs: milliseconds.optional(),
  testClockOffsetMs: z.custom((offset) => typeof offset === 'function', 'must be a function').optional(),
})

/** What these are for only where the pool is ours. */
const OF_URL = ['ssl', 'poolSize', 'connectTimeoutMs', 'statementTimeoutMs']

/** What pg and other storages call them. */
const ALIASES = new Map([
  ...['connectionString', 'uri', 'dsn', 'host', 'hostname', 'port', 'database', 'user', 'username', 'password'].map(
    (name) => [name, 'url'] as const,
  ),
  ...['max', 'connection_limit'].map((name) => [name, 'poolSize'] as const),
  ...['query_timeout', 'statement_timeout'].map((name) => [name, 'statementTimeoutMs'] as const),
  ...['connectionTimeoutMillis', 'connect_timeout'].map((name) => [name, 'connectTimeoutMs'] as const),
  ...['namespace', 'search_path'].map((name) => [name, 'schema'] as const),
  ['client', 'pool'],
  ['readonly', 'readOnly'],
  ['tls', 'ssl'],
])

/**
 * Checks the options, and gives them without those that are `undefined`. @throws {@link InputError}
 * naming everything that is wrong. A password is never shown.
 */
export function checkOptions(options: PostgresStorageOptions): PostgresStorageOptions {
  const schemaIssues = issuesOfSchema(optionsSchema, options, { aliases: ALIASES, secrets: new Set(['ssl']) }) ?? []
  const isObject = typeof options === 'object' && options !== null
  const issues = [...(isObject ? issuesOfSource({ ...options }) : []), ...schemaIssues]
  if (issues.length > 0) throw new InputError('PostgresStorage was not made', issues)
  const given = { ...options }
  for (const [name, value] of Object.entries(given)) if (value === undefined) Reflect.deleteProperty(given, name)
  return given
}

function issuesOfSource(options: Readonly<Record<string, unknown>>): InputIssue[] {
  const { url, pool } = options
  if ((url === undefined) === (pool === undefined)) {
    const value = url === undefined ? 'none' : 'url, pool'
    return [{ path: 'url', value, rule: 'exactly one of url and pool must be given' }]
  }
  if (url !== undefined)
    return (readAddress(url).broken ?? []).map((rule) => ({ path: 'url', value: printableUrl(url), rule }))
  if (!isPool(pool))
    return [{ path: 'pool', value: '[redacted]', rule: 'must be a Pool of the package pg, not a Client' }]
  const misplaced = OF_URL.filter((name) => options[name] !== undefined).map((path) => ({
    path,
    value: '[redacted]',
    rule: 'must not be given beside pool: it is the pool’s to set',
  }))
  return [...misplaced, ...refusalsOf(pool)]
}

/** Finds what a pool is set to that changes answers. Whatever else it is set to changes nothing. */
function refusalsOf(pool: PostgresPool): InputIssue[] {
  const { binary, client_encoding: encoding }: { binary?: unknown; client_encoding?: unknown } = {
    ...Object(Reflect.get(pool, 'options')),
  }
  const issues: InputIssue[] = []
  const refuse = (name: string, rule: string) =>
    issues.push({ path: `pool.options.${name}`, value: '[redacted]', rule })
  if (binary) refuse('binary', 'must not be set: answers are read as text')
  if (encoding && !/^utf-?8$/i.test(String(encoding))) refuse('client_encoding', 'must be UTF8, or not set')
  return issues
}
