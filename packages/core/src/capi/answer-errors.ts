import { errorResponseSchema, printableUrl } from '@cscapi/signals'
import { TimeoutError } from 'ky'
import {
  AbortedError,
  CapiAuthError,
  CapiForbiddenError,
  CapiNetworkError,
  CapiProtocolError,
  CapiRateLimitError,
  CapiResponseError,
  CapiTimeoutError,
  type CscapiError,
  type ResponseDetails,
} from '../errors.js'
import { MAX_CHARACTERS, printableText } from '../secrets/printable-text.js'
import { ProxyError } from '../transport/transport.js'
import { BodyTooLongError } from './body.js'
import type { EndpointName } from './http.js'
import { networkAdvice } from './network-advice.js'
import { isAboutCredentials, saysRegistered, subjectOf } from './refusal.js'
import { requestIdOf } from './request-id.js'

/** What the errors of one call may say. */
export interface CallSite {
  readonly endpoint: EndpointName
  /** `POST /signals` */
  readonly label: string
  readonly host: string
  readonly baseUrl: string
  readonly timeoutMs: number
  /** Never shown. */
  readonly secrets: readonly string[]
  readonly signal: AbortSignal | undefined
  readonly machineId: string | undefined
  /** Of the answer, once it has begun. */
  headers?: Headers
}

/** What every error of the call tells of it. */
function namesOf({ machineId, headers, secrets }: CallSite): {
  machineId?: string | undefined
  requestId?: string | undefined
} {
  return { machineId, requestId: headers && requestIdOf(headers, secrets) }
}

/** Builds the error of an answer other than 2xx. */
export function responseError(
  site: CallSite,
  answer: { status: number; text: string; retryAfterMs: number | undefined },
): CscapiError {
  const { status, retryAfterMs } = answer
  const raw = serverMessageOf(answer.text)
  const serverMessage = raw === undefined ? undefined : printableText(raw, site.secrets)
  const details: ResponseDetails = { endpoint: site.label, status, serverMessage, retryAfterMs, ...namesOf(site) }
  const said = serverMessage === undefined ? 'without a message' : `"${serverMessage}"`
  const explain = (advice: string) => `${site.label} on ${site.host} was answered ${status} ${said}: ${advice}`
  if (status >= 300 && status < 400)
    return protocolError(
      site,
      `was answered with a redirect (${status}), which is never followed: check the base URL ${printableUrl(site.baseUrl)}, and proxies in between`,
    )
  // A limit is one whatever the text says.
  if (site.endpoint === 'register' && status !== 429 && (status === 409 || saysRegistered(raw))) {
    return new CapiResponseError('already_registered', explain('CAPI has this machine id'), details)
  }
  if (status === 401 || status === 403) return refusal(site, details, raw, explain)
  if (status === 429)
    return new CapiRateLimitError('rate_limited', explain('send less, later'), details, { retryable: true })
  if (status >= 500)
    return new CapiResponseError('server_error', explain('try again later'), details, { retryable: true })
  if (NOWHERE.has(status)) return nowhere(site, details, explain)
  const [code, retryable] = CLIENT_ERRORS.get(status) ?? ['unexpected_status', false]
  return new CapiResponseError(code, explain(retryable ? 'try again later' : 'the request has to change'), details, {
    retryable,
  })
}

const CLIENT_ERRORS: ReadonlyMap<number, readonly [code: string, retryable: boolean]> = new Map([
  [400, ['bad_request', false]],
  [408, ['request_timeout', true]],
  [413, ['too_large', false]],
  [422, ['unprocessable', false]],
  [425, ['too_early', true]],
] as const)

/** Statuses of a server that has nothing at this path, or not for this method. */
const NOWHERE: ReadonlySet<number> = new Set([404, 405, 410])

function nowhere(site: CallSite, details: ResponseDetails, explain: (advice: string) => string): CscapiError {
  const { pathname } = new URL(site.baseUrl)
  const likely =
    pathname === '/' ? 'it has no version path, such as /v3' : 'its path must be the one of CAPI, such as /v3'
  const advice = `there is no CAPI at ${printableUrl(site.baseUrl)}; check the base URL: ${likely}`
  return new CapiResponseError('not_found', explain(advice), details)
}

/**
 * 401, and what a 403 can be about (docs/capi-protocol.md, Errors). In doubt it is a ban, since
 * calling during one prolongs it.
 */
