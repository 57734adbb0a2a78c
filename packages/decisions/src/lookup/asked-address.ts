import type { IpNetwork } from '@cscapi/signals'

/**
 * An address that is looked up, as its owner has it: text; its 4 or 16 bytes in network order; or
 * an IPv4 address as a number from 0 to 4,294,967,295 (`>>> 0` makes one of what bit operations
 * give).
 */
export type AskedAddress = string | Uint8Array | number

export const ASKED_RULE =
  'must be an IPv4 or IPv6 address: text, 4 or 16 bytes, or a whole number from 0 to 4294967295 for IPv4'

/** Reads an address into `network`; false for what is none. */
export function readAsked(ip: unknown, network: IpNetwork): boolean {
  if (typeof ip === 'string') return network.readAddress(ip)
  if (typeof ip === 'number') return network.readNumber(ip)
  return ip instanceof Uint8Array && network.readBytes(ip)
}
