import {
  InputError,
  lazily,
  NetworkSet,
  parseAddress,
  printable,
  readOptions,
  scenarioRule,
  suggestKey,
  textRule,
} from '@cscapi/signals'
import * as z from 'zod'
import { type InputFormat, type ReadContext, SENSITIVE, type Sensitive } from './formats/format.js'

/** How an input is read, and what becomes of it. */
export interface InputOptions {
  /** The machine that reports: its id at CAPI. */
  readonly machineId: string
  /**
   * Other names for scenarios, by the name that the format gives; `false` reports none of it.
   * Default: the format's own.
   */
  readonly scenarios?: Readonly<Record<string, string | false>> | undefined
  /** So long an address is quiet, in milliseconds, before its attack is over. Default: 5 minutes. */
  readonly windowMs?: number | undefined
  /**
   * What signals may tell although it may be a secret or a person's name: `users` of real services,
   * `passwords` and `commands` typed at honeypots, `queries` of paths. Default: none of them.
   */
  readonly include?: readonly Sensitive[] | undefined
  /** Times without a zone are UTC. Default: `false`, the zone of this host. */
  readonly utc?: boolean | undefined
  /** Your own addresses and ranges: nobody there is an attacker. Default: none. */
  readonly ownNetworks?: readonly string[] | undefined
  /** Proxies whose word about their client counts, where a format knows of such. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  /** Report attackers from private networks, too, which CAPI refuses. Default: `false`. */
  readonly allowPrivate?: boolean | undefined
  /** What stands where, for the formats that need it. */
  readonly mapping?: unknown
  /** Epoch milliseconds. Nothing is dated later. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Options, read and completed. */
export interface ReadOptions {
  readonly machineId: string
  /** The name that a scenario has for us; `undefined` where it is not reported. */
  readonly scenario: (name: string) => string | undefined
  readonly windowMs: number
  readonly allowPrivate: boolean
  readonly ownNetworks: NetworkSet
  readonly now: () => number
  readonly context: ReadContext
}

const network = lazily(() =>
  z.string().refine((text) => parseAddress(text) !== undefined, 'must be an IPv4 or IPv6 address or a CIDR range'),
)
const scenarioName = () =>
  z.string().refine((name) => scenarioRule(name) === undefined, 'must be a scenario name vendor/name, or false')

const optionsSchema = lazily(() =>
  z.strictObject({
    machineId: z
      .string()
      .min(1)
      .refine((text) => textRule(text) === undefined, 'must be plain text'),
    scenarios: z.record(z.string(), z.union([z.literal(false), scenarioName()])).default({}),
    windowMs: z.int().min(1_000).max(86_400_000).default(300_000),
    include: z.array(z.enum(SENSITIVE)).default([]),
    utc: z.boolean().default(false),
    ownNetworks: z.array(network()).default([]),
    trustedProxies: z.array(network()).default([]),
    allowPrivate: z.boolean().default(false),
    mapping: z.unknown().optional(),
    now: z.custom<() => number>((now) => typeof now === 'function', 'must be a function').default(() => Date.now),
  }),
)

const ALIASES = new Map([
  ['machine', 'machineId'],
  ['machine_id', 'machineId'],
  ['window', 'windowMs, in milliseconds'],
  ['clock', 'now'],
  ['scenarioMap', 'scenarios'],
  ['includePasswords', "include: ['passwords']"],
  ['timezone', 'utc'],
  ['fields', 'mapping'],
])

/** @throws InputError that names everything that is wrong */
export function readInputOptions(format: InputFormat, given: InputOptions): ReadOptions {
  const options = readOptions('The input cannot be read', optionsSchema(), given, { aliases: ALIASES })
  const { scenarios, include, utc, now, mapping, trustedProxies, ...others } = options
  refuseUnknownScenarios(Object.keys(scenarios), format, mapping)
  const ownNetworks = networkSet(options.ownNetworks)
  const names = new Map(Object.entries(scenarios))
  return {
    ...others,
    ownNetworks,
    now,
    scenario: (scenario) => {
      const own = names.get(scenario) ?? scenario
      return own === false ? undefined : own
    },
    context: {
      get now() {
        return now()
      },
      utc,
      include: new Set(include),
      trustedProxies: networkSet(trustedProxies),
      mapping,
    },
  }
}

/** A name with a slip in it would rename nothing, and nobody would learn of it. */
function refuseUnknownScenarios(given: readonly string[], { attacks }: InputFormat, mapping: unknown): void {
  const known = Object.values(attacks).flatMap(({ scenario, slow }) =>
    slow === undefined ? [scenario] : [scenario, slow.scenario],
  )
  // Records, or a mapping, may bring scenarios of their own.
  if (known.length === 0 || mapping !== undefined) return
  const issues = given
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = suggestKey(name, known)
      const rule = `is no scenario of this format, which has ${known.join(', ')}`
      return {
        path: `scenarios[${JSON.stringify(name)}]`,
        value: printable(name),
        rule: meant === undefined ? rule : `is no scenario of this format; did you mean ${meant}?`,
      }
    })
  if (issues.length > 0) throw new InputError('The input cannot be read', issues)
}

function networkSet(networks: readonly string[]): NetworkSet {
  return new NetworkSet(networks.map((text) => [text, text] as const))
}
