import {
  type Clock,
  connectionIssues,
  functionSchema,
  InputError,
  loginBudgetSchema,
  methodsSchema,
  milliseconds,
  SECRET_OPTIONS,
  Secret,
  tlsSettings,
} from '@cscapi/core'
import { CLIENT_NAMES, issuesOfSchema, lazily } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import * as z from 'zod'
import { intakeSettings } from './intake/intake-options.js'
import { systemClock } from './lifecycle/system-clock.js'
import type { Logger } from './observing/logger.js'
import type { CapiClientOptions, ResolvedOptions } from './options.js'
import { scenariosSchema } from './scenarios.js'
import { encryptionIssues, resolveEncryption } from './sealing/encryption-option.js'

/** Methods that the client calls first; an adapter has more. */
const STORAGE_METHODS = ['open', 'close', 'lease', 'settle', 'enqueue', 'getMachine', 'getState', 'setState', 'stats']

const settings = () =>
  ({
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
    scenarios: scenariosSchema(),
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
    ...intakeSettings(),
  }) satisfies Record<keyof CapiClientOptions | keyof typeof tlsSettings, z.ZodType>

/**
 * Compared beside whatever else is wrong, so that all of it is told at once; what is no number is
 * told of by itself.
 */
const always = {
  when: ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null,
}
const settingsSchema = lazily(() =>
  z
    .strictObject(settings())
    .refine(({ leaseMs, timeoutMs }) => !(leaseMs < 2 * timeoutMs), {
      ...always,
      path: ['leaseMs'],
      error: 'must be at least twice timeoutMs, or another worker could take over in the middle of a call',
    })
    .refine(({ maxRetryDelayMs, retryDelayMs }) => !(maxRetryDelayMs < retryDelayMs), {
      ...always,
      path: ['maxRetryDelayMs'],
      error: 'must not be below retryDelayMs',
    }),
)

/**
 * Checks the options and fills in the defaults. @throws InputError that lists everything that is
 * wrong.
 */
export function resolveOptions(options: CapiClientOptions): ResolvedOptions {
  const issues = issuesOfSchema(settingsSchema(), options, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS }) ?? []
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
  } = settingsSchema().parse(options)
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
