import { IpNetwork, NetworkSet, PRIVATE_NETWORKS } from '@cscapi/signals'

/** What nobody may report, nobody may block. */
const PRIVATE = new NetworkSet(PRIVATE_NETWORKS)

/**
 * Shortest prefix that an entry may have: a wider one would lock out a large part of the Internet.
 */
const WIDEST = { 4: 8, 6: 16 } as const

const MEANT = new IpNetwork()

/**
 * The rule that an entry of a list breaks, since it would lock out its own users, or everybody.
 * IPv4 that is written as IPv6 is held to the rules of IPv4.
 */
export function lockoutRule(network: IpNetwork): string | undefined {
  MEANT.set(network)
  MEANT.foldEmbeddedIpv4()
  const widest = WIDEST[MEANT.family] + network.prefix - MEANT.prefix
  if (network.prefix < widest) return `must not be wider than /${widest}`
  return PRIVATE.find(MEANT) === undefined ? undefined : 'must not be private, loopback, link-local or multicast'
}
