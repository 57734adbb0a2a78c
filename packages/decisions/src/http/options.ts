import { InputError, type InputIssue, printable } from '@cscapi/signals'
import type { ActiveDecision } from '../active-decision.js'
import type { Outcome } from './remediate.js'
import { TrustedProxies } from './trusted-proxies.js'

/** Says what is to be done about an address: a `DecisionSet`, or anything else that does. */
export interface Decisions {
  check(ip: string): ActiveDecision | undefined
}

/** What every adapter takes. */
export interface RemediationOptions {
  readonly decisions: Decisions
  /**
   * Addresses and CIDR ranges of the proxies in front of this server that are believed about who their client is; `'unix'` for whoever connects through a Unix socket.
   * Default none: the client is whoever connects, and no header counts.
   */
  readonly trustProxy?: readonly string[]
  /**
   * The one header in which those proxies say so, and which they overwrite or add to: `x-forwarded-for`, `forwarded` (RFC 7239), or one with a single address such as `x-real-ip`.
   * Default `x-forwarded-for`.
   */
  readonly proxyHeader?: string
  /** What becomes of a request whose client's address nobody knows, or about which `decisions` throws. Default `'pass'`. */
  readonly whenUnknown?: 'pass' | 'block'
  /** Told of every request that is not simply let through, before it is answered. What it throws is the adapter's caller's. */
  readonly onOutcome?: (outcome: Exclude<Outcome, { readonly kind: 'pass' }>) => void
}

export interface RemediationSettings {
  readonly decisions: Decisions
  readonly proxies: TrustedProxies
  readonly proxyHeader: string
  readonly blocksUnknown: boolean
  readonly onOutcome: RemediationOptions['onOutcome']
}

/** @throws InputError that lists every option that is wrong */
export function readOptions(options: RemediationOptions): RemediationSettings {
  const issues: InputIssue[] = []
  const refuse = (path: string, value: unknown, rule: string) => issues.push({ path, value: printable(value), rule })
  const { decisions, trustProxy = [], proxyHeader = 'x-forwarded-for', whenUnknown = 'pass', onOutcome } = options
  if (typeof decisions?.check !== 'function') refuse('decisions', typeof decisions, 'must have a method check(ip)')
  if (typeof proxyHeader !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(proxyHeader))
    refuse('proxyHeader', proxyHeader, 'must be the name of a header')
  if (whenUnknown !== 'pass' && whenUnknown !== 'block') refuse('whenUnknown', whenUnknown, "must be 'pass' or 'block'")
  if (onOutcome !== undefined && typeof onOutcome !== 'function') refuse('onOutcome', onOutcome, 'must be a function')
  const proxies = new TrustedProxies()
  if (!Array.isArray(trustProxy)) refuse('trustProxy', trustProxy, 'must be a list of addresses and ranges')
  else
    trustProxy.forEach((proxy: unknown, index) => {
      const rule = proxies.add(proxy)
      if (rule !== undefined) refuse(`trustProxy[${index}]`, proxy, rule)
    })
  if (issues.length > 0) throw new InputError('Requests are not guarded', issues)
  return {
    decisions,
    proxies,
    proxyHeader: proxyHeader.toLowerCase(),
    blocksUnknown: whenUnknown === 'block',
    onOutcome,
  }
}
