import { ADDRESS_RULE, isAddressScope, parseAddress } from '../addresses/address.js'
import { addDetails } from '../create-signal/add-details.js'
import type { AttackerInput, SourceInput } from '../create-signal/signal-input.js'
import { SOURCE_NAMES } from '../options/other-names.js'
import type { Source } from '../wire/source.js'
import type { Refusals } from './refusals.js'
import { textRule } from './text-rule.js'

const BOTH_RULE =
  'must be left out where source is given; country, network and place stand beside attackerIp as cn, asName, asNumber, latitude, longitude'

const SOURCE_KEYS = {
  scope: true,
  value: true,
  ip: true,
  range: true,
  cn: true,
  as_name: true,
  as_number: true,
  latitude: true,
  longitude: true,
} satisfies Record<keyof SourceInput, true>

/**
 * Gives the source on the wire, or `undefined` when the attacker itself was refused. Its details
 * are checked in any case.
 */
export function readAttacker(input: AttackerInput, refusals: Refusals): Source | undefined {
  const source = sourceOf(input, refusals)
  addDetails(source, input, refusals)
  return source
}

function sourceOf({ attackerIp, source }: AttackerInput, refusals: Refusals): Source | undefined {
  if (source === undefined) {
    if (attackerIp !== undefined) return addressSource('attackerIp', attackerIp, refusals)
    refusals.refuse('attackerIp', attackerIp, `${ADDRESS_RULE}; for another scope, give source instead`)
    return undefined
  }
  if (attackerIp !== undefined) refusals.refuse('attackerIp', attackerIp, BOTH_RULE)
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    refusals.refuse('source', source, 'must be an object { scope, value }')
    return undefined
  }
  refusals.refuseUnknownKeys(source, SOURCE_KEYS, 'source', SOURCE_NAMES)
  const named = namedSource(source, refusals)
  addNetworks(named, source, refusals)
  return named
}

function namedSource({ scope, value }: SourceInput, refusals: Refusals): Source | undefined {
  if (isAddressScope(scope)) return addressSource('source.value', value, refusals)
  const rules = { scope: filledTextRule(scope), value: filledTextRule(value) }
  refusals.refuse('source.scope', scope, rules.scope)
  refusals.refuse('source.value', value, rules.value)
  return rules.scope === undefined && rules.value === undefined ? { scope, value } : undefined
}

function addressSource(path: string, text: string, refusals: Refusals): Source | undefined {
  const address = parseAddress(text)
  if (address === undefined) {
    refusals.refuse(path, text, ADDRESS_RULE)
    return undefined
  }
  const { scope, value } = address
  return scope === 'Ip' ? { scope, value, ip: value } : { scope, value, range: value }
}

/** Address and network as given beside the value; empty text is none, as other clients write it. */
function addNetworks(named: Source | undefined, source: SourceInput, refusals: Refusals): void {
  for (const field of ['ip', 'range'] as const) {
    const given = source[field]
    if (given === undefined || given === '') continue
    const address = parseAddress(given)
    const own = named?.[field]
    if (address === undefined || (field === 'ip' && address.scope !== 'Ip')) {
      refusals.refuse(`source.${field}`, given, field === 'ip' ? 'must be an IPv4 or IPv6 address' : ADDRESS_RULE)
    } else if (own !== undefined && own !== address.value) {
      refusals.refuse(`source.${field}`, given, `must be the same as value (${own}), or left out`)
    } else if (named !== undefined) named[field] = address.value
  }
}

function filledTextRule(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? textRule(value) : 'must be text that is not empty'
}
