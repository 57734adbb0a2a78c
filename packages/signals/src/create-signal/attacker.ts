import { ADDRESS_RULE, isAddressScope, parseAddress } from '../addresses/address.js'
import type { InputIssue, Refuse } from '../errors.js'
import { SOURCE_NAMES } from '../options/other-names.js'
import { unknownKeyIssues } from '../options/unknown-keys.js'
import { type Source, sourceSchema } from '../wire/source.js'
import { readDetails } from './read-details.js'
import { textRule } from './text.js'

/** Who attacked: an address or range, or a source of another scope. Exactly one of the two. */
export interface AttackerInput {
  /**
   * IPv4, IPv6 or a CIDR range of either. IPv4-mapped IPv6 is folded, host bits of a range are
   * cleared.
   */
  readonly attackerIp?: string | undefined
  /**
   * A source that is no address, `{ scope: 'username', value: 'root' }`, or one with all that CAPI
   * knows of sources, in its names.
   */
  readonly source?: SourceInput | undefined
  /** Country code. */
  readonly cn?: string | undefined
  readonly asName?: string | undefined
  /** The number alone, or text. */
  readonly asNumber?: string | number | undefined
  /** Degrees, −90 to 90. */
  readonly latitude?: number | undefined
  /** Degrees, −180 to 180. */
  readonly longitude?: number | undefined
}

/** A source in CAPI's names. */
export interface SourceInput {
  /** `Ip`, `Range`, `AS`, `Country`, `username`, … */
  readonly scope: string
  readonly value: string
  readonly ip?: string | undefined
  /** Of an address: the network that it belongs to. */
  readonly range?: string | undefined
  readonly cn?: string | undefined
  readonly as_name?: string | undefined
  readonly as_number?: string | number | undefined
  readonly latitude?: number | undefined
  readonly longitude?: number | undefined
}

const BOTH_RULE =
  'must be left out where source is given; country, network and place stand beside attackerIp as cn, asName, asNumber, latitude, longitude'
const SOURCE_KEYS: ReadonlySet<string> = new Set(Object.keys(sourceSchema.shape))

/**
 * The source on the wire, or `undefined` when the attacker itself was refused. Its details are
 * checked in any case.
 */
export function readAttacker(
  input: AttackerInput,
  refuse: Refuse,
  add: (issues: readonly InputIssue[]) => void,
): Source | undefined {
  const source = sourceOf(input, refuse, add)
  const details = readDetails(input, refuse)
  return source && { ...source, ...details }
}

function sourceOf(
  { attackerIp, source }: AttackerInput,
  refuse: Refuse,
  add: (issues: readonly InputIssue[]) => void,
): Source | undefined {
  if (source === undefined) {
    if (attackerIp !== undefined) return addressSource('attackerIp', attackerIp, refuse)
    refuse('attackerIp', attackerIp, `${ADDRESS_RULE}; for another scope, give source instead`)
    return undefined
  }
  if (attackerIp !== undefined) refuse('attackerIp', attackerIp, BOTH_RULE)
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    refuse('source', source, 'must be an object { scope, value }')
    return undefined
  }
  add(unknownKeyIssues(source, SOURCE_KEYS, { path: 'source', aliases: SOURCE_NAMES }))
  const named = namedSource(source, refuse)
  const networks = readNetworks(source, named, refuse)
  return named && { ...named, ...networks }
}

function namedSource({ scope, value }: SourceInput, refuse: Refuse): Source | undefined {
  if (typeof scope === 'string' && isAddressScope(scope)) return addressSource('source.value', value, refuse)
  const rules = { scope: filledTextRule(scope), value: filledTextRule(value) }
  if (rules.scope !== undefined) refuse('source.scope', scope, rules.scope)
  if (rules.value !== undefined) refuse('source.value', value, rules.value)
  return rules.scope === undefined && rules.value === undefined ? { scope, value } : undefined
}

function addressSource(path: string, text: unknown, refuse: Refuse): Source | undefined {
  const address = typeof text === 'string' ? parseAddress(text) : undefined
  if (address === undefined) {
    refuse(path, text, ADDRESS_RULE)
    return undefined
  }
  const { scope, value } = address
  return scope === 'Ip' ? { scope, value, ip: value } : { scope, value, range: value }
}

/** Address and network as given beside the value; empty text is none, as other clients write it. */
function readNetworks(source: SourceInput, named: Source | undefined, refuse: Refuse): Partial<Source> {
  const networks: Partial<Source> = {}
  for (const field of ['ip', 'range'] as const) {
    const given: unknown = source[field]
    if (given === undefined || given === '') continue
    const address = typeof given === 'string' ? parseAddress(given) : undefined
    const own = named?.[field]
    if (address === undefined || (field === 'ip' && address.scope !== 'Ip')) {
      refuse(`source.${field}`, given, field === 'ip' ? 'must be an IPv4 or IPv6 address' : ADDRESS_RULE)
    } else if (own !== undefined && own !== address.value) {
      refuse(`source.${field}`, given, `must be the same as value (${own}), or left out`)
    } else networks[field] = address.value
  }
  return networks
}

function filledTextRule(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? textRule(value) : 'must be text that is not empty'
}
