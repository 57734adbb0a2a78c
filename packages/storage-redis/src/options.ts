import type { ConnectionOptions } from 'node:tls'
import { InputError, type InputIssue } from '@cscapi/core'
import type { Cluster, Redis } from 'ioredis'

interface CommonOptions {
  /** Begins every key. Storages with different namespaces never meet. Letters, digits, `_`, `.`, `-`; at most 64. Default `cscapi`. */
  readonly namespace?: string
  /** How long one command may take, in milliseconds. A storage call is a few commands. Default 5000. */
  readonly commandTimeoutMs?: number
  /** How long connecting may take, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number
  /**
   * `enqueue` resolves once so many replicas of each master have the signals too (`WAIT`), else it fails with `storage_unavailable`, and repeating it is safe. Other calls on
   * this connection queue up behind the wait, which takes a second at most. Default 0: replicas follow in their own time.
   */
  readonly waitForReplicas?: number
  /** TLS options for `rediss://` URLs, e.g. `{ ca }`. */
  readonly tls?: ConnectionOptions
  /** Use a server whose eviction policy may drop the queue. Default false: `open` refuses it. */
  readonly allowEviction?: boolean
  /** Gets warnings about the server's set-up from `open`. */
  readonly logger?: { warn(message: string): void }
  /** For tests only: milliseconds that the scripts add to the server's time. Asked at each call, stored nowhere. */
  readonly testClockOffsetMs?: () => number
}

/** Exactly one of `url`, `nodes` and `client`. */
export type RedisStorageOptions = CommonOptions &
  (
    | {
        /** One server: `redis://user:password@host:6379/0`, or `rediss://…` for TLS. */
        readonly url: string
      }
    | {
        /** Redis Cluster: URLs of some of its nodes, all with the same user and password. */
        readonly nodes: readonly string[]
      }
    | {
        /** An ioredis client of yours, with what it is set to. It is never closed. */
        readonly client: Redis | Cluster
      }
  )

export const DEFAULT_TIMEOUT_MS = 5_000

function isRedisUrl(url: unknown): boolean {
  return typeof url === 'string' && /^rediss?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')
}

function positive(path: string, value: number | undefined): InputIssue[] {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return []
  return [{ path, value: String(value), rule: 'must be more than 0 milliseconds' }]
}

/** A URL may hold a password, so it is never shown. */
const REDACTED = '[redacted]'

/** @throws {@link InputError} naming everything that is wrong. */
export function checkOptions(options: RedisStorageOptions): void {
  const { namespace = 'cscapi', commandTimeoutMs, connectTimeoutMs } = options
  const issues: InputIssue[] = []
  const given = (['url', 'nodes', 'client'] as const).filter((name) => name in options)
  if (given.length !== 1)
    issues.push({
      path: 'url',
      value: given.join(', ') || 'none',
      rule: 'exactly one of url, nodes and client must be given',
    })
  if ('url' in options && !isRedisUrl(options.url))
    issues.push({ path: 'url', value: REDACTED, rule: 'must be a redis:// or rediss:// URL' })
  if ('nodes' in options) {
    if (options.nodes.length === 0) issues.push({ path: 'nodes', value: '[]', rule: 'must name at least one node' })
    options.nodes.forEach((node, index) => {
      if (!isRedisUrl(node))
        issues.push({ path: `nodes[${index}]`, value: REDACTED, rule: 'must be a redis:// or rediss:// URL' })
    })
  }
  if (!/^[\w.-]{1,64}$/.test(namespace))
    issues.push({
      path: 'namespace',
      value: namespace.slice(0, 200),
      rule: 'must be 1 to 64 of letters, digits, "_", "." and "-"',
    })
  const { waitForReplicas = 0 } = options
  if (!Number.isSafeInteger(waitForReplicas) || waitForReplicas < 0) {
    issues.push({ path: 'waitForReplicas', value: String(waitForReplicas), rule: 'must be a whole number, 0 or more' })
  }
  issues.push(...positive('commandTimeoutMs', commandTimeoutMs), ...positive('connectTimeoutMs', connectTimeoutMs))
  if (issues.length > 0) throw new InputError('RedisStorage was not made', issues)
}
