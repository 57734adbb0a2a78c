import { lazily, parseDuration } from '@cscapi/signals'
import * as z from 'zod'

const NS_PER_MS = 1_000_000n
const LONGEST_MS = 2 ** 31 - 1

/** `10m` or `2h`, as milliseconds. */
const duration = (leastMs = 1) =>
  z.string().transform((text, context) => {
    const ms = durationMs(text)
    if (ms !== undefined && ms >= leastMs) return ms
    context.addIssue('must be a duration of at most 24d, e.g. 10m or 2h')
    return z.NEVER
  })

/** Milliseconds of a duration such as `90s`, `2h` or `7d`; `undefined` where it is none, or too long. */
export function durationMs(text: string): number | undefined {
  const ns = parseDuration(text, { allowDays: true })
  const ms = ns === undefined ? -1 : Number(ns / NS_PER_MS)
  return ms >= 0 && ms <= LONGEST_MS ? ms : undefined
}

/** `production`, `development`, or the base URL of another CAPI; what it may be is core's to say. */
const environment = () => z.string().transform((text) => (text.includes('://') ? { baseUrl: text } : text))

/** How files of others are read; @cscapi/inputs checks what is in it. */
const reading = {
  window: duration().optional(),
  utc: z.boolean().optional(),
  include: z.array(z.string()).optional(),
  scenarioNames: z.record(z.string(), z.union([z.string(), z.literal(false)])).optional(),
  trustedProxies: z.array(z.string()).optional(),
  mapping: z.unknown().optional(),
}

/** One file to follow, the format of its lines, and how it is read if not as all are. */
const input = () => z.strictObject({ file: z.string().min(1), format: z.string().min(1), ...reading })

/** Every setting. What holds one value, or a list of texts, may come from the environment, too. */
export const settingsSchema = lazily(() =>
  z.strictObject({
    environment: environment().optional(),
    storage: z.string().min(1).optional(),
    namespace: z.string().min(1).optional(),
    encryptionKey: z.string().min(1).optional(),
    attachmentKey: z.string().min(1).optional(),
    registrationToken: z.string().min(1).optional(),
    machineId: z.string().min(1).optional(),
    allowLongMachineIds: z.boolean().optional(),
    scenarios: z.array(z.string()).min(1).optional(),
    userAgentPrefix: z.string().optional(),
    inputs: z.array(input()).optional(),
    reading: z.strictObject(reading).optional(),
    neverReport: z.array(z.string()).optional(),
    allowPrivate: z.boolean().optional(),
    dedup: z
      .strictObject({ by: z.array(z.enum(['source', 'scenario', 'machine'])).min(1), window: duration() })
      .optional(),
    maxPending: z.int().min(1).optional(),
    whenFull: z.enum(['reject', 'drop-oldest']).optional(),
    freeAccount: z.boolean().optional(),
    concurrency: z.int().min(1).max(256).optional(),
    batchSize: z.int().min(1).max(1_000).optional(),
    gzip: z.boolean().optional(),
    ca: z.string().min(1).optional(),
    proxy: z.string().min(1).optional(),
    timeout: duration().optional(),
    sendEvery: duration().optional(),
    pullEvery: duration().optional(),
    keepSent: duration(0).optional(),
    keepRejected: duration(0).optional(),
    opsToken: z.string().optional(),
    opsHosts: z.array(z.string()).optional(),
    opsReadOnly: z.boolean().optional(),
  }),
)

/** What flags, environment and file say together; durations are milliseconds. */
export type Settings = z.output<ReturnType<typeof settingsSchema>>
export type SettingName = keyof Settings

/** May hold a password, or is one: shown nowhere. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set([
  'storage',
  'proxy',
  'encryptionKey',
  'attachmentKey',
  'registrationToken',
  'opsToken',
])

/** Secrets through and through: a configuration file, which people copy and show, holds none. */
export const NEVER_IN_A_FILE: readonly SettingName[] = [
  'encryptionKey',
  'attachmentKey',
  'registrationToken',
  'opsToken',
]

/** Other names under which people look for a setting. */
export const SETTING_ALIASES = new Map([
  ['env', 'environment'],
  ['baseUrl', 'environment'],
  ['url', 'storage'],
  ['database', 'storage'],
  ['databaseUrl', 'storage'],
  ['store', 'storage'],
  ['machine', 'machineId'],
  ['schema', 'namespace'],
  ['prefix', 'userAgentPrefix'],
  ['whitelist', 'neverReport'],
  ['allowlist', 'neverReport'],
  ['sendEveryMs', 'sendEvery'],
  ['pullEveryMs', 'pullEvery'],
  ['timeoutMs', 'timeout'],
  ['key', 'encryptionKey'],
])
