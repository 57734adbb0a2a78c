import { InputError, printable } from '@cscapi/signals'
import type { ActiveDecision } from './active-decision.js'
import type { Allowlist } from './allowlists.js'
import { applyStream, type StreamAnswer } from './apply-stream.js'
import { ChangeFeed, type ChangeListener } from './change-feed.js'
import { listEntries } from './listing.js'
import { type Contents, lookUp, lookUpAll } from './lookup.js'
import { Pace } from './pace.js'
import { type Family, parseIp, parseNetwork } from './parse-ip.js'
import { type AllowlistInfo, type BlocklistInfo, type Lines, readAllowlist, readBlocklist } from './read-lists.js'
import { type Remediations, rank } from './remediations.js'
import { type ApplyReport, Skipped } from './skipped.js'
import { readSnapshot, writeSnapshot } from './snapshot.js'
import { comparable, emptyStream, isAddressScope, type Source, STREAM_ORIGIN } from './source.js'

/** Options of {@link DecisionSet}. */
export interface DecisionSetOptions {
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Take entries wider than /8 (IPv4) or /16 (IPv6), and private, loopback, link-local and multicast ones. Default false: they are skipped and reported. */
  readonly allowWide?: boolean
  /** Strictest first; it decides between entries of the same length. Default `ban`, then `captcha`, then anything else. */
  readonly remediations?: readonly string[]
}

/**
 * The blocklist in memory: what CAPI's stream, blocklists and allowlists say, each kept apart, and what follows from all of them.
 * Changes are prepared beside what is in force and swapped in at once; a failed one changes nothing. They wait for each other.
 */
export class DecisionSet {
  readonly #now: () => number
  readonly #allowWide: boolean
  readonly #remediations: Remediations
  readonly #words = new Uint32Array(4)
  readonly #feed = new ChangeFeed()
  #contents: Contents = { sources: [emptyStream()], allowlists: [] }
  #changing: Promise<unknown> = Promise.resolve()

  constructor({ now = Date.now, allowWide = false, remediations = ['ban', 'captcha'] }: DecisionSetOptions = {}) {
    this.#now = now
    this.#allowWide = allowWide
    this.#remediations = remediations
  }