function refusal(
  site: CallSite,
  details: ResponseDetails,
  raw: string | undefined,
  explain: (advice: string) => string,
): CscapiError {
  const { status } = details
  const subject = subjectOf(raw)
  const forbidden = { ...details, givesReason: subject !== 'address' }
  const isLogin = site.endpoint === 'login'
  if (isLogin && (status === 401 ? isAboutCredentials(raw ?? '') : subject === 'credentials')) {
    return new CapiAuthError('credentials_refused', explain('the stored password is not the one CAPI knows'), {
      ...details,
      retryAfterMs: undefined,
    })
  }
  if (status === 401) {
    const hasToken = !isLogin && site.endpoint !== 'register'
    const advice = hasToken
      ? 'the token is not accepted'
      : 'this call has no token yet; check the base URL, and proxies in between'
    return new CapiAuthError('unauthorized', explain(advice), details)
  }
  if (subject === 'route') return nowhere(site, details, explain)
  if (site.endpoint === 'register' && subject !== 'address') {
    return new CapiResponseError('unexpected_status', explain('the request has to change'), details)
  }
  if (site.endpoint === 'enroll' && subject !== 'address') {
    return new CapiForbiddenError('attachment_key_refused', explain('copy the key from the console again'), forbidden)
  }
  if (subject === 'machine' || subject === 'credentials') {
    const advice = 'CAPI refuses this machine, and no other; ask the console, or choose another machine id'
    return new CapiAuthError('machine_refused', explain(advice), { ...details, retryAfterMs: undefined })
  }
  const advice = 'this address is blocked; stay silent for an hour, and do not log in'
  return new CapiForbiddenError('forbidden', explain(advice), forbidden, { retryable: true })
}

/**
 * Builds a fresh error from what `fetch` or ky threw: the original holds the request, and with it
 * password and token.
 */
export function transportError(site: CallSite, thrown: unknown): CscapiError {
  if (site.signal?.aborted) return new AbortedError(`${site.label} on ${site.host}`, namesOf(site))
  if (thrown instanceof BodyTooLongError) return protocolError(site, `was answered with a body ${thrown.message}`)
  if (thrown instanceof TimeoutError || nameOf(thrown) === 'TimeoutError') {
    const text = `${site.label} on ${site.host} was not answered within ${site.timeoutMs} ms; try again later`
    return new CapiTimeoutError('timeout', text, { retryable: true, ...namesOf(site) })
  }
  const { text: what, cause } = reasonOf(thrown)
  const reason = printableText(what, site.secrets)
  const text = `${site.label} got no answer from ${site.host} (${reason}): ${networkAdvice(cause)}; try again later`
  return new CapiNetworkError('network_error', text, { retryable: true, ...namesOf(site) })
}

/** Builds the error of an answer that cannot be used. */
export function protocolError(site: CallSite, what: string): CapiProtocolError {
  const text = `${site.label} on ${site.host} ${what}`
  return new CapiProtocolError('unexpected_response', text, { retryable: true, ...namesOf(site) })
}

/**
 * As it came: what it is about is told by all of it, since what hides a secret may hide a word.
 * Never shown.
 */
function serverMessageOf(text: string): string | undefined {
  const body = parseJson(text)
  // The gateway in front of CAPI spells it with a capital in some of its answers.
  const named =
    typeof body === 'object' && body !== null && 'Message' in body ? { message: body.Message, ...body } : body
  const parsed = errorResponseSchema.safeParse(named)
  if (!parsed.success) return undefined
  const { message, errors } = parsed.data
  const detail =
    errors === undefined || errors === null ? '' : `: ${typeof errors === 'string' ? errors : JSON.stringify(errors)}`
  return `${message}${detail}`.slice(0, MAX_CHARACTERS)
}

/** The value of a JSON text, or `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What failed, and what it is known by. Only the system's code and syscall, which are plain words:
 * a message may quote the URL or a header, and a `fetch` of the user's anything.
 */
function reasonOf(thrown: unknown): { text: string; cause: string } {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof ProxyError) return { text: error.message, cause: 'proxy' }
    if ('code' in error && isCode(error.code)) {
      const { code } = error
      const syscall: unknown = Reflect.get(error, 'syscall')
      const isWord = typeof syscall === 'string' && /^[a-z]{1,20}$/.test(syscall)
      return { text: isWord ? `${syscall} ${code}` : code, cause: code }
    }
    // `fetch` says so by the text alone.
    if (error.message === 'bad port') return { text: error.message, cause: error.message }
  }
  const name = nameOf(thrown) ?? 'unknown reason'
  return { text: name, cause: name }
}

/** As Node, OpenSSL and undici have them: `ECONNREFUSED`. */
function isCode(code: unknown): code is string {
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)
}

function nameOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && /^[A-Za-z]{1,40}$/.test(thrown.name) ? thrown.name : undefined
}
