import type { DecisionSet } from '../decision-set.js'
import { Pace } from '../pacing/pace.js'
import { comment } from './comment.js'
import type { NetworkFormat } from './format.js'
import { isoInstant } from './iso-instant.js'
import { type ExportOptions, readOptions } from './options.js'
import { type Selection, selectEntries, selectNetworks } from './select.js'

/** Characters that a chunk has at least, the last one excepted. */
const CHUNK = 65_536

/**
 * Writes what is in force at the time of the call as the configuration of a firewall, a proxy or a
 * web server, or as data. The text comes in chunks of about 64 KiB, to be taken once: `await
 * writeFile(path, exportDecisions(set, { format: 'nftables' }))`. Later changes of the set change
 * nothing in it; other work has its turn meanwhile.
 *
 * Addresses are canonical. What a list calls itself or its entries stands nowhere but in the cells
 * of `csv`, the strings of `jsonl` and `stix`, and escaped in comments; a remediation that a format
 * needs as a bare word has `_` in place of other characters than letters, digits, `_` and `-`.
 *
 * Nothing that is allowlisted is blocked by it: as for `check`, an entry that holds an allowed
 * address or lies in an allowed range is not in force at all.
 *
 * @throws InputError at once, naming each option that breaks a rule
 */
export function exportDecisions(set: Pick<DecisionSet, 'entries'>, options: ExportOptions): AsyncIterable<string> {
  const plan = readOptions(set, options)
  const tally = { written: 0, leftOut: 0, otherScopes: 0, origins: new Set<string>() }
  const entries = set.entries({ at: plan.now, pauses: true })
  return chunks({ entries, plan, tally, pace: new Pace() }, options.onReport)
}

async function* chunks(selection: Selection, onReport: ExportOptions['onReport']): AsyncGenerator<string> {
  const { plan, pace, tally } = selection
  const lines =
    plan.format.takes === 'networks'
      ? withComments(plan.format, await selectNetworks(selection), selection)
      : plan.format.write(await selectEntries(selection), plan.now)
  let chunk = ''
  for (const line of lines) {
    if (line === undefined) {
      await pace.turn()
      continue
    }
    chunk += line
    const turn = pace.step(1 + (line.length >>> 6))
    if (turn !== undefined) await turn
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  yield chunk
  const { written, leftOut, otherScopes } = tally
  onReport?.({ written, leftOut, otherScopes })
}

function* withComments(
  format: NetworkFormat,
  sections: Parameters<NetworkFormat['write']>[0],
  { plan, tally }: Selection,
): Generator<string | undefined> {
  yield comment(`CrowdSec decisions in force at ${isoInstant(plan.now)}`)
  yield* format.write(sections, plan.name)
  yield comment(`networks written: ${tally.written}; less important ones left out: ${tally.leftOut}`)
  for (const origin of tally.origins) yield comment(`from ${origin}`)
}
