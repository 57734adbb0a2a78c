import { ADDRESS_RULE, IpNetwork, isAddressScope } from '@cscapi/signals'
import { NetworkTable } from '../tables/network-table.js'
import { TableBuilder, withoutSlack } from '../tables/table-builder.js'
import type { Pace } from '../turns/pace.js'
import { withoutDeadReasons } from './dead-reasons.js'
import { lockoutRule } from './lockout.js'
import { type ScopedValues, scopedKey, setScopedLater } from './scoped-values.js'
import type { Skipped } from './skipped.js'
import { heldIn, type Source, tableOf } from './source.js'
import type { StreamAnswer } from './stream-answer.js'

interface Applying {
  readonly now: number
  readonly allowWide: boolean
  readonly skipped: Skipped
  readonly pace: Pace
}

/** What is new in an answer, by itself. */
interface Fresh extends Pick<Source, 'v4' | 'v6' | 'scoped'> {
  /** Those of before, and then those that are new. */
  readonly reasons: readonly string[]
}

/**
 * What is in force after an answer: the entries of before that have not run out, without `deleted`,
 * and then `new` (docs/capi-protocol.md, Answer: an answer is neither a snapshot nor a delta, so
 * nothing else goes). Of a value that is twice in `new`, the later expiry holds.
 */
export async function applyStream(
  before: Source,
  answer: StreamAnswer,
  applying: Applying,
): Promise<{ source: Source; added: number; removed: number }> {
  const { pace } = applying
  const fresh = await readNew(answer, before.reasons, applying)
  const kept = await keepOthers(before, answer, fresh, applying)
  const network = new IpNetwork()
  for (const table of [fresh.v4, fresh.v6]) {
    const into = tableOf(kept, table.family)
    for (let index = 0; index < table.size; index += 1) {
      table.read(index, network)
      into.set(network, table.expiresAt(index), table.tagAt(index))
      const turn = pace.step()
      if (turn !== undefined) await turn
    }
  }
  await pace.each(fresh.scoped, ([key, entry]) => {
    kept.scoped.set(key, entry)
  })
  const source = await pace.finish(
    withoutDeadReasons({
      ...before,
      reasons: fresh.reasons,
      v4: await pace.finish(withoutSlack(kept.v4, true)),
      v6: await pace.finish(withoutSlack(kept.v6, true)),
      scoped: kept.scoped,
    }),
  )
  return { source, added: heldIn(fresh), removed: kept.removed }
}

async function readNew(
  answer: StreamAnswer,
  reasonsBefore: readonly string[],
  { now, allowWide, skipped, pace }: Applying,
): Promise<Fresh> {
  const builders = { v4: new TableBuilder(4, true), v6: new TableBuilder(6, true) }
  const scoped: ScopedValues = new Map()
  const reasons: string[] = []
  const tags = new Map<string, number>()
  const tagOf = (reason: string): number => {
    const known = tags.get(reason)
    if (known !== undefined) return known
    tags.set(reason, reasons.length)
    return reasons.push(reason) - 1
  }
  await pace.each(reasonsBefore, (reason) => {
    tagOf(reason)
  })
  const network = new IpNetwork()
  await pace.each(answer.new, ({ value, scope, scenario, expiresAt }, index) => {
    if (expiresAt <= now) return
    if (!isAddressScope(scope)) return setScopedLater(scoped, { scope, value, reason: scenario, expiresAt })
    const lockout = allowWide ? () => undefined : lockoutRule
    const rule = network.read(value.trim()) ? lockout(network) : ADDRESS_RULE
    if (rule !== undefined) skipped.add(`new[${index}].value`, value, rule)
    else tableOf(builders, network.family).add(network, expiresAt, tagOf(scenario))
  })
  return {
    v4: await pace.finish(builders.v4.build()),
    v6: await pace.finish(builders.v6.build()),
    scoped,
    reasons,
  }
}

/** What stays of before, with room for what is new. */
async function keepOthers(
  before: Source,
  answer: StreamAnswer,
  fresh: Fresh,
  { now, pace }: Applying,
): Promise<{ v4: NetworkTable; v6: NetworkTable; scoped: ScopedValues; removed: number }> {
  const network = new IpNetwork()
  const scoped: ScopedValues = new Map()
  await pace.each(before.scoped, ([key, entry]) => {
    if (entry.expiresAt > now) scoped.set(key, entry)
  })
  const builders = { v4: new TableBuilder(4, false), v6: new TableBuilder(6, false) }
  let removed = 0
  await pace.each(answer.deleted, ({ scope, value }) => {
    if (!isAddressScope(scope)) {
      if (scoped.delete(scopedKey(scope, value))) removed += 1
      return
    }
    if (network.read(value.trim())) tableOf(builders, network.family).add(network)
  })
  const gone = { v4: await pace.finish(builders.v4.build()), v6: await pace.finish(builders.v6.build()) }
  const kept = {
    v4: new NetworkTable(4, true, before.v4.size + fresh.v4.size),
    v6: new NetworkTable(6, true, before.v6.size + fresh.v6.size),
  }
  for (const table of [before.v4, before.v6]) {
    const into = tableOf(kept, table.family)
    const without = tableOf(gone, table.family)
    for (let index = 0; index < table.size; index += 1) {
      const turn = pace.step()
      if (turn !== undefined) await turn
      if (table.expiresAt(index) <= now) continue
      table.read(index, network)
      if (without.find(network.words, network.prefix) !== -1) removed += 1
      else into.set(network, table.expiresAt(index), table.tagAt(index))
    }
  }
  return { ...kept, scoped, removed }
}
