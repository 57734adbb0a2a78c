import { InputError, type InputIssue } from '@cscapi/signals'
import { isLoopback } from '../environment.js'
import { readProxies, readRoutes, type Variables } from '../proxies/proxy.js'
import type { Secret } from '../secrets/secret.js'
import type { Answer } from './answer.js'
import { type CertificateAuthorities, readAuthorities } from './authorities.js'
import { isPlatformsWayDirect, type PostRequest, postDirectly } from './direct-post.js'
import { loadFetch } from './own-fetch.js'

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
  /** Stable, for programs; docs/errors.md has each. */
  readonly code: 'insecure_tls_environment'
  /** For people: what was found, and what to do. */
  readonly message: string
}

export interface FetchOptions extends TransportOptions {
  readonly fetch?: typeof fetch | undefined
  readonly onWarning?: ((warning: TransportWarning) => void) | undefined
}

/** The ways to one base URL. */
export interface Transport {
  readonly fetch: typeof fetch
  /** Posts a body that is ready. Redirects are not followed. */
  readonly post: (url: string, request: PostRequest) => Promise<Answer>
}

/**
 * Gives the ways to a base URL: the platform's `fetch`, unless a proxy, a certificate authority, or
 * an environment that would switch verification off asks for another. Only then undici is loaded.
 * `NODE_TLS_REJECT_UNAUTHORIZED=0` has no effect but a warning. On Node, what may go the platform's
 * way is posted without `fetch`, which costs several times as much CPU (`post` of apps/bench); but
 * for the first POST, since a pull would not get through to a port that `fetch` never calls.
 *
 * @throws InputError when a certificate or the URL of a proxy, in the environment too, cannot be
 * used; or when they stand beside a `fetch` that would not heed them
 */
export function transportTo(baseUrl: string, options: FetchOptions, env: Variables = process.env): Transport {
  const issues = transportIssues(baseUrl, options, env)
  if (issues.length > 0) throw new InputError('CAPI cannot be called', issues)
  const given = options.fetch
  if (given !== undefined) return { fetch: given, post: postThrough(given) }
  const { protocol } = new URL(baseUrl)
  const { pems } = readAuthorities(options.ca)
  const routes = readRoutes(baseUrl, options.proxy, env)
  const isOwn = pems.length > 0 || routes.differ
  let warn = options.onWarning
  let own: Promise<typeof fetch> | undefined
  /** At each call: a program may set it whenever it likes. */
  const isSwitchedOff = () => {
    const isOff = protocol === 'https:' && env.NODE_TLS_REJECT_UNAUTHORIZED === '0'
    if (isOff) {
      warn?.(SWITCHED_OFF)
      warn = undefined
    }
    return isOff
  }
  const send: typeof fetch = async (input, init) => {
    if (!isSwitchedOff() && !isOwn) return fetch(input, init)
    own ??= loadFetch(pems, routes)
    return (await own)(input, init)
  }
  const postByFetch = postThrough(send)
  let isKnown = false
  return {
    fetch: send,
    async post(url, request) {
      if (isKnown && !isOwn && isPlatformsWayDirect()) {
        isSwitchedOff()
        return postDirectly(url, request)
      }
      const answer = await postByFetch(url, request)
      isKnown = true
      return answer
    },
  }
}

/** Gives the `fetch` of {@link transportTo} alone, for calls of your own. */
export function transportFetch(baseUrl: string, options: FetchOptions, env: Variables = process.env): typeof fetch {
  return transportTo(baseUrl, options, env).fetch
}

const postThrough =
  (send: typeof fetch): Transport['post'] =>
  (url, { headers, body, signal }) =>
    send(url, { method: 'POST', headers, body, signal, redirect: 'manual' })

/**
 * Tells what is wrong with the options, and with the proxies of the environment where they count.
 */
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
