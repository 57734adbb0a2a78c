import type { IpNetwork } from './ip-network.js'

/** `64:ff9b::/96`, behind which a NAT64 puts IPv4 (RFC 6052). */
const NAT64 = 0x0064ff9b
/** `::`, `::1` and their neighbours in the deprecated `::/96` hold no IPv4 address. */
const FIRST_COMPATIBLE = 0x01000000

/** Turns an IPv6 network that holds IPv4 alone into that: `64:ff9b::10.0.0.0/104` → `10.0.0.0/8`. */
export function foldEmbeddedIpv4(network: IpNetwork): void {
  const { words, family, prefix } = network
  if (family === 4 || prefix < 96 || words[1] !== 0 || words[2] !== 0) return
  const [first, , , last = 0] = words
  if (first !== NAT64 && (first !== 0 || last < FIRST_COMPATIBLE)) return
  words[0] = last
  network.family = 4
  network.prefix = prefix - 96
}
