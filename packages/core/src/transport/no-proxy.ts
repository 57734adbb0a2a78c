import { BlockList, isIP } from 'node:net'

/**
 * Reads `NO_PROXY`: names (their subdomains too), addresses, CIDR ranges, each with a port or not, or
 * `*`; separated by commas or spaces.
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

function readRange(text: string): BlockList | undefined {
  const [address = '', bits] = text.split('/')
  const family = isIP(address)
  if (family === 0) return undefined
  const list = new BlockList()
  const longest = family === 4 ? 32 : 128
  const prefix = bits === undefined ? longest : Number(bits)
  if (Number.isInteger(prefix) && prefix >= 0 && prefix <= longest) {
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

function isListed(list: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
