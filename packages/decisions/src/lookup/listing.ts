import { IpNetwork } from '@cscapi/signals'
import type { Contents, View } from '../contents/contents.js'
import { expiryOf, tableOf } from '../contents/source.js'
import { Beat, type Paced } from '../pacing/pace.js'
import { sortedOrder } from '../pacing/sorted-order.js'
import type { NetworkTable } from '../tables/network-table.js'
import type { ActiveDecision } from './active-decision.js'
import { lookUpExact } from './lookup.js'
import { scopedDecision, scopedSource } from './scoped-lookup.js'

/**
 * Every network once, IPv4 before IPv6, in ascending order, a range before what is in it; then the
 * other scopes, each value once.
 */
export function* listEntries(view: View): Generator<ActiveDecision | undefined, void> {
  yield* listFamily(view, 4)
  yield* listFamily(view, 6)
  yield* listScoped(view)
}

function* listFamily({ contents, now, remediations }: View, family: 4 | 6): Generator<ActiveDecision | undefined> {
  const { keys, prefixes } = yield* networksOf(contents, family, now)
  const width = keys.length / Math.max(prefixes.length, 1)
  const compare = (a: number, b: number): number => {
    for (let word = 0; word < width; word += 1) {
      const difference = (keys[a * width + word] ?? 0) - (keys[b * width + word] ?? 0)
      if (difference !== 0) return difference
    }
    return (prefixes[a] ?? 0) - (prefixes[b] ?? 0)
  }
  const order = yield* sortedOrder(prefixes.length, compare)
  const beat = new Beat()
  const units = unitsOf(contents)
  const network = new IpNetwork()
  for (let at = 0; at < order.length; at += 1) {
    if (beat.isDue(units)) yield undefined
    const place = order[at] ?? 0
    if (at > 0 && compare(order[at - 1] ?? 0, place) === 0) continue
    for (let word = 0; word < width; word += 1) network.words[word] = keys[place * width + word] ?? 0
    network.family = family
    network.prefix = prefixes[place] ?? 0
    const decision = lookUpExact(contents, network, now, remediations)
    if (decision !== undefined) yield decision
  }
}

/** A lookup looks into each source and each allowlist. */
const unitsOf = ({ sources, allowlists }: Contents) => Math.ceil((sources.length + allowlists.length) / 4)

/** The networks of all sources that have not run out, one after the other. */
function* networksOf(
  { sources }: Contents,
  family: 4 | 6,
  now: number,
): Generator<undefined, { keys: Uint32Array; prefixes: Uint8Array }> {
  const width = family === 4 ? 1 : 4
  const tables = sources.map((source): [NetworkTable, (index: number) => number] => {
    const table = tableOf(source, family)
    return [table, (index) => expiryOf(source, table, index)]
  })
  const total = tables.reduce((sum, [{ size }]) => sum + size, 0)
  const keys = new Uint32Array(total * width)
  const prefixes = new Uint8Array(total)
  const beat = new Beat()
  let count = 0
  for (const [table, expiry] of tables) {
    for (let index = 0; index < table.size; index += 1) {
      if (beat.isDue()) yield
      if (expiry(index) <= now) continue
      for (let word = 0; word < width; word += 1) keys[count * width + word] = table.wordAt(index, word)
      prefixes[count] = table.prefixAt(index)
      count += 1
    }
  }
  return { keys: keys.subarray(0, count * width), prefixes: prefixes.subarray(0, count) }
}

function* listScoped({ contents, now, remediations }: View): Generator<ActiveDecision | undefined> {
  const beat = new Beat()
  const units = unitsOf(contents)
  for (const source of contents.sources) {
    for (const [key, entry] of source.scoped) {
      if (beat.isDue(units)) yield undefined
      if (scopedSource(contents, key, now, remediations) === source) yield scopedDecision(source, entry)
    }
  }
}

/** The entries alone. */
export function* withoutPauses<T>(items: Paced<T>): Generator<T, void> {
  for (const item of items) if (item !== undefined) yield item
}
