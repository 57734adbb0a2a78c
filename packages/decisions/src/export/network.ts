import { IpNetwork, isAddressScope } from '@cscapi/signals'
import type { ActiveDecision } from '../lookup/active-decision.js'

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

const READ = new IpNetwork()

/** The network of an entry, or `undefined` for other scopes. */
export function networkOf({ value, scope, remediation, expiresAt }: ActiveDecision): Network | undefined {
  if (!isAddressScope(scope) || !READ.read(value)) return undefined
  const { words, family, prefix } = READ
  let first = BigInt(words[0] ?? 0)
  if (family === 6) for (let word = 1; word < 4; word += 1) first = (first << 32n) | BigInt(words[word] ?? 0)
  return { family, first, prefix, remediation, expiresAt }
}

/** Canonical: an address, or a range with its prefix. */
export function textOf({ family, first, prefix }: Network): string {
  const words = family === 4 ? 1 : 4
  for (let word = 0; word < words; word += 1)
    READ.words[word] = Number((first >> BigInt(32 * (words - 1 - word))) & 0xffffffffn)
  READ.family = family
  READ.prefix = prefix
  return READ.toString()
}

/** The network itself; of a whole family both halves, for programs that take no prefix of 0. */
export function withoutZeroPrefix(network: Network): readonly Network[] {
  if (network.prefix > 0) return [network]
  const half = 1n << BigInt(bitsOf(network.family) - 1)
  return [0n, half].map((first) => ({ ...network, first, prefix: 1 }))
}
