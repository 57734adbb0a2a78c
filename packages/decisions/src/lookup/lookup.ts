import { IpNetwork } from '@cscapi/signals'
import { isAllowed } from '../contents/allowlists.js'
import type { Contents } from '../contents/contents.js'
import { type Remediations, rank } from '../contents/remediations.js'
import { expiryOf, reasonOf, type Source, tableOf } from '../contents/source.js'
import type { ActiveDecision } from './active-decision.js'

const AROUND = new IpNetwork()

/**
 * The deciding entry around an address or a range: the longest prefix, then the strictest
 * remediation. `text` is what `asked` was read from, if it was text. A miss allocates nothing and
 * does not ask for the time, which costs as much as the rest.
 */
export function lookUp(
  contents: Contents,
  asked: IpNetwork,
  clock: () => number,
  remediations: Remediations,
  text?: unknown,
): ActiveDecision | undefined {
  const { words, family, prefix: within } = asked
  let best: Source | undefined
  let bestIndex = -1
  let bestPrefix = -1
  let now = NOT_ASKED
  const { sources } = contents
  for (let at = 0; at < sources.length; at += 1) {
    const source = sources[at]
    if (source === undefined) continue
    const table = tableOf(source, family)
    const lengths = table.lengthsAround(words)
    for (let step = 0; step < lengths.length; step += 1) {
      const prefix = lengths[step] ?? 0
      if (prefix > within) continue
      if (prefix < bestPrefix) break
      const index = table.find(words, prefix)
      if (index === -1) continue
      if (now === NOT_ASKED) now = clock()
      if (expiryOf(source, table, index) <= now) continue
      if (
        prefix > bestPrefix ||
        best === undefined ||
        rank(remediations, source.remediation) < rank(remediations, best.remediation)
      ) {
        best = source
        bestIndex = index
        bestPrefix = prefix
      }
      break
    }
  }
  if (best === undefined) return undefined
  const network = around(asked, bestPrefix)
  // Every wider entry around this one holds the allowed part too.
  if (isAllowed(contents.allowlists, network, now)) return undefined
  const isSame = family === 4 && typeof text === 'string' && isCanonicalIpv4(text)
  return decisionOf(best, bestIndex, network, isSame ? text : undefined)
}

/** Whether there is a deciding entry around an address: whichever is found first tells. */
export function isBlocked({ sources, allowlists }: Contents, asked: IpNetwork, clock: () => number): boolean {
  const { words, family } = asked
  let now = NOT_ASKED
  for (let at = 0; at < sources.length; at += 1) {
    const source = sources[at]
    if (source === undefined) continue
    const table = tableOf(source, family)
    const lengths = table.lengthsAround(words)
    for (let step = 0; step < lengths.length; step += 1) {
      const prefix = lengths[step] ?? 0
      const index = table.find(words, prefix)
      if (index === -1) continue
      if (now === NOT_ASKED) now = clock()
      if (expiryOf(source, table, index) <= now) continue
      if (!isAllowed(allowlists, around(asked, prefix), now)) return true
    }
  }
  return false
}

const NOT_ASKED = Number.NEGATIVE_INFINITY

/** All entries around an address, the deciding one first. */
export function lookUpAll(
  contents: Contents,
  asked: IpNetwork,
  now: number,
  remediations: Remediations,
): ActiveDecision[] {
  const { words, family } = asked
  const found: { prefix: number; order: number; decision: ActiveDecision }[] = []
  for (const source of contents.sources) {
    const table = tableOf(source, family)
    for (const prefix of table.lengths) {
      const index = table.find(words, prefix)
      if (index === -1 || expiryOf(source, table, index) <= now) continue
      const network = around(asked, prefix)
      if (isAllowed(contents.allowlists, network, now)) continue
      const order = rank(remediations, source.remediation)
      found.push({ prefix, order, decision: decisionOf(source, index, network) })
    }
  }
  return found.sort((a, b) => b.prefix - a.prefix || a.order - b.order).map((one) => one.decision)
}

/**
 * What decides about exactly this network; `undefined` when no entry is in force or it is allowed.
 */
export function lookUpExact(
  contents: Contents,
  network: IpNetwork,
  now: number,
  remediations: Remediations,
): ActiveDecision | undefined {
  const { words, family, prefix } = network
  let best: Source | undefined
  let bestIndex = -1
  for (const source of contents.sources) {
    const table = tableOf(source, family)
    const index = table.find(words, prefix)
    if (index === -1 || expiryOf(source, table, index) <= now) continue
    if (best !== undefined && rank(remediations, source.remediation) >= rank(remediations, best.remediation)) continue
    best = source
    bestIndex = index
  }
  if (best === undefined || isAllowed(contents.allowlists, network, now)) return undefined
  return decisionOf(best, bestIndex, network)
}

/** The network of that prefix around what was asked for; until the next call. */
function around(asked: IpNetwork, prefix: number): IpNetwork {
  if (prefix === asked.prefix) return asked
  AROUND.set({ words: asked.words, family: asked.family, prefix })
  return AROUND
}

/**
 * Whether the text of an IPv4 address is the canonical one. It is, but where it is written as IPv6,
 * which begins with zeros then.
 */
function isCanonicalIpv4(text: string): boolean {
  return text.charAt(0) !== ':' && (text.charAt(0) !== '0' || text.charAt(1) === '.')
}

function decisionOf(source: Source, index: number, network: IpNetwork, address?: string): ActiveDecision {
  const table = tableOf(source, network.family)
  const { isAddress } = network
  return {
    value: isAddress && address !== undefined ? address : network.toString(),
    scope: isAddress ? 'Ip' : 'Range',
    remediation: source.remediation,
    reason: reasonOf(source, table, index),
    origin: source.origin,
    expiresAt: expiryOf(source, table, index),
  }
}
