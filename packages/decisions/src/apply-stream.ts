import { NetworkTable } from './network-table.js'
import type { Pace } from './pace.js'
import { mask, parseNetwork } from './parse-ip.js'
import { lockoutRule } from './reserved.js'
import type { Skipped } from './skipped.js'
import {
  comparable,
  isAddressScope,
  type ScopedValue,
  type ScopedValues,
  type Source,
  setScoped,
  tableOf,
} from './source.js'

/** An answer of CAPI's decision stream, parsed: what `getDecisions` of `@cscapi/client` gives. */
export interface StreamAnswer {
  readonly new: readonly {
    readonly value: string
    readonly scope: string
    readonly scenario: string
    readonly expiresAt: number
  }[]
  readonly deleted: readonly { readonly value: string; readonly scope: string }[]
}

/**
 * What is in force after an answer: the entries of before that have not run out, without `deleted`, and then `new`
 * (capi-protocol section 5.3: an answer is neither a snapshot nor a delta, so nothing else goes).
 */
export async function applyStream(
  before: Source,
  answer: StreamAnswer,
  { now, allowWide, skipped, pace }: { now: number; allowWide: boolean; skipped: Skipped; pace: Pace },
): Promise<{ source: Source; added: number; removed: number }> {
  const words = new Uint32Array(4)
  const family = { value: 0 as const as 0 | 4 | 6 }
  const gone = { v4: new NetworkTable(4, false), v6: new NetworkTable(6, false) }
  const goneScoped: [scope: string, value: string][] = []
  await pace.each(answer.deleted, ({ scope, value }) => {
    if (!isAddressScope(scope)) {
      goneScoped.push([scope, value])
      return
    }
    const prefix = parseNetwork(value.trim(), words, family)
    if (prefix !== -1) tableOf(gone, family.value).set(words, prefix)
  })

  const size = before.v4.size + answer.new.length
  const next = {
    v4: new NetworkTable(4, true, Math.max(16, size)),
    v6: new NetworkTable(6, true, Math.max(16, before.v6.size)),
  }
  let removed = 0
  for (const table of [before.v4, before.v6]) {
    const into = tableOf(next, table.family)
    const without = tableOf(gone, table.family)
    for (let index = 0; index < table.size; index += 1) {
      const turn = pace.step()
      if (turn !== undefined) await turn
      table.read(index, words)
      const prefix = table.prefixAt(index)
      if (table.expiresAt(index) <= now) continue
      if (without.find(words, prefix) !== -1) removed += 1
      else into.set(words, prefix, table.expiresAt(index), table.tagAt(index))
    }
  }
  const scoped = keepScoped(before.scoped, now)
  for (const [scope, value] of goneScoped)
    if (scoped.get(scope.toLowerCase())?.delete(comparable(scope, value))) removed += 1

  const tags = new Map(before.reasons.map((reason, tag) => [reason, tag]))
  let added = 0
  await pace.each(answer.new, ({ value, scope, scenario, expiresAt }, index) => {
    if (expiresAt <= now) return
    const tag = tags.get(scenario) ?? tags.size
    tags.set(scenario, tag)
    if (!isAddressScope(scope)) {
      setScoped(scoped, { scope, value, reason: scenario, expiresAt })
      added += 1
      return
    }
    const prefix = parseNetwork(value.trim(), words, family)
    const rule =
      prefix === -1
        ? 'must be an IPv4 or IPv6 address or a CIDR range'
        : allowWide
          ? undefined
          : lockoutRule(words, family.value, prefix)
    if (rule !== undefined) skipped.add(`new[${index}].value`, value, rule)
    else {
      mask(words, family.value, prefix)
      tableOf(next, family.value).set(words, prefix, expiresAt, tag)
      added += 1
    }
  })
  const reasons = [...tags.keys()]
  return { source: { ...before, reasons, v4: next.v4.trim(), v6: next.v6.trim(), scoped }, added, removed }
}

function keepScoped(before: ScopedValues, now: number): ScopedValues {
  const kept: ScopedValues = new Map()
  for (const [scope, values] of before) {
    const alive: [string, ScopedValue][] = [...values].filter(([, { expiresAt }]) => expiresAt > now)
    if (alive.length > 0) kept.set(scope, new Map(alive))
  }
  return kept
}
