import type { EndpointName } from '../capi/endpoints/endpoint-name.js'
import { CapiProtocolError } from '../errors.js'
import type { AnswerHeaders } from './answer.js'
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
  headers?: AnswerHeaders
}

/** Gives what every error of the call is known by. */
export function namesOf({ machineId, headers, secrets }: CallSite): {
  machineId?: string | undefined
  requestId?: string | undefined
} {
  return { machineId, requestId: headers && requestIdOf(headers, secrets) }
}

/** Builds the error of an answer that cannot be used. */
export function protocolError(site: CallSite, what: string): CapiProtocolError {
  const text = `${site.label} on ${site.host} ${what}`
  return new CapiProtocolError('unexpected_response', text, { retryable: true, ...namesOf(site) })
}
