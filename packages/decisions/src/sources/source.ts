import { Beat } from '../pace.js'
import type { Family } from '../parse-ip.js'
import { NetworkTable } from '../tables/network-table.js'

/** Values of other scopes, each by its {@link scopedKey}. */
export type ScopedValues = Map<string, ScopedValue>

export interface ScopedValue {
  readonly scope: string
  readonly value: string
  readonly reason: string
  readonly expiresAt: number
}

/**
 * Where entries come from: CAPI's stream, or one blocklist. It is replaced as a whole, never
 * changed while it is looked up in.
 */
export interface Source {
  /** `CAPI`, or `lists:<name>`. */
  readonly origin: string
  readonly remediation: string
  /** Of a list: all of its entries, in epoch milliseconds. Those of the stream have their own. */
  readonly expiresAt: number | undefined
  /** What the tags of the stream's entries stand for; a list's entries have its name. */
  readonly reasons: readonly string[]
  readonly v4: NetworkTable
  readonly v6: NetworkTable
  readonly scoped: ScopedValues
}

export const STREAM_ORIGIN = 'CAPI'

export function emptyStream(): Source {
  return {
    origin: STREAM_ORIGIN,
    remediation: 'ban',
    expiresAt: undefined,
    reasons: [],
    v4: new NetworkTable(4, true),
    v6: new NetworkTable(6, true),
    scoped: new Map(),
  }
}

export const tableOf = <T>(source: { readonly v4: T; readonly v6: T }, family: Family): T =>
  family === 4 ? source.v4 : source.v6

export function expiryOf({ expiresAt }: Source, table: NetworkTable, index: number): number {
  return expiresAt ?? table.expiresAt(index)
}

export function reasonOf({ reasons }: Source, table: NetworkTable, index: number): string {
  return reasons[table.tagAt(index)] ?? ''
}

/** Entries of a source, those that have run out included. */
export function heldIn({ v4, v6, scoped }: Pick<Source, 'v4' | 'v6' | 'scoped'>): number {
  return v4.size + v6.size + scoped.size
}

/** Entries of a source that have not run out. */
export function inForceIn(source: Source, now: number): number {
  if (source.expiresAt !== undefined) return source.expiresAt > now ? heldIn(source) : 0
  let count = 0
  for (const table of [source.v4, source.v6])
    for (let index = 0; index < table.size; index += 1) if (table.expiresAt(index) > now) count += 1
  for (const { expiresAt } of source.scoped.values()) if (expiresAt > now) count += 1
  return count
}

/**
 * The stream without the reasons that no entry bears, so that they do not pile up from pull to
 * pull. Its tables must not be in use yet.
 */
export function* withoutDeadReasons(source: Source): Generator<undefined, Source> {
  const beat = new Beat()
  const isBorne = new Uint8Array(source.reasons.length)
  const tables = [source.v4, source.v6]
  for (const table of tables) {
    for (let index = 0; index < table.size; index += 1) {
      isBorne[table.tagAt(index)] = 1
      if (beat.isDue()) yield
    }
  }
  const newTags = new Uint32Array(source.reasons.length)
  const reasons: string[] = []
  for (const [tag, reason] of source.reasons.entries()) {
    newTags[tag] = reasons.length
    if (isBorne[tag] === 1) reasons.push(reason)
    if (beat.isDue()) yield
  }
  if (reasons.length === source.reasons.length) return source
  for (const table of tables) {
    for (let index = 0; index < table.size; index += 1) {
      table.setTag(index, newTags[table.tagAt(index)] ?? 0)
      if (beat.isDue()) yield
    }
  }
  return { ...source, reasons }
}

/** `ip` and `range` are addresses, whatever their case; a range may come under either. */
export const isAddressScope = (scope: string) => /^(ip|range)$/i.test(scope)

/** Countries and AS numbers are compared without regard to case; other values as they are. */
function comparable(scope: string, value: string): string {
  return /^(country|as)$/i.test(scope) ? value.trim().toUpperCase() : value.trim()
}

/**
 * What a value of another scope is found by. The length tells where the scope ends, whatever is in
 * it.
 */
export function scopedKey(scope: string, value: string): string {
  const folded = scope.toLowerCase()
  return `${folded.length}:${folded}${comparable(scope, value)}`
}

/** Adds a value, unless it is there with an expiry that is as late or later. */
export function setScopedLater(scoped: ScopedValues, entry: ScopedValue): void {
  const key = scopedKey(entry.scope, entry.value)
  const before = scoped.get(key)
  if (before === undefined || entry.expiresAt > before.expiresAt) scoped.set(key, entry)
}
