import {
  type Clock,
  connectionIssues,
  type Environment,
  functionSchema,
  InputError,
  type LoginBudgetOptions,
  loginBudgetSchema,
  methodsSchema,
  milliseconds,
  SECRET_OPTIONS,
  Secret,
  type TransportOptions,
  tlsSettings,
} from '@cscapi/core'
import type { DecisionSetOptions } from '@cscapi/decisions'
import { CLIENT_NAMES, issuesOfSchema, scenarioRule } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import * as z from 'zod'
import { type IntakeOptions, intakeSettings, type ResolvedIntakeOptions } from './intake/intake-options.js'
import { systemClock } from './lifecycle/system-clock.js'
import type { Logger } from './observing/logger.js'
import { type EncryptionOption, encryptionIssues, resolveEncryption } from './secrets/encryption-option.js'
import type { SealOptions } from './secrets/sealed-storage.js'

/** Options of {@link CapiClient}. All times are milliseconds. */
export interface CapiClientOptions extends IntakeOptions, TransportOptions {
  /** Where machines and signals are kept. Opened on first use, closed by `client.close()`. */
  readonly storage: Storage
  /**
   * The scenarios that your machines detect; sent at login, and CAPI tailors the blocklist to them.
   */
  readonly scenarios: readonly string[]
  /**
   * `'production'`, `'development'` or `{ baseUrl }` with its version path. There is no default:
   * signals sent to the wrong one reach nobody.
   */
  readonly environment: Environment
  /** Names your product in the user agent: `<prefix>-cscapi-ts/<version>`. Default: no prefix. */
  readonly userAgentPrefix?: string
  /** Extra tries of one register, login, enroll or pull call. Default 3. */
  readonly maxRetries?: number
  /** Delay before the first repeat; doubles with each, with full jitter. Default 5,000. */
  readonly retryDelayMs?: number
  /** Upper bound of that delay. Default 300,000. */
  readonly maxRetryDelayMs?: number
  /** How early a token counts as expired. Default 60,000. */
  readonly latencyOffsetMs?: number
  /** How long one call may take, its answer read to the end. Default 30,000. */
  readonly timeoutMs?: number
  /**
   * How long a worker holds a machine's signals before another may take them over; at least twice
   * `timeoutMs`. Default 120,000.
   */
  readonly leaseMs?: number
  /** How many machines are sent for at once. 1 to 256, default 8. */
  readonly concurrency?: number
  /** Signals in one POST. 1 to 1,000, default 50. */
  readonly batchSize?: number
  /** Bytes of JSON in one POST. Default 1,048,576. */
  readonly maxBatchBytes?: number
  /** After so many answers in a row that look like an outage, a run ends. Default 5. */
  readonly outageThreshold?: number
  /** Compress bodies over 5 KiB. Default false. */
  readonly gzip?: boolean
  /**
   * Accept the ids of 49 to 64 characters that the Python SDK makes with a prefix. Default false.
   */
  readonly allowLongMachineIds?: boolean
  /**
   * How many logins all processes of the store make at most, e.g. `FREE_ACCOUNT_LOGIN_BUDGET`:
   * machines over it wait. Default: no bound.
   */
  readonly loginBudget?: LoginBudgetOptions
  /**
   * Seals passwords and tokens in the store with AES-256-GCM: 32 bytes, a passphrase of at least 12
   * characters, or `{ keys: [newest, …older], requireSealed }`. Default: they are stored in clear.
   */
  readonly encryptionKey?: EncryptionOption
  /**
   * How the set of `decisions()` treats wide and private entries, and which remediation wins:
   * {@link DecisionSetOptions}.
   */
  readonly decisions?: Omit<DecisionSetOptions, 'now'>
  /**
   * Gets a line for everything that happens: pino, or anything with its four methods. Default:
   * silent.
   */
  readonly logger?: Logger
  /**
   * Make spans and metrics through `@opentelemetry/api`, which has to be installed then. Default
   * false.
   */
  readonly openTelemetry?: boolean
  /** Default: the host's clock. */
  readonly clock?: Clock
  /** From 0 (inclusive) to 1. Default `Math.random`. */
  readonly random?: () => number
  /**
   * Default: the platform's `fetch`. One of your own also downloads blocklists, and has to see to
   * it that they come from public hosts.
   */
  readonly fetch?: typeof fetch
}

type WithoutDefault = 'userAgentPrefix' | 'fetch' | 'loginBudget' | 'logger' | keyof TransportOptions
/** Kept in another form, so that no key is shown where options are. */
type Replaced = 'encryptionKey'

/** {@link CapiClientOptions} with every default filled in. */
export type ResolvedOptions = Required<Omit<CapiClientOptions, WithoutDefault | Replaced | keyof IntakeOptions>> &
  ResolvedIntakeOptions &
  Pick<CapiClientOptions, WithoutDefault> & { readonly encryption: SealOptions }

