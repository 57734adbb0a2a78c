import { ADDRESS_RULE, IpNetwork, isAddressScope } from '@cscapi/signals'
import type { Change, Changing } from '../changes/change.js'
import { lockoutRule } from '../changes/lockout.js'
import type { Contents } from '../contents/contents.js'
import { type ScopedValues, scopedKey, setScopedLater } from '../contents/scoped-values.js'
import { emptyStream, heldIn, type Source, tableOf } from '../contents/source.js'
import { TableBuilder, withoutSlack } from '../tables/table-builder.js'
import { withoutDeadReasons } from './dead-reasons.js'
import type { StreamAnswer } from './stream-answer.js'

/** What is new in an answer, with room for what stays. */
interface Fresh extends Pick<Source, 'v4' | 'v6' | 'scoped'> {
  /** Those of before, and then those that are new. */
  readonly reasons: readonly string[]
}

/**
 * What is in force after an answer: the entries of before that have not run out, without `deleted`,
 * and `new` (docs/capi-protocol.md, Answer: an answer is neither a snapshot nor a delta, so nothing
 * else goes). Of a value that is twice in `new`, the later expiry holds.
 */
export async function applyStream(contents: Contents, answer: StreamAnswer, changing: Changing): Promise<Change> {
  const { pace } = changing
  const [before = emptyStream(), ...lists] = contents.sources
  const fresh = await readNew(answer, before, changing)
  const added = heldIn(fresh)
  const { scoped, removed } = await keepOthers(before, answer, fresh, changing)
  const source = await pace.finish(
    withoutDeadReasons({
      ...before,
      reasons: fresh.reasons,
      v4: await pace.finish(withoutSlack(fresh.v4, true)),
      v6: await pace.finish(withoutSlack(fresh.v6, true)),
      scoped,
    }),
  )
  return { contents: { ...contents, sources: [source, ...lists] }, added, removed }
}

async function readNew(
  answer: StreamAnswer,
  before: Source,
  { now, allowWide, skipped, pace }: Changing,
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
  await pace.each(before.reasons, (reason) => {
    tagOf(reason)
  })
  const network = new IpNetwork()
  await pace.each(answer.new, ({ value, scope, scenario, expiresAt }, index) => {
    if (expiresAt <= now) return
    if (!isAddressScope(scope)) return setScopedLater(scoped, { scope, value, reason: scenario, expiresAt })
    const isRead = network.read(value.trim())
    const rule = isRead ? (allowWide ? undefined : lockoutRule(network)) : ADDRESS_RULE
    if (rule !== undefined) skipped.add(`new[${index}].value`, value, rule)
    else tableOf(builders, network.family).add(network, expiresAt, tagOf(scenario))
  })
  return {
    v4: await pace.finish(builders.v4.fill(before.v4.size)),
    v6: await pace.finish(builders.v6.fill(before.v6.size)),
    scoped,
    reasons,
  }
}

/** Adds what stays of before to what is new, which goes before it. */
async function keepOthers(
  before: Source,
  answer: StreamAnswer,
  fresh: Fresh,
  { now, pace }: Changing,
): Promise<{ scoped: ScopedValues; removed: number }> {
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
  await pace.each(fresh.scoped, ([key, entry]) => {
    scoped.set(key, entry)
  })
  const gone = { v4: await pace.finish(builders.v4.build()), v6: await pace.finish(builders.v6.build()) }
  for (const table of [before.v4, before.v6]) {
    const into = tableOf(fresh, table.family)
    const without = tableOf(gone, table.family)
    for (let index = 0; index < table.size; index += 1) {
      const turn = pace.step()
      if (turn !== undefined) await turn
      if (table.expiresAt(index) <= now) continue
      table.read(index, network)
      if (without.find(network.words, network.prefix) !== -1) removed += 1
      else into.setMissing(network, table.expiresAt(index), table.tagAt(index))
    }
  }
  return { scoped, removed }
}
