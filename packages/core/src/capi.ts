import { z } from 'zod'
import type { DecisionStream } from './decision-stream.js'
import { type Download, type DownloadOptions, downloadList } from './download.js'
import { type PullDecisionsRequest, pullDecisions } from './endpoints/decisions.js'
import { type EnrollAnswer, type EnrollRequest, enroll } from './endpoints/enroll.js'
import { type Login, type LoginRequest, login } from './endpoints/login.js'
import { type PushMetricsRequest, pushMetrics } from './endpoints/metrics.js'
import { type RegisterRequest, register } from './endpoints/register.js'
import { type PushSignalsRequest, pushSignals } from './endpoints/signals.js'
import { type Environment, isLoopback, resolveBaseUrl } from './environment.js'
import { InputError } from './errors.js'
import { type CallOptions, type CapiRequestEvent, Http } from './http.js'
import { issuesOf } from './issues.js'
import { linkFetch, type TransportOptions, type TransportWarning, transportFetch } from './transport.js'
import { userAgentOf } from './user-agent.js'

/** Options of {@link createCapi}. */
export interface CapiOptions extends TransportOptions {
  readonly environment: Environment
  /** Default: none. */
  readonly userAgentPrefix?: string | undefined
  /** Milliseconds for one call, its answer read to the end. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** Compress bodies over 5 KiB. Default false. */
  readonly gzip?: boolean | undefined
  /** Default: the platform's. One of your own makes its own connections: it cannot stand beside `ca` and `proxy`. */
  readonly fetch?: typeof fetch | undefined
  /** Epoch milliseconds: when an answer came. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Told of every request after it ended. */
  readonly onRequest?: ((event: CapiRequestEvent) => void) | undefined
  /** Told once of what an operator should change. */
  readonly onWarning?: ((warning: TransportWarning) => void) | undefined
}

/**
 * CAPI's calls, one try each: what to do about a failure is `decide`'s to say.
 * Each may throw CapiResponseError, CapiAuthError, CapiForbiddenError, CapiRateLimitError, CapiNetworkError, CapiTimeoutError, CapiProtocolError, AbortedError.
 */
export interface Capi {
  readonly baseUrl: string
  readonly userAgent: string
  /** Not safe to repeat blindly: an id that CAPI knows is `already_registered`. */
  register(request: RegisterRequest, options?: CallOptions): Promise<void>
  /** Logins are counted per address; too many of them earn a ban (capi-protocol section 3). */
  login(request: LoginRequest, options?: CallOptions): Promise<Login>
  /** Safe to repeat: every signal keeps its uuid. */
  pushSignals(request: PushSignalsRequest, options?: CallOptions): Promise<void>
  pullDecisions(request: PullDecisionsRequest, options?: CallOptions): Promise<DecisionStream>
  /** @throws InputError, and CapiForbiddenError `attachment_key_refused` */
  enroll(request: EnrollRequest, options?: CallOptions): Promise<EnrollAnswer>
  pushMetrics(request: PushMetricsRequest, options?: CallOptions): Promise<void>
  /**
   * A list that an answer of the stream links to, line by line (capi-protocol section 5.5). No token goes out. Every redirect is held to the same rules as the link itself:
   * https, and no address of a private network, unless CAPI itself is a loopback address.
   *
   * @throws CscapiError `download_refused` for a link that must not be followed, `download_failed` (retryable) for trouble on the way,
   * `download_too_large`; AbortedError; none of the errors above. Reading `lines` throws them too.
   */
  downloadList(link: string, options?: DownloadOptions): Promise<Download>
}

const settingsSchema = z.object({
  timeoutMs: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .default(30_000),
  gzip: z.boolean().default(false),
})

/** @throws InputError */
export function createCapi(options: CapiOptions): Capi {
  const parsed = settingsSchema.safeParse(options)
  if (!parsed.success) throw new InputError('CAPI cannot be called', issuesOf(parsed.error, options))
  const baseUrl = resolveBaseUrl(options.environment)
  const userAgent = userAgentOf(options.userAgentPrefix)
  const fetch = transportFetch(baseUrl, options)
  const http = new Http({
    ...parsed.data,
    baseUrl,
    userAgent,
    fetch,
    onRequest: options.onRequest,
    now: options.now ?? Date.now,
  })
  const links = {
    userAgent,
    fetch: linkFetch(baseUrl, options),
    allowLocal: isLoopback(new URL(baseUrl).hostname),
  }
  return {
    baseUrl,
    userAgent,
    register: (request, callOptions) => register(http, request, callOptions),
    login: (request, callOptions) => login(http, request, callOptions),
    pushSignals: (request, callOptions) => pushSignals(http, request, callOptions),
    pullDecisions: (request, callOptions) => pullDecisions(http, request, callOptions),
    enroll: (request, callOptions) => enroll(http, request, callOptions),
    pushMetrics: (request, callOptions) => pushMetrics(http, request, callOptions),
    downloadList: (link, downloadOptions) => downloadList(links, link, downloadOptions),
  }
}
