import { ADDRESS_RULE, IpNetwork, isAddressScope } from '@cscapi/signals'
import type { Change, Changing } from '../changes/change.js'
import { lockoutRule } from '../changes/lockout.js'
import type { Contents } from '../contents/contents.js'
import { type ScopedValues, scopedKey, setScopedLater } from '../contents/scoped-values.js'
import { emptyStream, heldIn, type Source, tableOf } from '../contents/source.js'
import { NetworkTable } from '../tables/network-table.js'
import { besides, type Kept, TableBuilder } from '../tables/table-builder.js'
import { withoutDeadReasons } from './dead-reasons.js'
import type { StreamAnswer } from './stream-answer.js'

/** What is new in an answer. */
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
  const { v4, v6, scoped, removed } = await keepOthers(before, answer, fresh, changing)
  const source = await pace.finish(
    withoutDeadReasons({
      ...before,
      reasons: fresh.reasons,
      v4: await pace.finish(besides(fresh.v4, v4)),
      v6: await pace.finish(besides(fresh.v6, v6)),
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
  let colons = 0
  await pace.each(answer.new, ({ value }) => {
    if (value.includes(':')) colons += 1
  })
  // Room for all: an IPv4 address may be written as IPv6. What is not used costs nothing.
  const v4 = new NetworkTable(4, true, Math.max(answer.new.length, 1))
  const v6 = new NetworkTable(6, true, Math.max(colons, 1))
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
    else (network.family === 4 ? v4 : v6).setLater(network, expiresAt, tagOf(scenario))
  })
  return { v4, v6, scoped, reasons }
}

/** What stays of before beside what is new. */
async function keepOthers(
  before: Source,
  answer: StreamAnswer,
  fresh: Fresh,
  { now, pace }: Changing,
): Promise<{ v4: Kept; v6: Kept; scoped: ScopedValues; removed: number }> {
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
  const keptOf = async (table: NetworkTable): Promise<Kept> => {
    const come = tableOf(fresh, table.family)
    const goes = tableOf(gone, table.family)
    const isKept = new Uint8Array(table.size)
    let count = 0
    for (let index = 0; index < table.size; index += 1) {
      const turn = pace.step()
      if (turn !== undefined) await turn
      if (table.expiresAt(index) <= now) continue
      table.read(index, network)
      if (goes.find(network.words, network.prefix) !== -1) removed += 1
      else if (come.find(network.words, network.prefix) === -1) {
        isKept[index] = 1
        count += 1
      }
    }
    return { table, isKept, count }
  }
  return { v4: await keptOf(before.v4), v6: await keptOf(before.v6), scoped, removed }
}
