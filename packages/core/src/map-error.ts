import { errorResponseSchema } from '@cscapi/signals'
import { TimeoutError } from 'ky'
import { BodyTooLongError } from './body.js'
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
} from './errors.js'
import type { EndpointName } from './http.js'
import { printableText } from './redact.js'
import { requestIdOf } from './request-id.js'
import { ProxyError } from './transport.js'

/** What the errors of one call may say. */
export interface CallSite {
  readonly endpoint: EndpointName
  /** `POST /signals` */
  readonly label: string
  readonly host: string
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
  const serverMessage = serverMessageOf(answer.text, site.secrets)
  const details: ResponseDetails = { endpoint: site.label, status, serverMessage, retryAfterMs, ...namesOf(site) }
  const said = serverMessage === undefined ? 'without a message' : `"${serverMessage}"`
  const explain = (advice: string) => `${site.label} on ${site.host} was answered ${status} ${said}: ${advice}`
  if (status >= 300 && status < 400)
    return protocolError(site, `was answered with a redirect (${status}), which is never followed`)
  if (
    site.endpoint === 'register' &&
    (status === 409 || (status >= 500 && /already registered/i.test(serverMessage ?? '')))
  ) {
    return new CapiResponseError('already_registered', explain('CAPI has this machine id'), details)
  }
  if (status === 401 || status === 403) return refusal(site, details, explain)
  if (status === 429)
    return new CapiRateLimitError('rate_limited', explain('send less, later'), details, { retryable: true })
  if (status >= 500)
    return new CapiResponseError('server_error', explain('try again later'), details, { retryable: true })
  const [code, retryable] = CLIENT_ERRORS.get(status) ?? ['unexpected_status', false]
  return new CapiResponseError(code, explain(retryable ? 'try again later' : 'the request has to change'), details, {
    retryable,
  })
}

const CLIENT_ERRORS: ReadonlyMap<number, readonly [code: string, retryable: boolean]> = new Map([
  [400, ['bad_request', false]],
  [404, ['not_found', false]],
  [408, ['request_timeout', true]],
  [413, ['too_large', false]],
  [422, ['unprocessable', false]],
  [425, ['too_early', true]],
] as const)

/** 401, and the three things that a 403 can be (capi-protocol section 1.4). */
function refusal(site: CallSite, details: ResponseDetails, explain: (advice: string) => string): CscapiError {
  const message = details.serverMessage ?? ''
  if (site.endpoint === 'login' && /machine_?id or password|incorrect|invalid (credentials|password)/i.test(message)) {
    return new CapiAuthError('credentials_refused', explain('the stored password is not the one CAPI knows'), {
      ...details,
      retryAfterMs: undefined,
    })
  }
  if (details.status === 401) return new CapiAuthError('unauthorized', explain('the token is not accepted'), details)
  if (site.endpoint === 'enroll' && /attachment key/i.test(message)) {
    return new CapiForbiddenError('attachment_key_refused', explain('copy the key from the console again'), details)
  }
  return new CapiForbiddenError(
    'forbidden',
    explain('this address is blocked; stay silent for an hour, and do not log in'),
    details,
    {
      retryable: true,
    },
  )
}

/** Builds a fresh error from what `fetch` or ky threw: the original holds the request, and with it password and token. */
export function transportError(site: CallSite, thrown: unknown): CscapiError {
  if (site.signal?.aborted) return new AbortedError(`${site.label} on ${site.host}`, namesOf(site))
  if (thrown instanceof BodyTooLongError) return protocolError(site, `was answered with a body ${thrown.message}`)
  if (thrown instanceof TimeoutError || nameOf(thrown) === 'TimeoutError') {
    const text = `${site.label} on ${site.host} was not answered within ${site.timeoutMs} ms; try again later`
    return new CapiTimeoutError('timeout', text, { retryable: true, ...namesOf(site) })
  }
  const reason = printableText(reasonOf(thrown), site.secrets)
  const text = `${site.label} got no answer from ${site.host} (${reason}); check the connection and try again later`
  return new CapiNetworkError('network_error', text, { retryable: true, ...namesOf(site) })
}

/** Builds the error of an answer that cannot be used. */
export function protocolError(site: CallSite, what: string): CapiProtocolError {
  const text = `${site.label} on ${site.host} ${what}`
  return new CapiProtocolError('unexpected_response', text, { retryable: true, ...namesOf(site) })
}

function serverMessageOf(text: string, secrets: readonly string[]): string | undefined {
  const parsed = errorResponseSchema.safeParse(parseJson(text))
  if (!parsed.success) return undefined
  const { message, errors } = parsed.data
  const detail =
    errors === undefined || errors === null ? '' : `: ${typeof errors === 'string' ? errors : JSON.stringify(errors)}`
  return printableText(`${message}${detail}`, secrets)
}

/** The value of a JSON text, or `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Only the system's code and syscall, which are plain words: a message may quote the URL or a header, and a `fetch` of the user's anything. */
function reasonOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof ProxyError) return error.message
    if ('code' in error && isCode(error.code)) {
      const syscall: unknown = Reflect.get(error, 'syscall')
      return typeof syscall === 'string' && /^[a-z]{1,20}$/.test(syscall) ? `${syscall} ${error.code}` : error.code
    }
  }
  return nameOf(thrown) ?? 'unknown reason'
}

/** As Node, OpenSSL and undici have them: `ECONNREFUSED`. */
function isCode(code: unknown): code is string {
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)
}

function nameOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && /^[A-Za-z]{1,40}$/.test(thrown.name) ? thrown.name : undefined
}
