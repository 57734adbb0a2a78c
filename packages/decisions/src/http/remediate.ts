import { clientAddress, isBelieved } from './client-address.js'
import { type RemediationOptions, type RemediationSettings, readRemediationOptions } from './options.js'
import type { Outcome, UnknownReason } from './outcome.js'

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
