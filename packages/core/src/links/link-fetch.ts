import { isLoopback } from '../environment.js'
import { readRoutes, type Variables } from '../proxies/proxy.js'
import { readAuthorities } from '../transport/authorities.js'
import { loadFetch } from '../transport/own-fetch.js'
import type { FetchOptions } from '../transport/transport.js'

/**
 * Gives the `fetch` of the links that CAPI gives: through the same proxy, trusting the same
 * authorities, and else only to addresses that are public at the moment of connecting. A proxy
 * resolves names itself, so it is the proxy that keeps a link out of the network around it. Beside
 * a CAPI on a loopback address, links may be local too.
 */
export function linkFetch(baseUrl: string, options: FetchOptions, env: Variables = process.env): typeof fetch {
  if (options.fetch !== undefined) return options.fetch
  const { pems } = readAuthorities(options.ca)
  const routes = readRoutes(baseUrl, options.proxy, env)
  let own: Promise<typeof fetch> | undefined
  const load = async () => {
    const [{ strictGet }, { publicLookup }] = await Promise.all([
      import('./strict-get.js'),
      import('./private-addresses.js'),
    ])
    const isLocal = isLoopback(new URL(baseUrl).hostname)
    return loadFetch(pems, routes, { get: strictGet, lookup: isLocal ? undefined : publicLookup })
  }
  return async (input, init) => {
    own ??= load()
    return (await own)(input, init)
  }
}
