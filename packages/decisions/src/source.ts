import { NetworkTable } from './network-table.js'
import type { Family } from './parse-ip.js'

/** Values of other scopes: by scope in lower case, then by value as it is compared. */
export type ScopedValues = Map<string, Map<string, ScopedValue>>

export interface ScopedValue {
  readonly scope: string
  readonly value: string
  readonly reason: string
  readonly expiresAt: number
}

/** Where entries come from: CAPI's stream, or one blocklist. It is replaced as a whole, never changed while it is looked up in. */
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

export const tableOf = (source: { v4: NetworkTable; v6: NetworkTable }, family: Family) =>
  family === 4 ? source.v4 : source.v6

export function expiryOf({ expiresAt }: Source, table: NetworkTable, index: number): number {
  return expiresAt ?? table.expiresAt(index)
}

export function reasonOf({ reasons }: Source, table: NetworkTable, index: number): string {
  return reasons[table.tagAt(index)] ?? ''
}

/** `ip` and `range` are addresses, whatever their case; a range may come under either. */
export const isAddressScope = (scope: string) => /^(ip|range)$/i.test(scope)

/** Countries and AS numbers are compared without regard to case; other values as they are. */
export function comparable(scope: string, value: string): string {
  return /^(country|as)$/i.test(scope) ? value.trim().toUpperCase() : value.trim()
}

export function setScoped(scoped: ScopedValues, entry: ScopedValue): void {
  const key = entry.scope.toLowerCase()
  const values = scoped.get(key) ?? new Map<string, ScopedValue>()
  scoped.set(key, values.set(comparable(entry.scope, entry.value), entry))
}
