import { refused } from './download-errors.js'
import { checkedUrl } from './link-rules.js'

/** How links are followed. */
export interface LinkTransport {
  readonly fetch: typeof fetch
  readonly userAgent: string
  /**
   * Allow http, and hosts of this machine and of private networks: where CAPI itself is a loopback
   * address.
   */
  readonly allowLocal: boolean
}

/** Of the last download: without a change since, the answer is that nothing changed. */
export interface Known {
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

const MOST_REDIRECTS = 5

/** Asks a link for its list. Every redirect is held to the same rules as the link itself. */
export async function followLink(
  { fetch: send, userAgent, allowLocal }: LinkTransport,
  link: string,
  known: Known,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*' }
  if (known.etag !== undefined) headers['if-none-match'] = known.etag
  if (known.lastModified !== undefined) headers['if-modified-since'] = known.lastModified
  let url = checkedUrl(link, allowLocal)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await send(url, { headers, redirect: 'manual', signal: signal })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null) return response
    await response.body?.cancel()
    url = checkedUrl(URL.canParse(location, url) ? new URL(location, url).href : location, allowLocal)
  }
  throw refused(link, `redirects more than ${MOST_REDIRECTS} times`)
}
