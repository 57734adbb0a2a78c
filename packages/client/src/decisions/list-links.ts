import type { DecisionStream } from '@cscapi/core'
import type { ApplyReport, DecisionSet } from '@cscapi/decisions'
import type { PulledList } from './pull-report.js'

/** A list that an answer links to, and what of the set it concerns. */
export interface Link {
  readonly kind: PulledList['kind']
  readonly name: string
  readonly url: string
  readonly key: string
  /**
   * What makes its entries beside its lines: where it is another one, the same lines are other
   * entries.
   */
  readonly terms: string
  replace(lines: AsyncIterable<string>): Promise<ApplyReport>
  /** Until when the list's entries are in force, in epoch milliseconds; `undefined` for ever. */
  expiresAt(): number | undefined
}

/** Gives every list that an answer links to, blocklists first. */
export function linksOf({ blocklists, allowlists }: DecisionStream['links'], set: DecisionSet): Link[] {
  return [
    ...blocklists.map((link) => ({
      kind: 'blocklist' as const,
      name: link.name,
      url: link.url,
      key: `blocklist:${link.name}`,
      terms: JSON.stringify([link.scope, link.remediation, link.duration]),
      replace: (lines: AsyncIterable<string>) => set.replaceBlocklist(link, lines),
      expiresAt: () => set.listExpiry(link.name),
    })),
    ...allowlists.map((link) => ({
      kind: 'allowlist' as const,
      name: link.name,
      url: link.url,
      key: `allowlist:${link.id}`,
      terms: '',
      replace: (lines: AsyncIterable<string>) => set.replaceAllowlist(link, lines),
      expiresAt: () => undefined,
    })),
  ]
}
