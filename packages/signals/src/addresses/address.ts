import { IpNetwork } from './ip-network.js'

/**
 * An address or a range in its canonical text: RFC 5952 for IPv6, IPv4-mapped IPv6 folded to IPv4,
 * a range without host bits.
 */
export interface Address {
  /** Whether it is one address or a range. */
  readonly scope: 'Ip' | 'Range'
  /** The address or range, in its canonical form. */
  readonly value: string
  /** 4 or 6. */
  readonly version: 4 | 6
}

const READ = new IpNetwork()

/**
 * Reads an IPv4 or IPv6 address, or a CIDR range of either; `undefined` if the text is neither.
 * A range of one address, `/32` or `/128`, is that address. Strict: four decimal parts without
 * leading zeros, no zone id, no white space.
 */
export function parseAddress(text: string): Address | undefined {
  if (!READ.read(text)) return undefined
  return { scope: READ.isAddress ? 'Ip' : 'Range', value: READ.toString(), version: READ.family }
}

/** What is said of text that {@link parseAddress} does not read. */
export const ADDRESS_RULE = 'must be an IPv4 or IPv6 address or a CIDR range'

/**
 * Whether a scope says that its value is an address: `Ip` and `Range` in any case, and a range may
 * come under either.
 */
export function isAddressScope(scope: unknown): boolean {
  // As nearly all of them are written, first.
  return scope === 'Ip' || scope === 'Range' || (typeof scope === 'string' && /^(ip|range)$/i.test(scope))
}
