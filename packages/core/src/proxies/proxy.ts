import type { InputIssue } from '@cscapi/signals'
import { isLoopback } from '../environment.js'
import { Secret } from '../secrets/secret.js'
import { readExceptions } from './no-proxy.js'

/** An HTTP proxy; requests over TLS go through a tunnel, so it sees neither token nor password. */
export interface ProxyServer {
  /** Without user and password, e.g. `http://192.0.2.1:3128`. */
  readonly url: string
  /** The `Proxy-Authorization` header. */
  readonly authorization: Secret | undefined
}

/** Which URL goes through which proxy. */
export interface ProxyRoutes {
  /** Whether the platform's own `fetch` may go another way. */
  readonly differ: boolean
  proxyOf(url: URL): ProxyServer | undefined
}

/** Those of the environment. */
export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the `proxy` option: a URL for everything, `false` for none, and by default what the
 * environment says, in lower or upper case: `HTTPS_PROXY` (else `HTTP_PROXY`) for https,
 * `HTTP_PROXY` for http, but for the hosts of `NO_PROXY`.
 */
export function readProxies(
  option: string | Secret | false | undefined,
  environment: Variables,
): { routes: ProxyRoutes; issues: InputIssue[] } {
  const issues: InputIssue[] = []
  const read = (path: string, text: string): ProxyServer | undefined => {
    const server = readServer(text)
    if (typeof server !== 'string') return server
    // Not even a part of it: it may hold a password.
    issues.push({ path, value: '[redacted]', rule: server })
    return undefined
  }
  const fromEnvironment = (name: string) => {
    const text = environment[name.toLowerCase()] || environment[name]
    return text ? read(name, text) : undefined
  }
  if (option === false) {
    // Else the platform's own, which newer Node tells to use them, would.
    const differ = Boolean(environment.NODE_USE_ENV_PROXY)
    return { routes: { differ, proxyOf: () => undefined }, issues }
  }
  if (option !== undefined) {
    const text: unknown = Secret.reveal(option)
    if (typeof text !== 'string') issues.push({ path: 'proxy', value: typeof text, rule: RULE })
    const server = typeof text === 'string' ? read('proxy', text) : undefined
    return { routes: routesTo(server, server, () => false), issues }
  }
  const http = fromEnvironment('HTTP_PROXY')
  const https = fromEnvironment('HTTPS_PROXY') ?? http
  const isException = readExceptions(environment.no_proxy || environment.NO_PROXY || '')
  return { routes: routesTo(https, http, isException), issues }
}

/** Reads which way requests go. A CAPI of this machine's is never called through a proxy. */
export function readRoutes(baseUrl: string, option: string | Secret | false | undefined, env: Variables): ProxyRoutes {
  return readProxies(isLoopback(new URL(baseUrl).hostname) ? false : option, env).routes
}

const RULE = 'must be the http or https URL of a proxy, e.g. http://proxy.example:3128, or false'

function routesTo(
  https: ProxyServer | undefined,
  http: ProxyServer | undefined,
  isException: (host: string, port: string) => boolean,
): ProxyRoutes {
  return {
    differ: https !== undefined || http !== undefined,
    proxyOf({ protocol, hostname, port }) {
      const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
      const defaultPort = protocol === 'https:' ? '443' : '80'
      if (isException(host, port || defaultPort)) return undefined
      return protocol === 'https:' ? https : http
    },
  }
}

/**
 * Reads a server, or tells the rule that the text breaks. Without a scheme it is http, as with
 * curl.
 */
function readServer(text: string): ProxyServer | string {
  const full = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') return RULE
  const { username, password, origin } = url
  if (username === '' && password === '') return { url: origin, authorization: undefined }
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return { url: origin, authorization: new Secret(`Basic ${Buffer.from(credentials).toString('base64')}`) }
  } catch {
    return 'must have its user and password percent-encoded'
  }
}
