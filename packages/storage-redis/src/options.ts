import type { ConnectionOptions } from 'node:tls'
import { InputError } from '@cscapi/core'
import { issuesOfSchema } from '@cscapi/signals'
import type { Cluster, Redis } from 'ioredis'
import * as z from 'zod'
import { issuesOfSource } from './connect/source-issues.js'

interface CommonOptions {
  /**
   * Begins every key. Storages with different namespaces never meet. Letters, digits, `_`, `.`,
   * `-`; at most 64. Default `cscapi`.
   */
  readonly namespace?: string
  /**
   * How long one command may take, in milliseconds. A storage call is a few commands. Default 5000.
   */
  readonly commandTimeoutMs?: number
  /** How long connecting may take, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number
  /**
   * `enqueue` resolves once so many replicas of each master have the signals too (`WAIT`), else it
   * fails with `storage_unavailable`, and repeating it is safe. Other calls on this connection
   * queue up behind the wait, which takes a second at most. Default 0: replicas follow in their own
   * time.
   */
  readonly waitForReplicas?: number
  /** TLS options for `rediss://` URLs, e.g. `{ ca }`. */
  readonly tls?: ConnectionOptions
  /**
   * Use a server whose eviction policy may drop the queue. Default false: `open` refuses it, and so
   * does `enqueue` when it is switched on later.
   */
  readonly allowEviction?: boolean
  /**
   * Only look: an empty store stays empty, and what writes is refused with `storage_read_only`.
   * Default false.
   */
  readonly readOnly?: boolean
  /** Gets warnings about the server's set-up, from `open` and when it changes. */
  readonly logger?: { warn(message: string): void }
  /**
   * For tests only: milliseconds that the scripts add to the server's time. Asked at each call,
   * stored nowhere.
   */
  readonly testClockOffsetMs?: () => number
}

/** Exactly one of `url`, `nodes` and `client`. */
export type RedisStorageOptions = CommonOptions &
  (
    | {
        /**
         * One server: `redis://user:password@host:6379/0`, `rediss://…` for TLS,
         * `unix:///run/redis.sock?db=0`; `valkey://` and `valkeys://` are the same.
         */
        readonly url: string
      }
    | {
        /**
         * Redis Cluster: URLs of some of its nodes, all with the same scheme, user and password.
         */
        readonly nodes: readonly string[]
      }
    | {
        /** An ioredis client of yours, with what it is set to. It is never closed. */
        readonly client: Redis | Cluster
      }
  )

export const DEFAULT_TIMEOUT_MS = 5_000

const milliseconds = z.number().positive().max(2_147_483_647)

const optionsSchema = z.strictObject({
  url: z.unknown().optional(),
  nodes: z.unknown().optional(),
  client: z.unknown().optional(),
  namespace: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 of letters, digits, "_", "." and "-"')
    .optional(),
  waitForReplicas: z.int().min(0).optional(),
  commandTimeoutMs: milliseconds.optional(),
  connectTimeoutMs: milliseconds.optional(),
  tls: z.looseObject({}).optional(),
  allowEviction: z.boolean().optional(),
  readOnly: z.boolean('must be true or false').optional(),
  logger: z
    .custom<CommonOptions['logger']>((logger) => typeof Object(logger).warn === 'function', 'must have a function warn')
    .optional(),
  testClockOffsetMs: z.custom((offset) => typeof offset === 'function', 'must be a function').optional(),
})

/** What ioredis and other storages call them. */
const ALIASES = new Map([
  ...['uri', 'host', 'hostname', 'port', 'path', 'db', 'database', 'user', 'username', 'password'].map(
    (name) => [name, 'url'] as const,
  ),
  ...['connectionString', 'dsn', 'socket'].map((name) => [name, 'url'] as const),
  ...['cluster', 'startupNodes', 'rootNodes', 'urls'].map((name) => [name, 'nodes'] as const),
  ...['redis', 'sentinels', 'redisOptions', 'connection', 'pool'].map((name) => [name, 'client'] as const),
  ...['keyPrefix', 'prefix', 'schema'].map((name) => [name, 'namespace'] as const),
  ['commandTimeout', 'commandTimeoutMs'],
  ['connectTimeout', 'connectTimeoutMs'],
  ['ssl', 'tls'],
])

/**
 * Checks the options, and gives them without those that are `undefined`. @throws {@link InputError}
 * naming everything that is wrong.
 */
export function checkOptions(options: RedisStorageOptions): RedisStorageOptions {
  const issues = [
    ...(typeof options === 'object' && options !== null ? issuesOfSource({ ...options }) : []),
    ...(issuesOfSchema(optionsSchema, options, { aliases: ALIASES, secrets: new Set(['tls']) }) ?? []),
  ]
  if (issues.length > 0) throw new InputError('RedisStorage was not made', issues)
  const given = { ...options }
  for (const [name, value] of Object.entries(given)) if (value === undefined) Reflect.deleteProperty(given, name)
  return given
}
