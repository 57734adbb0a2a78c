import type { LookupFunction } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { ProxyRoutes, ProxyServer } from '../proxies/proxy.js'
import { ProxyError } from '../proxies/proxy-error.js'
import { Secret } from '../secrets/secret.js'

export interface OwnFetchOptions {
  /** Does the GETs in place of undici's `fetch`, by its `request`. */
  readonly get?: ((...call: never[]) => Promise<Response>) | undefined
  /** Default: names are resolved as the platform does it. */
  readonly lookup?: LookupFunction | undefined
}

/**
 * Makes a `fetch` of our own connections: through the proxies, and trusting the authorities beside
 * the usual ones. undici and all it takes are loaded here, and nowhere else.
 */
export async function loadFetch(
  pems: readonly string[],
  routes: ProxyRoutes,
  { get, lookup }: OwnFetchOptions = {},
): Promise<typeof fetch> {
  const { Agent, Pool, ProxyAgent, fetch: send, request } = await import('undici')
  const tls = { rejectUnauthorized: true, ...(pems.length > 0 && { secureContext: await trusting(pems) }) }
  const throughProxy = ({ url, authorization }: ProxyServer) =>
    new ProxyAgent({
      uri: url,
      requestTls: tls,
      proxyTls: tls,
      ...(authorization !== undefined && { token: Secret.reveal(authorization) }),
    })
  const dispatcher = new Agent({
    connect: { ...tls, ...(lookup !== undefined && { lookup }) },
    factory(origin, poolOptions) {
      const proxy = routes.proxyOf(new URL(origin))
      return proxy === undefined ? new Pool(origin, poolOptions) : throughProxy(proxy)
    },
  })
  return async (input, init) => {
    try {
      // Not called outright: undici's types of a request are newer than the platform's.
      if (get !== undefined) return await Reflect.apply(get, undefined, [request, input, { ...init, dispatcher }])
      return await Reflect.apply(send, undefined, [input, { ...init, dispatcher }])
    } catch (error) {
      const proxy = routes.proxyOf(new URL(input instanceof Request ? input.url : input))
      throw proxy === undefined || init?.signal?.aborted ? error : new ProxyError(proxy, error)
    }
  }
}

/**
 * Adds authorities to those that are trusted unless an own list is given: with newer Node,
 * `NODE_EXTRA_CA_CERTS` and the system's certificates too.
 */
async function trusting(pems: readonly string[]): Promise<SecureContext> {
  const { default: tls } = await import('node:tls')
  const usual =
    'getCACertificates' in tls && typeof tls.getCACertificates === 'function'
      ? tls.getCACertificates('default')
      : tls.rootCertificates
  return tls.createSecureContext({ ca: [...usual, ...pems] })
}
