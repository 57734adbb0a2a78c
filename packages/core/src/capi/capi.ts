import { isLoopback, resolveBaseUrl } from '../environment.js'
import type { Download, DownloadOptions, downloadList } from '../links/download.js'
import { linkFetch } from '../links/link-fetch.js'
import { type CallOptions, Http } from '../transport/http.js'
import { transportTo } from '../transport/transport.js'
import { userAgentOf } from '../user-agent.js'
import { type CapiOptions, readCapiOptions } from './capi-options.js'
import { checked, downloadSchema, requestSchemas } from './checked-calls.js'
import type { DecisionStream } from './decision-stream/decision-stream.js'
import { type EnrollAnswer, type EnrollRequest, enroll } from './endpoints/enroll.js'
import { type Login, type LoginRequest, login } from './endpoints/login.js'
import { type PullDecisionsRequest, pullDecisions } from './endpoints/pull-decisions.js'
import { type PushMetricsRequest, pushMetrics } from './endpoints/push-metrics.js'
import { type PushSignalsRequest, pushSignals } from './endpoints/push-signals.js'
import { type RegisterRequest, register } from './endpoints/register.js'

/**
 * CAPI's calls, one try each: what to do about a failure is `decide`'s to say.
 * Each may throw CapiResponseError, CapiAuthError, CapiForbiddenError, CapiRateLimitError,
 * CapiNetworkError, CapiTimeoutError, CapiProtocolError, AbortedError.
 */
export interface Capi {
  /** The CAPI that is called, with its version path. */
  readonly baseUrl: string
  /** What every request calls itself. */
  readonly userAgent: string
  /**
   * Registers a machine. Not safe to repeat blindly: an id that CAPI knows is `already_registered`.
   */
  register(request: RegisterRequest, options?: CallOptions): Promise<void>
  /** Logs a machine in. Too many logins of an address earn a ban (docs/capi-protocol.md, Bans). */
  login(request: LoginRequest, options?: CallOptions): Promise<Login>
  /** Sends signals of one machine. Safe to repeat: every signal keeps its uuid. */
  pushSignals(request: PushSignalsRequest, options?: CallOptions): Promise<void>
  /** Pulls what CAPI wants kept out, and links to further lists. */
  pullDecisions(request: PullDecisionsRequest, options?: CallOptions): Promise<DecisionStream>
  /**
   * Enrolls a machine in the console.
   *
   * @throws InputError, and CapiForbiddenError `attachment_key_refused`
   */
  enroll(request: EnrollRequest, options?: CallOptions): Promise<EnrollAnswer>
  /** Tells what a machine runs. */
  pushMetrics(request: PushMetricsRequest, options?: CallOptions): Promise<void>
  /**
   * Downloads a list that an answer of the stream links to, line by line (docs/capi-protocol.md,
   * Blocklists). No token goes out. Every redirect is held to the same rules as the link itself:
   * https, and no address of a private network, unless CAPI itself is a loopback address.
   *
   * @throws CscapiError `download_refused` for a link that must not be followed, `download_failed`
   * (retryable) for trouble on the way, `download_too_large`; AbortedError; none of the errors
   * above. Reading `lines` throws them too.
   */
  downloadList(link: string, options?: DownloadOptions): Promise<Download>
}

/**
 * Makes the calls of one CAPI.
 *
 * @throws InputError that lists every option that is wrong, unknown ones too.
 */
export function createCapi(options: CapiOptions): Capi {
  const { timeoutMs, gzip } = readCapiOptions(options)
  const baseUrl = resolveBaseUrl(options.environment)
  const userAgent = userAgentOf(options.userAgentPrefix)
  const http = new Http({
    timeoutMs,
    gzip,
    baseUrl,
    userAgent,
    transport: transportTo(baseUrl, options),
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
    register: checked(requestSchemas.register, (...call) => register(http, ...call)),
    login: checked(requestSchemas.login, (...call) => login(http, ...call)),
    pushSignals: checked(requestSchemas.pushSignals, (...call) => pushSignals(http, ...call)),
    pullDecisions: checked(requestSchemas.pullDecisions, (...call) => pullDecisions(http, ...call)),
    enroll: checked(requestSchemas.enroll, (...call) => enroll(http, ...call)),
    pushMetrics: checked(requestSchemas.pushMetrics, (...call) => pushMetrics(http, ...call)),
    downloadList: checked(requestSchemas.link, (...call) => downloadLink(links, ...call), downloadSchema),
  }
}

/** Loads what downloads take with the first of them: most programs make none. */
async function downloadLink(...call: Parameters<typeof downloadList>): Promise<Download> {
  const { downloadList } = await import('../links/download.js')
  return downloadList(...call)
}