/** Methods that the client calls first; an adapter has more. */
const STORAGE_METHODS = ['open', 'close', 'lease', 'settle', 'enqueue', 'getMachine', 'getState', 'setState', 'stats']

/** A scenario that `createSignal` refuses can be in no signal either. */
export const scenariosSchema = z
  .array(z.string().refine((name) => nameRule(name) === undefined, { error: ({ input }) => nameRule(input) }))
  .min(1)

/** The rule that a name breaks, and the name that may have been meant. */
function nameRule(name: unknown): string | undefined {
  const rule = scenarioRule(name)
  const guess = `crowdsecurity/${String(name)}`
  if (rule === undefined || scenarioRule(guess) !== undefined) return rule
  return `${rule}; did you mean ${guess}, or your own vendor's name before it?`
}

const settings = {
  ...tlsSettings,
  // Where CAPI is, and how it is reached, is checked with connectionIssues, and the keys with
  // encryptionIssues: they may hold passwords.
  environment: z.unknown().optional(),
  userAgentPrefix: z.unknown().optional(),
  ca: z.unknown().optional(),
  proxy: z.unknown().optional(),
  encryptionKey: z.unknown().optional(),
  fetch: functionSchema<typeof fetch>().optional(),
  storage: methodsSchema<Storage>(STORAGE_METHODS, 'must be a storage instance, e.g. new SqliteStorage({ path })'),
  logger: methodsSchema<Logger>(
    ['debug', 'info', 'warn', 'error'],
    'must have the methods debug, info, warn and error',
  ).optional(),
  clock: methodsSchema<Clock>(['now', 'sleep'], 'must have the methods now and sleep').default(() => systemClock),
  random: functionSchema<() => number>().default(() => Math.random),
  scenarios: scenariosSchema,
  maxRetries: z.int().min(0).max(20).default(3),
  retryDelayMs: milliseconds.default(5_000),
  maxRetryDelayMs: milliseconds.default(300_000),
  latencyOffsetMs: z.int().min(0).max(3_600_000).default(60_000),
  timeoutMs: milliseconds.default(30_000),
  leaseMs: milliseconds.default(120_000),
  concurrency: z.int().min(1).max(256).default(8),
  batchSize: z.int().min(1).max(1_000).default(50),
  maxBatchBytes: z.int().min(1_024).max(10_485_760).default(1_048_576),
  outageThreshold: z.int().min(1).default(5),
  gzip: z.boolean().default(false),
  allowLongMachineIds: z.boolean().default(false),
  openTelemetry: z.boolean().default(false),
  loginBudget: loginBudgetSchema.optional(),
  decisions: z
    .strictObject({
      allowWide: z.boolean().default(false),
      remediations: z.array(z.string().min(1)).default(['ban', 'captcha']),
    })
    .prefault({}),
  ...intakeSettings,
} satisfies Record<keyof CapiClientOptions | keyof typeof tlsSettings, z.ZodType>

/**
 * Compared beside whatever else is wrong, so that all of it is told at once; what is no number is
 * told of by itself.
 */
const always = {
  when: ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null,
}
const settingsSchema = z
  .strictObject(settings)
  .refine(({ leaseMs, timeoutMs }) => !(leaseMs < 2 * timeoutMs), {
    ...always,
    path: ['leaseMs'],
    error: 'must be at least twice timeoutMs, or another worker could take over in the middle of a call',
  })
  .refine(({ maxRetryDelayMs, retryDelayMs }) => !(maxRetryDelayMs < retryDelayMs), {
    ...always,
    path: ['maxRetryDelayMs'],
    error: 'must not be below retryDelayMs',
  })

/**
 * Checks the options and fills in the defaults. @throws InputError that lists everything that is
 * wrong.
 */
export function resolveOptions(options: CapiClientOptions): ResolvedOptions {
  const issues = issuesOfSchema(settingsSchema, options, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS }) ?? []
  const isObject = typeof options === 'object' && options !== null
  if (isObject) issues.push(...connectionIssues(options), ...encryptionIssues(options.encryptionKey))
  // Nothing at all lacks what an empty object lacks.
  if (options === undefined) issues.push(...connectionIssues({}))
  if (!isObject || issues.length > 0) throw new InputError('The client cannot be made', issues)
  const { userAgentPrefix, environment, ca, proxy, encryptionKey } = options
  // What is kept in another form, or beside the rest, is taken out here.
  const {
    loginBudget,
    fetch,
    logger,
    encryptionKey: _key,
    userAgentPrefix: _prefix,
    ...parsed
  } = settingsSchema.parse(options)
  return {
    ...parsed,
    ...(loginBudget !== undefined && { loginBudget }),
    encryption: resolveEncryption(encryptionKey),
    environment,
    ...(userAgentPrefix !== undefined && { userAgentPrefix }),
    ...(fetch !== undefined && { fetch }),
    ...(logger !== undefined && { logger }),
    ca,
    proxy: proxy === undefined || proxy === false ? proxy : new Secret(Secret.reveal(proxy)),
  }
}
