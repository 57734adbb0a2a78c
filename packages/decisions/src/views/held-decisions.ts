import { type Family, IpNetwork, isAddressScope } from '@cscapi/signals'
import { isAllowed } from '../contents/allowlists.js'
import type { Contents } from '../contents/contents.js'
import { scopedKey } from '../contents/scoped-values.js'
import { expiryOf, reasonOf, type Source, tableOf } from '../contents/source.js'
import type { LocalDecision } from '../local/local-decision.js'
import type { ActiveDecision } from '../lookup/active-decision.js'
import { scopedDecision } from '../lookup/scoped-lookup.js'
import { Beat } from '../pacing/pace.js'

/** An entry of one source; of a local decision, with its id. */
export interface HeldDecision extends ActiveDecision {
  /** Of a local decision. */
  readonly id?: number
  /** Of a local decision. */
  readonly uuid?: string
}

/** One allowlist, as it is handed on. */
export interface HeldAllowlist {
  /** As CAPI links to it. */
  readonly id: string
  readonly name: string
  /** What is on it; `expiresAt` in epoch milliseconds. */
  readonly entries: readonly { readonly value: string; readonly expiresAt: number | undefined }[]
}

const FOUND = new IpNetwork()
const ASKED = new IpNetwork()

/**
 * All that a set holds at one moment: every entry of every source, where a lookup gives the one
 * that decides. It does not change.
 */
export class HeldDecisions {
  readonly #contents: Contents
  readonly #local: readonly LocalDecision[]
  #localByKey: ReadonlyMap<string, readonly LocalDecision[]> | undefined

  /** `contents` without local decisions, and those. */
  constructor(contents: Contents, local: readonly LocalDecision[]) {
    this.#contents = contents
    this.#local = local
  }

  /** Of CAPI and of lists. */
  get sources(): readonly Source[] {
    return this.#contents.sources
  }

  /** The allowlists as lookups read them. */
  get allowlists(): Contents['allowlists'] {
    return this.#contents.allowlists
  }

  /** Those that ended lately included. */
  get local(): readonly LocalDecision[] {
    return this.#local
  }

