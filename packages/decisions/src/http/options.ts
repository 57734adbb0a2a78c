import { lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { ActiveDecision } from '../lookup/active-decision.js'
import type { Outcome } from './outcome.js'
import { TrustedProxies, trustedProxyRule } from './trusted-proxies.js'

/** Says what is to be done about an address: a `DecisionSet`, or anything else that does. */
export interface Decisions {
  check(ip: string): ActiveDecision | undefined
}

/** What every adapter takes. */
export interface RemediationOptions {
  readonly decisions: Decisions
  /**
   * Addresses and CIDR ranges of the proxies in front of this server that are believed about who
   * their client is; `'unix'` for whoever connects through a Unix socket. Default none: the client
   * is whoever connects, and no header counts.
   */
  readonly trustProxy?: readonly string[]
  /**
   * The one header in which those proxies say so, and which they overwrite or add to:
   * `x-forwarded-for`, `forwarded` (RFC 7239), or one with a single address such as `x-real-ip`.
   * Default `x-forwarded-for`.
   */
  readonly proxyHeader?: string
  /**
   * What becomes of a request whose client's address nobody knows, or about which `decisions`
   * throws. Default `'pass'`.
   */
  readonly whenUnknown?: 'pass' | 'block'
  /**
   * Told of every request that is not simply let through, before it is answered. What it throws is
   * the adapter's caller's.
   */
  readonly onOutcome?: (outcome: Exclude<Outcome, { readonly kind: 'pass' }>) => void
}

export interface RemediationSettings {
  readonly decisions: Decisions
  readonly proxies: TrustedProxies
  readonly proxyHeader: string
  readonly blocksUnknown: boolean
  readonly onOutcome: RemediationOptions['onOutcome']
}

const aFunction = <T>() => z.custom<T>((value) => typeof value === 'function', 'must be a function').optional()

const optionsSchema = lazily(() =>
  z.strictObject({
    decisions: z.custom<Decisions>(
      (value) => typeof value === 'object' && value !== null && typeof Reflect.get(value, 'check') === 'function',
      'must have a method check(ip), as what `await client.decisions()` gives',
    ),
    proxyHeader: z
      .custom<string>(
        (value) => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
        'must be the name of a header',
      )
      .default('x-forwarded-for'),
    whenUnknown: z.enum(['pass', 'block']).default('pass'),
    onOutcome: aFunction<NonNullable<RemediationOptions['onOutcome']>>(),
    trustProxy: z
      .array(
        z.custom<string>((proxy) => trustedProxyRule(proxy) === undefined, {
          error: ({ input }) => trustedProxyRule(input),
        }),
      )
      .default([]),
  }),
)

/** What each adapter takes beside. */
const EXTRAS = {
  none: () => ({}),
  answer: () => ({ answer: aFunction() }),
  runtime: () => ({ answer: aFunction(), remoteAddress: aFunction() }),
}

/** What other programs call these. */
const aliases = new Map([
  ['trusted_proxies', 'trustProxy'],
  ['trustedProxies', 'trustProxy'],
  ['trusted_ips', 'trustProxy'],
  ['trust_ip_forward_array', 'trustProxy'],
  ['forwardedHeadersTrustedIps', 'trustProxy'],
  ['forwardedHeadersCustomName', 'proxyHeader'],
  ['header', 'proxyHeader'],
  ['ipHeader', 'proxyHeader'],
  ['fallback_remediation', 'whenUnknown'],
  ['fallback', 'whenUnknown'],
  ['onBlock', 'onOutcome'],
  ['handler', 'answer'],
  ['set', 'decisions'],
  ['blocklist', 'decisions'],
])

/** @throws InputError that lists every option that is wrong */
export function readRemediationOptions(options: unknown, extras: keyof typeof EXTRAS): RemediationSettings {
  const schema = optionsSchema().extend(EXTRAS[extras]())
  const secrets = new Set(['decisions'])
  const read = readOptions('Requests are not guarded', schema, options, { aliases, secrets })
  const proxies = new TrustedProxies()
  for (const proxy of read.trustProxy) proxies.add(proxy)
  return {
    decisions: read.decisions,
    proxies,
    proxyHeader: read.proxyHeader.toLowerCase(),
    blocksUnknown: read.whenUnknown === 'block',
    onOutcome: read.onOutcome,
  }
}
