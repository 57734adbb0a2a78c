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
  readonly asNumber?: string | number | undefined
  /** Degrees, −90 to 90. */
  readonly latitude?: number | undefined
  /** Degrees, −180 to 180. */
  readonly longitude?: number | undefined
}

const ADDRESS_RULE = 'must be an IPv4 or IPv6 address or a CIDR range'

/** The source on the wire, or `undefined` when it was refused. */
export function readAttacker(input: AttackerInput, refuse: Refuse): Source | undefined {
  const source = sourceOf(input, refuse)
  if (source === undefined) return undefined
  const texts = [
    ['cn', 'cn', input.cn],
    ['asName', 'as_name', input.asName],
    ['asNumber', 'as_number', typeof input.asNumber === 'number' ? String(input.asNumber) : input.asNumber],
  ] as const
  for (const [path, key, value] of texts) {
    if (value === undefined) continue
    const rule = typeof value === 'string' ? textRule(value) : 'must be text'
    if (rule !== undefined) refuse(path, value, rule)
    source[key] = value
  }
  for (const [path, bound] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    const value = input[path]
    if (value === undefined) continue
    if (typeof value !== 'number' || !(Math.abs(value) <= bound))
      refuse(path, value, `must be degrees from -${bound} to ${bound}`)
    source[path] = value
  }
  return source
}

function sourceOf({ attackerIp, source }: AttackerInput, refuse: Refuse): Source | undefined {
  if ((attackerIp === undefined) === (source === undefined)) {
    refuse('attackerIp', attackerIp, `${ADDRESS_RULE}; for another scope, give source instead`)
    return undefined
  }
  if (source === undefined) return addressSource('attackerIp', attackerIp ?? '', refuse)
  const scope = typeof source.scope === 'string' ? source.scope : ''
  if (/^(ip|range)$/i.test(scope)) return addressSource('source.value', source.value, refuse)
  const problems = (['scope', 'value'] as const).map((key) => {
    const rule =
      typeof source[key] === 'string' && source[key] !== '' ? textRule(source[key]) : 'must be text that is not empty'
    if (rule !== undefined) refuse(`source.${key}`, source[key], rule)
    return rule
  })
  return problems.some(Boolean) ? undefined : { scope, value: source.value }
}

function addressSource(path: string, text: string, refuse: Refuse): Source | undefined {
  const address = typeof text === 'string' ? parseAddress(text) : undefined
  if (address === undefined) {
    refuse(path, text, ADDRESS_RULE)
    return undefined
  }
  const { scope, value } = address
  return scope === 'Ip' ? { scope, value, ip: value } : { scope, value, range: value }
}