  /** Whether one value may be there more than once: it may come from two sources. */
  get mayRepeat(): boolean {
    const filled = this.sources.filter(({ v4, v6, scoped }) => v4.size + v6.size + scoped.size > 0)
    return filled.length + (this.#local.length > 0 ? 1 : 0) > 1 || this.#local.length > 1
  }

  /** Local decisions that are in force and not allowed. */
  localInForce(now: number): LocalDecision[] {
    return this.#local.filter((decision) => this.#isLocalInForce(decision, now))
  }

  /** Every entry that is in force and not allowed; `undefined` where others may have their turn. */
  *rows(now: number): Generator<HeldDecision | undefined, void> {
    yield* this.localInForce(now)
    const beat = new Beat()
    for (const source of this.sources) {
      for (const table of [source.v4, source.v6]) {
        for (let index = 0; index < table.size; index += 1) {
          if (beat.isDue(2)) yield undefined
          const row = this.rowAt(source, table.family, index, now)
          if (row !== undefined) yield row
        }
      }
      for (const entry of source.scoped.values()) {
        if (beat.isDue(2)) yield undefined
        if (entry.expiresAt > now) yield scopedDecision(source, entry)
      }
    }
  }

  /** An entry of a table, if it is in force and not allowed. */
  rowAt(source: Source, family: Family, index: number, now: number): HeldDecision | undefined {
    const table = tableOf(source, family)
    const expiresAt = expiryOf(source, table, index)
    if (expiresAt <= now) return undefined
    table.read(index, FOUND)
    if (isAllowed(this.allowlists, FOUND, now)) return undefined
    const scope = FOUND.isAddress ? 'Ip' : 'Range'
    const reason = reasonOf(source, table, index)
    const { remediation, origin } = source
    return { value: FOUND.toString(), scope, remediation, reason, origin, expiresAt }
  }

  /** Every entry in force for exactly this value; of `Ip` and `Range`, for exactly this network. */
  at(scope: string, value: string, now: number): HeldDecision[] {
    const found: HeldDecision[] = []
    if (isAddressScope(scope)) {
      if (!ASKED.read(value)) return []
      for (const source of this.sources) {
        const index = tableOf(source, ASKED.family).find(ASKED.words, ASKED.prefix)
        const row = index === -1 ? undefined : this.rowAt(source, ASKED.family, index, now)
        if (row !== undefined) found.push(row)
      }
    } else {
      const key = scopedKey(scope, value)
      for (const source of this.sources) {
        const entry = source.scoped.get(key)
        if (entry !== undefined && entry.expiresAt > now) found.push(scopedDecision(source, entry))
      }
    }
    const local = this.#localOf(keyOf(scope, value))
    return local.length === 0 ? found : [...local.filter((one) => this.#isLocalInForce(one, now)), ...found]
  }

  /** Every entry in force that holds all of an address or a range. */
  around(network: IpNetwork, now: number): HeldDecision[] {
    const found: HeldDecision[] = []
    for (const source of this.sources) {
      const table = tableOf(source, network.family)
      for (const prefix of table.lengths) {
        if (prefix > network.prefix) continue
        const index = table.find(network.words, prefix)
        const row = index === -1 ? undefined : this.rowAt(source, network.family, index, now)
        if (row !== undefined) found.push(row)
      }
    }
    return [...this.#localWhere((one) => holds(one, network), now), ...found]
  }

  /** Every entry in force that lies in a range. */
  *within(network: IpNetwork, now: number): Generator<HeldDecision | undefined, void> {
    yield* this.#localWhere((one) => holds(network, one), now)
    const beat = new Beat()
    const one = new IpNetwork()
    for (const source of this.sources) {
      const table = tableOf(source, network.family)
      for (let index = 0; index < table.size; index += 1) {
        if (beat.isDue()) yield undefined
        table.read(index, one)
        if (!holds(network, one)) continue
        const row = this.rowAt(source, network.family, index, now)
        if (row !== undefined) yield row
      }
    }
  }

  /** The allowlists with what is on them and has not run out; without an end, `expiresAt` is `undefined`. */
  allowlistEntries(now: number): HeldAllowlist[] {
    return this.allowlists.map(({ id, name, v4, v6 }) => {
      const entries = [v4, v6].flatMap(({ table }) =>
        Array.from({ length: table.size }, (_, index) => {
          table.read(index, FOUND)
          return { value: FOUND.toString(), expiresAt: table.expiresAt(index) }
        }),
      )
      const inForce = entries.filter(({ expiresAt }) => expiresAt > now)
      return {
        id,
        name,
        entries: inForce.map(({ value, expiresAt }) => ({
          value,
          expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined,
        })),
      }
    })
  }

  /** What allows all of a network, each with its list: `203.0.113.0/24 from offices`. */
  allowedBy(network: IpNetwork, now: number): string[] {
    return this.allowlists.flatMap((list) => {
      const { table } = tableOf(list, network.family)
      return table.lengths.flatMap((prefix) => {
        const index = prefix > network.prefix ? -1 : table.find(network.words, prefix)
        if (index === -1 || table.expiresAt(index) <= now) return []
        table.read(index, FOUND)
        return [`${FOUND.toString()} from ${list.name}`]
      })
    })
  }

  /** Whether an allowlist names the network, or a part of it. */
  isAllowed(network: IpNetwork, now: number): boolean {
    return isAllowed(this.allowlists, network, now)
  }

  #localWhere(matches: (network: IpNetwork) => boolean, now: number): LocalDecision[] {
    const one = new IpNetwork()
    return this.#local.filter(
      (decision) =>
        isAddressScope(decision.scope) &&
        one.read(decision.value) &&
        matches(one) &&
        this.#isLocalInForce(decision, now),
    )
  }

  #isLocalInForce({ expiresAt, scope, value }: LocalDecision, now: number): boolean {
    if (expiresAt <= now) return false
    return !isAddressScope(scope) || !FOUND.read(value) || !isAllowed(this.allowlists, FOUND, now)
  }

  #localOf(key: string): readonly LocalDecision[] {
    if (this.#local.length === 0) return []
    if (this.#localByKey === undefined) {
      const byKey = new Map<string, LocalDecision[]>()
      for (const one of this.#local) {
        const of = keyOf(one.scope, one.value)
        const same = byKey.get(of)
        if (same === undefined) byKey.set(of, [one])
        else same.push(one)
      }
      this.#localByKey = byKey
    }
    return this.#localByKey.get(key) ?? []
  }
}

/** Addresses and ranges by their network alone. */
const keyOf = (scope: string, value: string) => (isAddressScope(scope) ? `:${value}` : scopedKey(scope, value))

function holds(outer: IpNetwork, inner: IpNetwork): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false
  WIDER.set({ words: inner.words, family: inner.family, prefix: outer.prefix })
  return WIDER.words.every((word, at) => (inner.family === 4 && at > 0 ? true : word === outer.words[at]))
}

const WIDER = new IpNetwork()
