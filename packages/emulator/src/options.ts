import * as z from 'zod'
import {
  allowlistsSeedSchema,
  blocklistsSeedSchema,
  decisionsSeedSchema,
  type SeedAllowlist,
  type SeedBlocklist,
  type SeedDecision,
} from './decisions/seeds.js'
import type { BanRule } from './machines/login-ban.js'
import type { RecordSignals } from './requests/received-signals.js'
import type { RecordRequests } from './requests/record.js'
import type { RecordedRequest } from './requests/recorded-request.js'

/** Options of {@link createEmulator}. */
export interface EmulatorOptions {
  /**
   * Enforces the request models of the CAPI v3 swagger; the real server answers 200 to most of what
   * breaks them. @defaultValue false
   */
  readonly strict?: boolean
  /**
   * Epoch milliseconds; decides about tokens, bans and `at` of the record. @defaultValue `Date.now`
   */
  readonly now?: () => number
  /** How delays wait; must reject once the signal fires. @defaultValue a timer */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /**
   * Lifetime of a token, in milliseconds; JWTs count in seconds, so it is rounded up to whole ones.
   * @defaultValue 3600000 (1 hour)
   */
  readonly tokenLifetimeMs?: number
  /**
   * Every answer is held back this long, in milliseconds; the work is done at arrival.
   * @defaultValue 0
   */
  readonly latencyMs?: number
  /**
   * What registering a known id is answered, `User already registered.` each time: all three were
   * seen. @defaultValue `'error-500'`
   */
  readonly existingMachine?: 'error-500' | 'conflict-409' | 'forbidden-403'
  /**
   * Machines whose logins are answered 403 with `machine is blocked`, whatever the password.
   * @defaultValue none
   */
  readonly blockedMachines?: readonly string[]
  /**
   * Whether a login needs an id of exactly 48 characters, as on CAPI; strict mode always does.
   * @defaultValue true
   */
  readonly requireMachineIdLength?: boolean
  /** Shortest password that registers, in characters. @defaultValue 8 */
  readonly minPasswordLength?: number
  /**
   * The first login of an unknown machine registers it with that password: an emulator that was
   * restarted knows its clients again. @defaultValue false
   */
  readonly acceptUnknownMachines?: boolean
  /** Machines that are registered from the start: id → password. */
  readonly machines?: Readonly<Record<string, string>>
  /** Attachment keys that enroll. @defaultValue every alphanumeric one */
  readonly attachmentKeys?: readonly string[]
  /**
   * What the 403 for a key that does not enroll says; CAPI says `invalid enrollment key` too.
   * @defaultValue `'the attachment key provided is not valid'`
   */
  readonly refusedKeyMessage?: string
  /** Status of a new enrolment; an existing one is always 200. @defaultValue 202 */
  readonly enrollStatus?: 200 | 201 | 202
  /**
   * Whether tokens issued after an enrolment carry `organization_id` and `subscription_type`; the
   * Go engine then polls PAPI, which is not emulated. @defaultValue false
   */
  readonly enrolmentClaims?: boolean
  /** The community blocklist: a list, or how many to generate. @defaultValue none */
  readonly decisions?: number | readonly SeedDecision[] | undefined
  /**
   * Whether an answer of the stream holds only what changed since the last one to this machine. Its
   * first answer, and one to a request with `startup=true`, holds everything. @defaultValue false:
   * every answer holds everything
   */
  readonly decisionDeltas?: boolean
  /** Blocklists that the stream links to. Default: none. */
  readonly blocklists?: readonly SeedBlocklist[] | undefined
  /** Allowlists that the stream links to. Default: none. */
  readonly allowlists?: readonly SeedAllowlist[] | undefined
  /** Bans an address that logs in too often; `{}` takes CAPI's own numbers. @defaultValue off */
  readonly ban?: BanRule
  /**
   * Longest request body in bytes, before and after gzip is undone; above, 413. @defaultValue
   * 10485760 (10 MiB)
   */
  readonly maxBodyBytes?: number
  /** Seed of generated decisions and of fault probabilities, a whole number. @defaultValue 1 */
  readonly seed?: number
  /**
   * Which requests are kept whole: all, none (`'summary'`), or the last so many. Counts are exact
   * in any case. @defaultValue `'all'`
   */
  readonly recordRequests?: RecordRequests
  /** Whether signals are kept whole, by uuid only, or merely counted. @defaultValue `'all'` */
  readonly recordSignals?: RecordSignals
  /** Called when a request has got its answer, or none at all (`status` is `undefined`). */
  readonly onRequest?: (request: RecordedRequest) => void
}

const callable = z.custom<(...input: never[]) => unknown>((value) => typeof value === 'function', 'must be a function')
const TEN_YEARS_MS = 315_360_000_000
/** A timer of Node's waits no longer. */
const LONGEST_WAIT_MS = 2 ** 31 - 1
const duration = z.number().positive().max(TEN_YEARS_MS)
const count = z.int().nonnegative().max(1_000_000_000)
const machineId = z.string().regex(/^[a-zA-Z0-9]+$/, 'must be alphanumeric')

/** Below these an option holds passwords and keys. */
export const SECRETS: ReadonlySet<string> = new Set(['machines', 'attachmentKeys'])

export const optionsSchema = z.strictObject({
  strict: z.boolean().optional(),
  now: callable.optional(),
  sleep: callable.optional(),
  tokenLifetimeMs: duration.optional(),
  latencyMs: z.number().nonnegative().max(LONGEST_WAIT_MS).optional(),
  existingMachine: z.enum(['error-500', 'conflict-409', 'forbidden-403']).optional(),
  blockedMachines: z.array(machineId).optional(),
  requireMachineIdLength: z.boolean().optional(),
  minPasswordLength: z.int().nonnegative().max(10_000).optional(),
  acceptUnknownMachines: z.boolean().optional(),
  machines: z.record(machineId, z.string()).optional(),
  attachmentKeys: z.array(z.string()).optional(),
  refusedKeyMessage: z.string().optional(),
  enrollStatus: z.union([z.literal(200), z.literal(201), z.literal(202)]).optional(),
  enrolmentClaims: z.boolean().optional(),
  decisions: decisionsSeedSchema.optional(),
  decisionDeltas: z.boolean().optional(),
  blocklists: blocklistsSeedSchema.optional(),
  allowlists: allowlistsSeedSchema.optional(),
  ban: z
    .strictObject({
      maxLogins: count.optional(),
      windowMs: duration.optional(),
      banMs: duration.optional(),
    })
    .optional(),
  maxBodyBytes: z.int().positive().max(268_435_456).optional(),
  seed: z.int().optional(),
  recordRequests: z.union([z.enum(['all', 'summary']), count]).optional(),
  recordSignals: z.enum(['all', 'uuids', 'none']).optional(),
  onRequest: callable.optional(),
})
