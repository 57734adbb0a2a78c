import type { ActiveDecision } from '../active-decision.js'
import { type Family, formatNetwork, parseNetwork } from '../parse-ip.js'
import { isAddressScope } from '../sources/source.js'

/** A network and what is to be done about it. */
export interface Network {
  readonly family: 4 | 6
  /** Its first address, a number of 32 or 128 bits. */
  readonly first: bigint
  readonly prefix: number
  readonly remediation: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export const bitsOf = (family: 4 | 6) => (family === 4 ? 32 : 128)

const WORDS = new Uint32Array(4)

/** The network of an entry, or `undefined` for other scopes. */
export function networkOf({ value, scope, remediation, expiresAt }: ActiveDecision): Network | undefined {
  const family = { value: 0 satisfies Family as Family }
  const prefix = isAddressScope(scope) ? parseNetwork(value, WORDS, family) : -1
  if (prefix === -1 || family.value === 0) return undefined
  let first = BigInt(WORDS[0] ?? 0)
  if (family.value === 6) for (let word = 1; word < 4; word += 1) first = (first << 32n) | BigInt(WORDS[word] ?? 0)
  return { family: family.value, first, prefix, remediation, expiresAt }
}

/** Canonical: an address, or a range with its prefix. */
export function textOf({ family, first, prefix }: Network): string {
  const words = family === 4 ? 1 : 4
  for (let word = 0; word < words; word += 1)
    WORDS[word] = Number((first >> BigInt(32 * (words - 1 - word))) & 0xffffffffn)
  return formatNetwork(WORDS, family, prefix)
}

/** The network itself; of a whole family both halves, for programs that take no prefix of 0. */
export function withoutZeroPrefix(network: Network): readonly Network[] {
  if (network.prefix > 0) return [network]
  const half = 1n << BigInt(bitsOf(network.family) - 1)
  return [0n, half].map((first) => ({ ...network, first, prefix: 1 }))
}
