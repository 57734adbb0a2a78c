import type { ActiveDecision } from '../active-decision.js'
import { clientAddress } from './client-address.js'
import { type RemediationOptions, readOptions } from './options.js'

/** What of a request tells whom it comes from. */
export interface RemediationRequest {
  /** The other end of the connection; `undefined` where it has no address, as a Unix socket. */
  readonly remoteAddress: string | undefined
  /** A header by its name in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined
}

/** What is to be done about a request. Addresses are canonical. */
export type Outcome =
  | { readonly kind: 'pass'; readonly address: string }
  /** `decision.remediation` says what. */
  | { readonly kind: 'remediate'; readonly address: string; readonly decision: ActiveDecision }
  /** Nobody knows the client's address, or `decisions` threw `error`; `isBlocked` is what the option `whenUnknown` makes of it. */
  | {
      readonly kind: 'unknown'
      readonly address: string | undefined
      readonly isBlocked: boolean
      readonly error: unknown
    }

/**
 * The core of all adapters: says what is to be done about a request, and does nothing.
 *
 * @throws InputError that lists every option that is wrong
 */
export function createRemediate(options: RemediationOptions): (request: RemediationRequest) => Outcome {
  const { decisions, proxies, proxyHeader, blocksUnknown, onOutcome } = readOptions(options)
  const judge = (request: RemediationRequest): Outcome => {
    const address = clientAddress(request.remoteAddress, proxies, proxyHeader, request.header(proxyHeader))
    if (address === undefined) return { kind: 'unknown', address, isBlocked: blocksUnknown, error: undefined }
    try {
      const decision = decisions.check(address)
      return decision === undefined ? { kind: 'pass', address } : { kind: 'remediate', address, decision }
    } catch (error) {
      return { kind: 'unknown', address, isBlocked: blocksUnknown, error }
    }
  }
  return (request) => {
    const outcome = judge(request)
    if (outcome.kind !== 'pass') onOutcome?.(outcome)
    return outcome
  }
}

/** Whether a request is answered instead of served. */
export function isRefused(outcome: Outcome): outcome is Exclude<Outcome, { kind: 'pass' }> {
  return outcome.kind === 'remediate' || (outcome.kind === 'unknown' && outcome.isBlocked)
}
