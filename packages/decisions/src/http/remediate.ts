import type { ActiveDecision } from '../lookup/active-decision.js'
import { clientAddress, isBelieved } from './client-address.js'
import { type RemediationOptions, type RemediationSettings, readRemediationOptions } from './options.js'

/** What of a request tells whom it comes from. */
export interface RemediationRequest {
  /** The other end of the connection; `undefined` where it has no address, as a Unix socket. */
  readonly remoteAddress: string | undefined
  /** A header by its name in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined
  /**
   * Whether the connection has ended, so that its other end cannot be told any more. Default false.
   */
  readonly isGone?: boolean
  /**
   * Whether the server may have left out headers, among them the one that a proxy added. Default
   * false.
   */
  readonly isCut?: boolean
}

/**
 * Why it is not known what to do: a connection without an address, or a trusted proxy that names
 * none; one that has ended; headers that are cut off; `decisions` that throws. A client can bring
 * `gone` and `cut` about by itself, so they are refused whatever `whenUnknown` says.
 */
export type UnknownReason = 'no_address' | 'gone' | 'cut' | 'check_failed'

/** What is to be done about a request. Addresses are canonical. */
export type Outcome =
  | { readonly kind: 'pass'; readonly address: string }
  /** `decision.remediation` says what. */
  | { readonly kind: 'remediate'; readonly address: string; readonly decision: ActiveDecision }
  /** `isBlocked` is what becomes of it; `error` is what `decisions` threw. */
  | {
      readonly kind: 'unknown'
      readonly reason: UnknownReason
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
  return remediateWith(readRemediationOptions(options, 'none'))
}

/** The same for options that have been read, whatever the adapter takes beside. */
export function remediateWith({
  decisions,
  proxies,
  proxyHeader,
  blocksUnknown,
  onOutcome,
}: RemediationSettings): (request: RemediationRequest) => Outcome {
  const unknown = (reason: UnknownReason, address?: string, error?: unknown): Outcome => ({
    kind: 'unknown',
    reason,
    address,
    isBlocked: blocksUnknown || reason === 'gone' || reason === 'cut',
    error,
  })
  const judge = (request: RemediationRequest): Outcome => {
    if (request.isGone) return unknown('gone')
    if (request.isCut && isBelieved(request.remoteAddress, proxies)) return unknown('cut')
    const address = clientAddress(request.remoteAddress, proxies, proxyHeader, request.header(proxyHeader))
    if (address === undefined) return unknown('no_address')
    try {
      const decision = decisions.check(address)
      return decision === undefined ? { kind: 'pass', address } : { kind: 'remediate', address, decision }
    } catch (error) {
      return unknown('check_failed', address, error)
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
