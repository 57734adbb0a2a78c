import { parseAddress } from './address.js'
import type { Refuse } from './errors.js'
import type { Source } from './source.js'
import { textRule } from './text.js'

/** Who attacked: an address or range, or a source of another scope. Exactly one of the two. */
export interface AttackerInput {
  /** IPv4, IPv6 or a CIDR range of either. IPv4-mapped IPv6 is folded, host bits of a range are cleared. */
  readonly attackerIp?: string | undefined
  /** A source that is no address: `{ scope: 'username', value: 'root' }`. */
  readonly source?: { readonly scope: string; readonly value: string } | undefined
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

const ADDRESS_RULE = 'must be an IPv4 or IPv6 address or a CIDR range'

/** The source on the wire, or `undefined` when the attacker itself was refused. Its details are checked in any case. */
export function readAttacker(input: AttackerInput, refuse: Refuse): Source | undefined {
  const source = sourceOf(input, refuse)
  const details = { ...readOwner(input, refuse), ...readPlace(input, refuse) }
  return source && { ...source, ...details }
}

function sourceOf({ attackerIp, source }: AttackerInput, refuse: Refuse): Source | undefined {
  if ((attackerIp === undefined) === (source === undefined)) {
    refuse('attackerIp', attackerIp, `${ADDRESS_RULE}; for another scope, give source instead`)
    return undefined
  }
  if (source === undefined) return addressSource('attackerIp', attackerIp, refuse)
  if (typeof source !== 'object' || source === null) {
    refuse('source', source, 'must be an object { scope, value }')
    return undefined
  }
  const { scope, value } = source
  if (typeof scope === 'string' && /^(ip|range)$/i.test(scope)) return addressSource('source.value', value, refuse)
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

function filledTextRule(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? textRule(value) : 'must be text that is not empty'
}

/** Whose network it is. */
function readOwner({ cn, asName, asNumber }: AttackerInput, refuse: Refuse): Partial<Source> {
  const owner: Partial<Source> = {}
  if (cn !== undefined && isText('cn', cn, refuse)) owner.cn = cn
  if (asName !== undefined && isText('asName', asName, refuse)) owner.as_name = asName
  if (typeof asNumber === 'number') {
    if (Number.isSafeInteger(asNumber) && asNumber >= 0) owner.as_number = String(asNumber)
    else refuse('asNumber', asNumber, 'must be a whole number from 0 on, or text')
  } else if (asNumber !== undefined && isText('asNumber', asNumber, refuse)) owner.as_number = asNumber
  return owner
}

function isText(path: string, value: unknown, refuse: Refuse): value is string {
  const rule = textRule(value)
  if (rule !== undefined) refuse(path, value, rule)
  return rule === undefined
}

function readPlace(input: AttackerInput, refuse: Refuse): Partial<Source> {
  const place: Partial<Source> = {}
  for (const [path, bound] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    const value = input[path]
    if (value === undefined) continue
    if (typeof value === 'number' && Math.abs(value) <= bound) place[path] = value
    else refuse(path, value, `must be degrees from -${bound} to ${bound}`)
  }
  return place
}