  /** Entries held, those that have just run out included. */
  get size(): number {
    return sizeOf(this.#contents)
  }

  /**
   * What to do about an address, `undefined` for nothing: the entry with the longest prefix, then the strictest remediation. Allowlists win.
   * IPv4-mapped IPv6 is taken for IPv4.
   *
   * @throws InputError for text that is no address: it must not pass for one that is not blocked.
   */
  check(ip: string): ActiveDecision | undefined {
    return lookUp(this.#contents, this.#words, this.#parse(ip), this.#now(), this.#remediations)
  }

  /** Every entry around an address that is in force, the deciding one first. @throws InputError */
  checkAll(ip: string): ActiveDecision[] {
    return lookUpAll(this.#contents, this.#words, this.#parse(ip), this.#now(), this.#remediations)
  }

  /**
   * What to do about a value of another scope, e.g. `checkScope('Country', 'XX')`. Scopes are compared without regard to case.
   * Of `Ip` and `Range`, the value may be an address or a range, and an entry decides that holds all of it.
   *
   * @throws InputError for a value of `Ip` or `Range` that is neither.
   */
  checkScope(scope: string, value: string): ActiveDecision | undefined {
    const now = this.#now()
    if (isAddressScope(scope)) {
      const family: { value: Family } = { value: 0 }
      const prefix = typeof value === 'string' ? parseNetwork(value, this.#words, family) : -1
      if (prefix === -1) throw notLookedUp('value', value, 'must be an IPv4 or IPv6 address or a CIDR range')
      return lookUp(this.#contents, this.#words, family.value, now, this.#remediations, prefix)
    }
    const found = this.#contents.sources.flatMap((source): ActiveDecision[] => {
      const entry = source.scoped.get(scope.toLowerCase())?.get(comparable(scope, value))
      if (entry === undefined || entry.expiresAt <= now) return []
      return [{ ...entry, remediation: source.remediation, origin: source.origin }]
    })
    const strictness = ({ remediation }: ActiveDecision) => rank(this.#remediations, remediation)
    return found.sort((a, b) => strictness(a) - strictness(b))[0]
  }

  /** Until when the entries of a blocklist are in force, in epoch milliseconds; `undefined` without such a list. */
  listExpiry(name: string): number | undefined {
    return this.#contents.sources.find(({ origin }) => origin === `lists:${name}`)?.expiresAt
  }

  /** What is in force now and not allowed, each network once: IPv4 before IPv6, ascending; then other scopes. */
  entries(): IterableIterator<ActiveDecision> {
    return listEntries(this.#contents, this.#now(), this.#remediations)
  }

  /** Applies an answer of the stream: `deleted` goes, `new` comes, the rest stays until it runs out. */
  applyStream(answer: StreamAnswer): Promise<ApplyReport> {
    return this.#change(async (skipped, pace) => {
      const [before = emptyStream(), ...lists] = this.#contents.sources
      const settings = { now: this.#now(), allowWide: this.#allowWide, skipped, pace }
      const { source, added, removed } = await applyStream(before, answer, settings)
      return { contents: { ...this.#contents, sources: [source, ...lists] }, added, removed }
    })
  }

  /**
   * Replaces one blocklist by the lines of its download, once all of them are read.
   * @throws InputError for a duration that is none; what `lines` throws. Nothing is changed then.
   */
  replaceBlocklist(list: BlocklistInfo, lines: Lines): Promise<ApplyReport> {
    return this.#change(async (skipped, pace) => {
      const source = await readBlocklist(list, lines, { now: this.#now(), allowWide: this.#allowWide, skipped, pace })
      const { sources } = this.#contents
      const before = sources.find(({ origin }) => origin === source.origin)
      const others = sources.filter(({ origin }) => origin !== source.origin)
      return {
        contents: { ...this.#contents, sources: [...others, source] },
        added: sourceSize(source),
        removed: before === undefined ? 0 : sourceSize(before),
      }
    })
  }

  /** Replaces one allowlist, known by its id. @throws what `lines` throws; nothing is changed then. */
  replaceAllowlist(list: AllowlistInfo, lines: Lines): Promise<ApplyReport> {
    return this.#change(async (skipped, pace) => {
      const read = await readAllowlist(list, lines, { skipped, pace })
      const before = this.#contents.allowlists.find(({ id }) => id === list.id)
      const others = this.#contents.allowlists.filter(({ id }) => id !== list.id)
      const count = (one: Allowlist | undefined) => (one === undefined ? 0 : one.v4.size + one.v6.size)
      return {
        contents: { ...this.#contents, allowlists: [...others, read] },
        added: count(read),
        removed: count(before),
      }
    })
  }

  /** Drops every list that is not named: it is not linked any more. */
  retainLists({
    blocklists,
    allowlists,
  }: {
    blocklists: readonly string[]
    allowlists: readonly string[]
  }): Promise<ApplyReport> {
    return this.#change(async () => {
      const kept = new Set([STREAM_ORIGIN, ...blocklists.map((name) => `lists:${name}`)])
      const sources = this.#contents.sources.filter(({ origin }) => kept.has(origin))
      const dropped = this.#contents.sources.filter(({ origin }) => !kept.has(origin))
      const allowed = this.#contents.allowlists.filter(({ id }) => allowlists.includes(id))
      const removed = dropped.reduce((sum, source) => sum + sourceSize(source), 0)
      return { contents: { sources, allowlists: allowed }, added: 0, removed }
    })
  }

  /** Calls `listener` with the canonical values that come into force or go, after each change. What has run out goes with the next change. Returns the function that ends it. */
  on(_event: 'change', listener: ChangeListener): () => void {
    return this.#feed.add(listener, () => this.#values())
  }

  /** Everything, to be kept: versioned and with a checksum. */
  toBytes(): Uint8Array {
    return writeSnapshot(this.#contents)
  }

  /**
   * Takes everything from a snapshot, in place of what is there.
   * @throws CscapiError `snapshot_corrupt`, `snapshot_newer`; nothing is changed then
   */
  load(bytes: Uint8Array): Promise<ApplyReport> {
    return this.#change(async (_, pace) => {
      const contents = await readSnapshot(bytes, pace)
      return { contents, added: sizeOf(contents), removed: this.size }
    })
  }

  /** A set with everything from a snapshot. @throws CscapiError `snapshot_corrupt`, `snapshot_newer` */
  static async fromBytes(bytes: Uint8Array, options: DecisionSetOptions = {}): Promise<DecisionSet> {
    const set = new DecisionSet(options)
    await set.load(bytes)
    return set
  }

  /**
   * Several changes that come into force together once `work` is done, or not at all: `work` gets a draft, a set of its own that begins as this one is.
   * Until then lookups see the set of before, and other changes wait.
   * @throws what `work` throws; nothing is changed then
   */
  transaction<T>(work: (draft: DecisionSet) => Promise<T>): Promise<T> {
    return this.#exclusive(async () => {
      const draft = new DecisionSet({
        now: this.#now,
        allowWide: this.#allowWide,
        remediations: this.#remediations,
      })
      draft.#contents = this.#contents
      const result = await work(draft)
      this.#replace(draft.#contents)
      return result
    })
  }

  #parse(ip: string): Family {
    const family = typeof ip === 'string' ? parseIp(ip, this.#words) : 0
    if (family !== 0) return family
    throw notLookedUp('ip', ip, 'must be an IPv4 or IPv6 address')
  }

  *#values(): Generator<string> {
    for (const { value } of this.entries()) yield value
  }

  #change(
    prepare: (skipped: Skipped, pace: Pace) => Promise<{ contents: Contents; added: number; removed: number }>,
  ): Promise<ApplyReport> {
    return this.#exclusive(async () => {
      const skipped = new Skipped()
      const { contents, added, removed } = await prepare(skipped, new Pace())
      this.#replace(contents)
      return skipped.report(added, removed)
    })
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const change = this.#changing.then(work)
    this.#changing = change.catch(() => undefined)
    return change
  }

  #replace(contents: Contents): void {
    this.#contents = contents
    this.#feed.tell(() => this.#values())
  }
}

function notLookedUp(path: string, value: unknown, rule: string): InputError {
  return new InputError('Nothing was looked up', [{ path, value: printable(value), rule }])
}

function sizeOf({ sources }: Contents): number {
  return sources.reduce((sum, source) => sum + sourceSize(source), 0)
}

function sourceSize({ v4, v6, scoped }: Source): number {
  return v4.size + v6.size + [...scoped.values()].reduce((sum, values) => sum + values.size, 0)
}
