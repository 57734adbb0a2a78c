import type { CapiClient, StateStore } from '@cscapi/client'
import type { DecisionSet } from '@cscapi/decisions'
import { trustedProxyRule } from '@cscapi/decisions/http'
import { InputError, lazily, oneLine, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { defaultProfile, type ProfileOption } from './alerts/profile.js'
import type { KeyRing } from './bouncers/bouncer-keys.js'
import { type FixedKey, FixedKeys } from './bouncers/fixed-keys.js'
import type { Agents } from './watchers/agents.js'
import type { AutoRegistration } from './watchers/auto-registration.js'

/** Options of {@link createLocalApi}. */
export interface LocalApiOptions {
  /** What bouncers are told; with a `client`, the set that `client.decisions()` gives. */
  readonly decisions: DecisionSet
  /** Sends what agents find. Without it there are no agents. */
  readonly client?: CapiClient
  /** The bouncers: `new BouncerKeys(storage)`, or names and keys that stand in a configuration. */
  readonly keys: KeyRing | readonly FixedKey[]
  /** The agents: `new Agents(storage)`. Default: nobody may log in. */
  readonly machines?: Agents
  /**
   * Keeps what was announced, how far each bouncer was told, alerts and the secret of tokens: give
   * it the client's storage, open. Default: all of it is forgotten with the process; bouncers keep
   * then, until it runs out, what ended while it was down.
   */
  readonly storage?: StateStore
  /** The CAPI machine that sends for all agents: its id. Must be given with `machines`. */
  readonly machineId?: string
  /** Whether each agent sends as a CAPI machine of its own, made from `machineId` and its name. Default false. */
  readonly machinePerAgent?: boolean
  /** Which alerts are shared beside those of certified scenarios. */
  readonly share?: {
    /** Of scenarios without a hash. Default true. */
    readonly custom?: boolean
    /** Of scenarios that were changed. Default true. */
    readonly tainted?: boolean
    /** Decisions by hand. Default false. */
    readonly manual?: boolean
  }
  /**
   * What is decided on an alert that brings no decision. Default: `ban` for 4 h where the scenario
   * asks for it and the source is an address or a range; `false`: nothing.
   */
  readonly profile?: ProfileOption
  /** Lets in agents that know a token, without anybody's approval. Default: none. */
  readonly autoRegistration?: AutoRegistration
  /** Organizational units of client certificates that are bouncers. Default `bouncer-ou`. */
  readonly bouncerUnits?: readonly string[]
  /** Organizational units of client certificates that are agents. Default `agent-ou`. */
  readonly agentUnits?: readonly string[]
  /** Addresses, CIDR ranges or `unix` of proxies that are believed about the client. Default none. */
  readonly trustedProxies?: readonly string[]
  /** Addresses or ranges, beside loopback, that may delete alerts. Default none. */
  readonly trustedAddresses?: readonly string[]
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Told of what needs an operator's eye but stops nothing. Default: silent. */
  readonly onWarning?: (warning: { readonly code: string; readonly message: string; readonly error?: unknown }) => void
}

/** Tells an operator of what stops nothing. */
export type Warn = (code: string, message: string, error?: unknown) => void

export interface ResolvedLocalApiOptions
  extends Omit<
    LocalApiOptions,
    'keys' | 'storage' | 'client' | 'machines' | 'autoRegistration' | 'machineId' | 'onWarning'
  > {
  readonly keys: KeyRing
  readonly storage: StateStore | undefined
  readonly client: CapiClient | undefined
  readonly machines: Agents | undefined
  readonly autoRegistration: AutoRegistration | undefined
  readonly machineId: string | undefined
  readonly machinePerAgent: boolean
  readonly share: { readonly custom: boolean; readonly tainted: boolean; readonly manual: boolean }
  readonly profile: ProfileOption
  readonly bouncerUnits: readonly string[]
  readonly agentUnits: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly trustedAddresses: readonly string[]
  readonly now: () => number
  readonly warn: Warn
}

const withMethods = <T>(rule: string, ...names: string[]) =>
  z.custom<T>((value) => names.every((name) => typeof Reflect.get(Object(value), name) === 'function'), rule)

const proxySchema = () =>
  z.string().superRefine((value, context) => {
    const rule = trustedProxyRule(value)
    if (rule !== undefined) context.addIssue(rule)
  })

const fixedKeySchema = () =>
  z.strictObject({
    name: z.string().min(1).max(128),
    key: z.string().min(16, 'must have at least 16 characters').max(1_024),
  })

const schema = lazily(() =>
  z.strictObject({
    decisions: withMethods<DecisionSet>('must be a DecisionSet', 'held', 'endLocal', 'toChunks'),
    client: withMethods<CapiClient>('must be a CapiClient', 'addSignals', 'decisions').optional(),
    keys: z.union([z.array(fixedKeySchema()), withMethods<KeyRing>('must be BouncerKeys, or names and keys', 'find')]),
    machines: withMethods<Agents>('must be Agents', 'verify', 'register').optional(),
    storage: withMethods<StateStore>('must be a storage', 'getState', 'setState').optional(),
    machineId: z.string().min(1).optional(),
    machinePerAgent: z.boolean().default(false),
    share: z
      .strictObject({
        custom: z.boolean().default(true),
        tainted: z.boolean().default(true),
        manual: z.boolean().default(false),
      })
      .prefault({}),
    profile: z
      .union([z.literal(false), withMethods<Exclude<ProfileOption, false>>('must be a function', 'call')])
      .optional(),
    autoRegistration: z
      .strictObject({ token: z.string().min(32).max(255), ranges: z.array(proxySchema()).min(1) })
      .optional(),
    bouncerUnits: z.array(z.string().min(1)).default(['bouncer-ou']),
    agentUnits: z.array(z.string().min(1)).default(['agent-ou']),
    trustedProxies: z.array(proxySchema()).default([]),
    trustedAddresses: z.array(proxySchema()).default([]),
    now: withMethods<() => number>('must be a function', 'call').optional(),
    onWarning: withMethods<NonNullable<LocalApiOptions['onWarning']>>('must be a function', 'call').optional(),
  }),
)

const SECRETS = new Set(['keys', 'autoRegistration'])

/** @throws InputError that lists every option that is wrong; no key is shown */
export function resolveOptions(given: LocalApiOptions): ResolvedLocalApiOptions {
  const what = 'No Local API was made'
  const read = readOptions(what, schema(), given, { secrets: SECRETS })
  const now = read.now ?? Date.now
  const { onWarning, ...others } = read
  if (read.machines !== undefined) {
    const missing = (['client', 'machineId'] as const).filter((name) => read[name] === undefined)
    const rule = 'must be given with machines'
    if (missing.length > 0)
      throw new InputError(
        what,
        missing.map((path) => ({ path, value: 'undefined', rule })),
      )
  }
  return {
    ...others,
    client: read.client,
    machines: read.machines,
    storage: read.storage,
    machineId: read.machineId,
    autoRegistration: read.autoRegistration,
    profile: read.profile ?? defaultProfile,
    keys: Array.isArray(read.keys) ? new FixedKeys(read.keys, now()) : read.keys,
    now,
    warn: (code, message, error) =>
      onWarning?.({ code, message: oneLine(message), ...(error !== undefined && { error }) }),
  }
}
