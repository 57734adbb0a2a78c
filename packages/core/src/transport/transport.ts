import type { LookupFunction } from 'node:net'
import { createSecureContext } from 'node:tls'
import { isLoopback } from '../environment.js'
import { InputError, type InputIssue } from '../errors.js'
import { strictGet } from '../links/link-rules.js'
import { publicLookup } from '../links/public-address.js'
import { Secret } from '../secrets/secret.js'
import { type CertificateAuthorities, platformAuthorities, readAuthorities } from './authorities.js'
import { type ProxyRoutes, type ProxyServer, readProxies } from './proxy.js'

/** How CAPI is reached. Certificates are always verified; there is no option against it. */
export interface TransportOptions {
  /** Certificate authorities to trust beside the usual ones. Default: none. */
  readonly ca?: CertificateAuthorities | undefined
  /**
   * `http://user:password@host:port` of a proxy, or `false` for none. Default: what `HTTPS_PROXY`,
   * `HTTP_PROXY` and `NO_PROXY` say. A loopback address is never called through a proxy.
   */
  readonly proxy?: string | Secret | false | undefined
}

/** Something that an operator should change. */
export interface TransportWarning {
  readonly code: 'insecure_tls_environment'
  readonly message: string
}

interface FetchOptions extends TransportOptions {
  readonly fetch?: typeof fetch | undefined
  readonly onWarning?: ((warning: TransportWarning) => void) | undefined
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * The `fetch` of a base URL: the platform's, unless a proxy, a certificate authority, or an
 * environment that would switch verification off asks for another. Only then undici is loaded.
 * `NODE_TLS_REJECT_UNAUTHORIZED=0` has no effect but a warning.
 *
 * @throws InputError when a certificate or the URL of a proxy, in the environment too, cannot be
 * used; or when they stand beside a `fetch` that would not heed them
 */
export function transportFetch(baseUrl: string, options: FetchOptions, env: Variables = process.env): typeof fetch {
  const issues = transportIssues(baseUrl, options, env)
  if (issues.length > 0) throw new InputError('CAPI cannot be called', issues)
  if (options.fetch !== undefined) return options.fetch
  const { protocol, hostname } = new URL(baseUrl)
  const { pems } = readAuthorities(options.ca)
  const routes = routesFor(hostname, readProxies(options.proxy, isLoopback(hostname) ? {} : env).routes, env)
  const isOwn = pems.length > 0 || routes.differ
  let warn = options.onWarning
  let own: Promise<typeof fetch> | undefined
  return async (input, init) => {
    // At each call: a program may set it whenever it likes.
    const isSwitchedOff = protocol === 'https:' && env.NODE_TLS_REJECT_UNAUTHORIZED === '0'
    if (isSwitchedOff) {
      warn?.(SWITCHED_OFF)
      warn = undefined
    }
    if (!isOwn && !isSwitchedOff) return fetch(input, init)
    own ??= loadFetch(pems, routes)
    return (await own)(input, init)
  }
}

/** What is wrong with the options, and with the proxies of the environment where they count. */
export function transportIssues(
  baseUrl: string | undefined,
  options: FetchOptions,
  env: Variables = process.env,
): InputIssue[] {
  const isDirect = options.fetch !== undefined || (baseUrl !== undefined && isLoopback(new URL(baseUrl).hostname))
  return [
    ...readAuthorities(options.ca).issues,
    ...readProxies(options.proxy, isDirect ? {} : env).issues,
    ...unheeded(options),
  ]
}

/**
 * The `fetch` of the links that CAPI gives: through the same proxy, trusting the same authorities,
 * and else only to addresses that are public at the moment of connecting. A proxy resolves names
 * itself, so it is the proxy that keeps a link out of the network around it. Beside a CAPI on a
 * loopback address, links may be local too.
 */
export function linkFetch(baseUrl: string, options: FetchOptions, env: Variables = process.env): typeof fetch {
  if (options.fetch !== undefined) return options.fetch
  const { hostname } = new URL(baseUrl)
  const { pems } = readAuthorities(options.ca)
  const routes = routesFor(hostname, readProxies(options.proxy, env).routes, env)
  let own: Promise<typeof fetch> | undefined
  return async (input, init) => {
    own ??= loadFetch(pems, routes, { isStrict: true, lookup: isLoopback(hostname) ? undefined : publicLookup })
    return (await own)(input, init)
  }
}

/** A CAPI of this machine's is never called through a proxy. */
function routesFor(hostname: string, routes: ProxyRoutes, env: Variables): ProxyRoutes {
  return isLoopback(hostname) ? readProxies(false, env).routes : routes
}

const SWITCHED_OFF: TransportWarning = {
  code: 'insecure_tls_environment',
  message:
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: the certificate of CAPI is verified all the same, those of other servers are not. Unset it, and name your own authority with the option ca',
}

function unheeded({ fetch, ca, proxy }: FetchOptions): InputIssue[] {
  if (fetch === undefined) return []
  const rule = 'must be left out beside fetch, which makes its own connections'
  const issues: InputIssue[] = []
  if (ca !== undefined) issues.push({ path: 'ca', value: typeof ca, rule })
  if (proxy !== undefined && proxy !== false) issues.push({ path: 'proxy', value: '[redacted]', rule })
  return issues
}

async function loadFetch(
  pems: readonly string[],
  routes: ProxyRoutes,
  { isStrict = false, lookup }: { readonly isStrict?: boolean; readonly lookup?: LookupFunction | undefined } = {},
): Promise<typeof fetch> {
  const { Agent, Pool, ProxyAgent, fetch: send, request } = await import('undici')
  const tls = {
    rejectUnauthorized: true,
    ...(pems.length > 0 && { secureContext: createSecureContext({ ca: [...platformAuthorities(), ...pems] }) }),
  }
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
      if (isStrict) return await Reflect.apply(strictGet, undefined, [request, input, { ...init, dispatcher }])
      return await Reflect.apply(send, undefined, [input, { ...init, dispatcher }])
    } catch (error) {
      const proxy = routes.proxyOf(new URL(input instanceof Request ? input.url : input))
      throw proxy === undefined || init?.signal?.aborted ? error : new ProxyError(proxy, error)
    }
  }
}

/** Says that a proxy was in between; its message is ours, and shown as it is. */
export class ProxyError extends Error {
  constructor({ url }: ProxyServer, thrown: unknown) {
    const chain = causesOf(thrown)
    const answer = chain.map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean)
    const code = chain
      .map((error) => ('code' in error ? error.code : undefined))
      .find((one) => typeof one === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(one))
    const text = answer ? `the proxy ${url} answered ${answer}` : `${code ?? 'no connection'}, through the proxy ${url}`
    super(text)
  }
}

function causesOf(thrown: unknown): Error[] {
  return thrown instanceof Error ? [thrown, ...causesOf(thrown.cause)] : []
}
