import { isLoopback } from '../environment.js'
import { refused } from './download-errors.js'
import { isPublicAddress } from './private-addresses.js'

/**
 * Gives the URL of a link, once it is one that may be followed: https, without credentials, and not
 * into a private network. `allowLocal` allows http on this machine, and private networks.
 */
export function checkedUrl(link: string, allowLocal: boolean): string {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (url === undefined) throw refused(link, 'is no absolute URL')
  if (url.username !== '' || url.password !== '') throw refused('[redacted]', 'holds credentials')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLocalHttp = allowLocal && url.protocol === 'http:' && isLoopback(url.hostname)
  if (url.protocol !== 'https:' && !isLocalHttp) throw refused(link, 'is not https')
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
  if (!allowLocal && isAddress && !isPublicAddress(host)) throw refused(link, 'leads into a private network')
  return url.href
}
