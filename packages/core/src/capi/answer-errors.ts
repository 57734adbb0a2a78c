import { type CscapiError, printableUrl } from '@cscapi/signals'
import {
  CapiAuthError,
  CapiForbiddenError,
  CapiRateLimitError,
  CapiResponseError,
  type ResponseDetails,
} from '../errors.js'
import { printableText } from '../secrets/printable-text.js'
import { type CallSite, namesOf, protocolError } from '../transport/call-site.js'
import { isAboutCredentials, saysRegistered, subjectOf } from './refusal.js'
import { serverMessageOf } from './server-message.js'

/** Builds the error of an answer other than 2xx. */
export function answerError(
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
 * Tells 401, and what a 403 can be about (docs/capi-protocol.md, Errors). In doubt it is a ban,
 * since calling during one prolongs it.
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
