import { createSecureContext } from 'node:tls'
import { InputError, type InputIssue } from './errors.js'
import { type ProxyRoutes, type ProxyServer, readProxies } from './proxy.js'
import { Secret } from './secret.js'
import { type CertificateAuthorities, platformAuthorities, readAuthorities } from './transport-ca.js'

/** How servers are reached. Certificates are always verified; there is no option against it. */
export interface TransportOptions {
  /** Authorities that are trusted beside the platform's, e.g. that of a proxy which inspects TLS. */
  readonly ca?: CertificateAuthorities | undefined
  /** URL of an HTTP proxy, with user and password where it wants them; `false` for none. Default: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
  readonly proxy?: string | Secret | false | undefined
  /** Reaches servers in another way; it has its own proxies and authorities then. */
  readonly fetch?: typeof fetch | undefined
  /** Told once of what an operator should change. */
  readonly onWarning?: ((warning: { code: string; message: string }) => void) | undefined
}

/** What is wrong with the options, without a secret. */
export function transportIssues({ ca, proxy, fetch }: TransportOptions): readonly InputIssue[] {
  if (fetch === undefined) return [...readAuthorities(ca).issues, ...readProxies(proxy, process.env).issues]
  const rule = 'must be left out beside fetch, which makes its own connections'
  const issues: InputIssue[] = []
  if (ca !== undefined) issues.push({ path: 'ca', value: typeof ca, rule })
  if (proxy !== undefined && proxy !== false) issues.push({ path: 'proxy', value: '[redacted]', rule })
  return issues
}

/**
 * A `fetch` that goes through the proxies and trusts the authorities; the platform's own as long as there are none. Only otherwise undici is loaded.
 * `NODE_TLS_REJECT_UNAUTHORIZED=0` has no effect on it but a warning.
 *
 * @throws InputError when a certificate or the URL of a proxy cannot be read, in the environment too
 */
export function createFetch(options: TransportOptions = {}): typeof fetch {
  const issues = transportIssues(options)
  if (issues.length > 0) throw new InputError('No connection can be made', issues)
  if (options.fetch !== undefined) return options.fetch
  const { pems } = readAuthorities(options.ca)
  const { routes } = readProxies(options.proxy, process.env)
  let warn = options.onWarning
  let own: Promise<typeof fetch> | undefined
  return async (input, init) => {
    const isSwitchedOff = process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && urlOf(input).protocol === 'https:'
    if (isSwitchedOff) {
      warn?.(SWITCHED_OFF)
      warn = undefined
    }
    if (pems.length === 0 && !routes.differ && !isSwitchedOff) return fetch(input, init)
    own ??= ownFetch(pems, routes)
    return (await own)(input, init)
  }
}

const SWITCHED_OFF = {
  code: 'insecure_tls_environment',
  message:
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set. CAPI is verified all the same, other connections of this process are not: unset it, and name your own authority with the option ca',
}

async function ownFetch(pems: readonly string[], routes: ProxyRoutes): Promise<typeof fetch> {
  const { Agent, Pool, ProxyAgent, fetch: send } = await import('undici')
  const tls = {
    rejectUnauthorized: true,
    ...(pems.length > 0 && { secureContext: createSecureContext({ ca: [...platformAuthorities(), ...pems] }) }),
  }
  const throughProxy = ({ url, authorization }: ProxyServer) =>
    new ProxyAgent({
      uri: url,
      requestTls: tls,
      proxyTls: tls,
      proxyTunnel: false,
      ...(authorization !== undefined && { token: Secret.reveal(authorization) }),
    })
  const dispatcher = new Agent({
    connect: tls,
    factory(origin, poolOptions) {
      const proxy = routes.proxyOf(new URL(origin))
      return proxy === undefined ? new Pool(origin, poolOptions) : throughProxy(proxy)
    },
  })
  return async (input, init) => {
    try {
      return await send(input, { ...init, dispatcher })
    } catch (error) {
      const proxy = routes.proxyOf(urlOf(input))
      throw proxy === undefined || init?.signal?.aborted ? error : new ProxyError(proxy, error)
    }
  }
}

const urlOf = (input: string | URL | Request) => new URL(input instanceof Request ? input.url : input)

/** Says that a proxy was in between, in the one place that errors of a connection are told by: their code. */
class ProxyError extends Error {
  readonly code: string

  constructor({ url }: ProxyServer, thrown: unknown) {
    const chain = causesOf(thrown)
    const refusal = chain.map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean)
    const code = chain.map((error) => ('code' in error ? error.code : undefined)).find((one) => typeof one === 'string')
    const text = refusal
      ? `the proxy ${url} answered ${refusal}`
      : `${code ?? 'no connection'}, through the proxy ${url}`
    super(text)
    this.code = text
  }
}

function causesOf(thrown: unknown): Error[] {
  return thrown instanceof Error ? [thrown, ...causesOf(thrown.cause)] : []
}
