import { IpNetwork, NetworkSet } from '@cscapi/signals'

/**
 * Reads `NO_PROXY`: names (their subdomains too), addresses, CIDR ranges, each with a port or not,
 * or `*`; separated by commas or spaces.
 */
export function readExceptions(text: string): (host: string, port: string) => boolean {
  const matches = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(readException)
  return (host, port) => matches.some((match) => match(host, port))
}

function readException(entry: string): (host: string, port: string) => boolean {
  if (entry === '*') return () => true
  const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? []
  const wanted = (bracketed ?? plain ?? entry).replace(/^\*?\./, '')
  const range = readRange(wanted)
  return (host, port) => {
    if (wantedPort !== undefined && wantedPort !== port) return false
    return range === undefined ? host === wanted || host.endsWith(`.${wanted}`) : isListed(range, host)
  }
}

function readRange(text: string): NetworkSet | undefined {
  return new IpNetwork().read(text) ? new NetworkSet([[text, text]]) : undefined
}

function isListed(range: NetworkSet, host: string): boolean {
  const address = new IpNetwork()
  return address.readAddress(host) && range.find(address) !== undefined
}
