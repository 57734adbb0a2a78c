import type { Problem } from './answer.js'

/**
 * The calls CAPI has, and the two kinds of links its stream hands out. `unknown` is any other path
 * or method.
 */
export const ROUTE_NAMES = [
  'register',
  'login',
  'reset-password',
  'enroll',
  'signals',
  'decisions',
  'decisions-delete',
  'decisions-sync',
  'metrics',
  'usage-metrics',
  'blocklist',
  'allowlist',
  'preflight',
  'unknown',
] as const

/** The routes of CAPI's. */
export type RouteName = (typeof ROUTE_NAMES)[number]

/**
 * A request as the server saw it. It holds secrets (passwords, tokens, attachment keys): never
 * print it whole.
 */
export interface RecordedRequest {
  /** 1 for the first request since the start or the last `reset()`. */
  readonly number: number
  /** Which route of CAPI's it met. */
  readonly route: RouteName
  /** The HTTP method. */
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The decoded JSON; text that is no JSON as a string; `undefined` without a body. */
  readonly body: unknown
  /** Length of the body in bytes, before and after gzip was undone. */
  readonly wireBytes: number
  /** Length of the body as it came. */
  readonly bodyBytes: number
  /** Whose token it carried, or which id it registers or logs in, also when it was refused. */
  readonly machineId: string | undefined
  /** Who connected; `undefined` in the same process. */
  readonly remoteAddress: string
  /** Arrival, in epoch milliseconds of the emulator's clock. */
  readonly at: number
  /**
   * `undefined` while it is under way, and for good when the connection was lost or the caller gave
   * up.
   */
  readonly status: number | undefined
  /**
   * Which fault was applied: its `kind`, its `status`, or `'altered'` when the normal answer was
   * delayed or changed.
   */
  readonly fault: string | undefined
  /** What a 400 complained of, with the place in the body: `/3/source/value`. */
  readonly problems: readonly Problem[]
}

/** The emulator's own view: it fills in the end of the story. @internal */
export type OpenRequest = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] }
