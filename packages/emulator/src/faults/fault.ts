import * as z from 'zod'
import { type RecordedRequest, ROUTE_NAMES, type RouteName } from '../requests/recorded-request.js'

/** What goes wrong; the README has a table of what each one looks like to a client. */
export const FAULT_KINDS = [
  'reset',
  'reset-after',
  'cut',
  'hang',
  'truncated',
  'drip',
  'html',
  'unauthorized',
  'expired-token',
  'ban',
  'bad-credentials',
  'bad-attachment-key',
  'machine-blocked',
  'already-registered',
  'too-large',
  'rate-limit',
  'server-error',
  'unavailable',
] as const

/** Everything that can be made to go wrong. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/**
 * One fault: which calls it hits, and what they get instead of (or on top of) the normal answer.
 * With nothing but a matcher and `delayMs`, `headers` or `body`, the normal answer is delayed or
 * altered; with a `kind` or a `status`, it is replaced.
 */
export interface Fault {
  /** Which calls. @defaultValue `'*'`, every one */
  readonly route?: RouteName | '*' | readonly RouteName[]
  /** Only calls of this machine (by token, or by the id in a register or login body). */
  readonly machineId?: string
  /** Only calls for which this answers true. */
  readonly when?: (request: RecordedRequest) => boolean

  /** What goes wrong. */
  readonly kind?: FaultKind
  /** HTTP status, 200 to 599; wins over the kind's own. */
  readonly status?: number
  /** Body: text is sent as it is, anything else as JSON; wins over the kind's own. */
  readonly body?: unknown
  /** Added to the answer's headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** `Retry-After`: whole seconds, or a text such as an HTTP date. */
  readonly retryAfter?: number | string
  /**
   * How long the answer is held back, in milliseconds, after the option `latencyMs`. For `drip`:
   * the wait between two pieces. @defaultValue 0, for `drip` 10
   */
  readonly delayMs?: number
  /** Size of a piece in bytes, for `drip`. @defaultValue 4 */
  readonly pieceBytes?: number
  /**
   * Whether the server does its work before things go wrong (signals are taken, machines
   * registered). @defaultValue true for `reset-after`, `cut`, `truncated`, `drip` and faults
   * without kind and status; else false
   */
  readonly processed?: boolean

  /** How many calls it hits; `Infinity` for all until it is removed. @defaultValue 1 */
  readonly times?: number
  /** How many matching calls pass unharmed first. @defaultValue 0 */
  readonly skip?: number
  /**
   * Hits only each n-th matching call (after `skip`): 2 is the second, the fourth, … @defaultValue
   * 1
   */
  readonly every?: number
  /**
   * Chance of hitting a matching call, from 0 to 1, from the emulator's seeded generator.
   * @defaultValue 1
   */
  readonly probability?: number
}

/** An injected fault under observation. */
export interface FaultHandle {
  /** Calls that matched, hit or not. */
  readonly matched: number
  /** Calls that were hit. */
  readonly hits: number
  /** Calls it will still hit. */
  readonly remaining: number
  /** Ends it. */
  remove(): void
}

const positive = z.int().positive()
const duration = z
  .number()
  .nonnegative()
  .max(2 ** 31 - 1)
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be what a header can hold')
const headerName = z.string().regex(/^[!#$%&'*+.^`|~\w-]+$/, 'must be the name of a header')

function isSendable(body: unknown): boolean {
  try {
    return body === undefined || JSON.stringify(body) !== undefined
  } catch {
    return false
  }
}

export const faultSchema = z.strictObject({
  route: z.union([z.literal('*'), z.enum(ROUTE_NAMES), z.array(z.enum(ROUTE_NAMES)).min(1)]).optional(),
  machineId: z.string().optional(),
  when: z
    .custom<Fault['when']>((value) => value === undefined || typeof value === 'function', 'must be a function')
    .optional(),
  kind: z.enum(FAULT_KINDS).optional(),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().refine(isSendable, 'must be text, or what JSON can hold').optional(),
  headers: z.record(headerName, headerValue).optional(),
  retryAfter: z.union([z.number().nonnegative(), headerValue]).optional(),
  delayMs: duration.optional(),
  pieceBytes: positive.optional(),
  processed: z.boolean().optional(),
  times: z.union([positive, z.literal(Number.POSITIVE_INFINITY)]).optional(),
  skip: z.int().nonnegative().optional(),
  every: positive.optional(),
  probability: z.number().min(0).max(1).optional(),
})
