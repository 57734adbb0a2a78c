import type { Family } from '@cscapi/signals'
import { NetworkTable } from '../tables/network-table.js'
import type { ScopedValues } from './scoped-values.js'

/**
 * Where entries come from: CAPI's stream, or one blocklist. It is replaced as a whole, never
 * changed while it is looked up in.
 */
export interface Source {
  /** `CAPI`, or `lists:<name>`. */
  readonly origin: string
  readonly remediation: string
  /** Set where it holds local decisions: those are kept elsewhere, and are in no snapshot. */
  readonly isLocal?: true
  /** Of a list: all of its entries, in epoch milliseconds. Those of the stream have their own. */
  readonly expiresAt: number | undefined
  /** What the tags of the stream's entries stand for; a list's entries have its name. */
  readonly reasons: readonly string[]
  readonly v4: NetworkTable
  readonly v6: NetworkTable
  readonly scoped: ScopedValues
}

export const STREAM_ORIGIN = 'CAPI'

export const listOrigin = (name: string) => `lists:${name}`

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
