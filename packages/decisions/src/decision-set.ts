import { ADDRESS_RULE, IpNetwork, isAddressScope } from '@cscapi/signals'
import { checkBytes, checkEvent, checkFunction, checkText, refused } from './arguments.js'
import type { ChangeListener } from './changes/change-feed.js'
import { CurrentContents } from './changes/current-contents.js'
import type { ApplyReport } from './changes/skipped.js'
import { countHeld } from './contents/contents.js'
import { allowlistsAround, type DecisionSource, listSources } from './contents/list-sources.js'
import type { Remediations } from './contents/remediations.js'
import { inForceIn, listOrigin } from './contents/source.js'
import { checkList, type Lines } from './lists/list-input.js'
import { type AllowlistInfo, replaceAllowlist } from './lists/replace-allowlist.js'
import { type BlocklistInfo, replaceBlocklist } from './lists/replace-blocklist.js'
import { type RetainedLists, retainLists } from './lists/retain-lists.js'
import { type BanOptions, readBan } from './local/ban.js'
import type { LocalDecision, NewLocalDecision } from './local/local-decision.js'
import { withoutLocal } from './local/local-sources.js'
import type { ActiveDecision } from './lookup/active-decision.js'
import { ASKED_RULE, type AskedAddress, readAsked } from './lookup/asked-address.js'
import { listEntries, withoutPauses } from './lookup/listing.js'
import { isBlocked, lookUp, lookUpAll } from './lookup/lookup.js'
import { lookUpScoped } from './lookup/scoped-lookup.js'
import {
  type DecisionSetOptions,
  type EntriesOptions,
  readEntriesOptions,
  readRetainedLists,
  readSetOptions,
} from './options.js'
import { Pace, type Paced } from './pacing/pace.js'
import { readSnapshot } from './snapshot/read-snapshot.js'
import { writeSnapshot } from './snapshot/write-snapshot.js'
import { applyStream } from './stream/apply-stream.js'
import { checkAnswer, type StreamAnswer } from './stream/stream-answer.js'
import type { HeldDecisions } from './views/held-decisions.js'

/**
 * The blocklist in memory: what CAPI's stream, blocklists and allowlists say, each kept apart, and
 * what follows from all of them. Changes are prepared beside what is in force and swapped in at
 * once; a failed one changes nothing. They wait for each other.
 */
export class DecisionSet {
  readonly #options: Required<DecisionSetOptions>
  readonly #now: () => number
  readonly #remediations: Remediations
  readonly #asked = new IpNetwork()
  readonly #current: CurrentContents

  /** @throws InputError that lists every option that is wrong */
  constructor(options: DecisionSetOptions = {}) {
    this.#options = readSetOptions(options)
    this.#now = this.#options.now
    this.#remediations = this.#options.remediations
    this.#current = new CurrentContents(this.#options)
  }

  /**
   * Entries that are in force, allowlisted ones included; what two sources name counts twice. It
   * takes about 1 ms for each million entries of the stream.
   */
  get size(): number {
    const now = this.#now()
    return this.#current.contents.sources.reduce((sum, source) => sum + inForceIn(source, now), 0)
  }

  /**
   * What to do about an address, `undefined` for nothing: the entry with the longest prefix, then
   * the strictest remediation. Allowlists win. IPv4-mapped IPv6 is taken for IPv4.
   *
   * @throws InputError for what is no address: it must not pass for one that is not blocked.
   */
  check(ip: AskedAddress): ActiveDecision | undefined {
    return lookUp(this.#current.contents, this.#read(ip), this.#now, this.#remediations, ip)
  }

  /**
   * Whether {@link DecisionSet.check} gives an entry, in less time: nothing is made, and of several
   * entries the first that is found tells.
   *
   * @throws InputError for what is no address.
   */
  has(ip: AskedAddress): boolean {
    return isBlocked(this.#current.contents, this.#read(ip), this.#now)
  }

  /** Every entry around an address that is in force, the deciding one first. @throws InputError */
  checkAll(ip: AskedAddress): ActiveDecision[] {
    return lookUpAll(this.#current.contents, this.#read(ip), this.#now(), this.#remediations)
  }

  /**
   * What to do about a value of another scope, e.g. `checkScope('Country', 'XX')`. Scopes are
   * compared without regard to case. Of `Ip` and `Range`, the value may be an address or a range,
   * and an entry decides that holds all of it.
   *
   * @throws InputError for a value of `Ip` or `Range` that is neither.
   */
  checkScope(scope: string, value: string): ActiveDecision | undefined {
    checkText(NOT_LOOKED_UP, 'scope', scope)
    if (isAddressScope(scope)) {
      if (!this.#asked.read(value)) throw refused(NOT_LOOKED_UP, 'value', value, ADDRESS_RULE)
      return lookUp(this.#current.contents, this.#asked, this.#now, this.#remediations)
    }
    checkText(NOT_LOOKED_UP, 'value', value)
    return lookUpScoped(this.#current.contents, scope, value, this.#now(), this.#remediations)
  }

  /**
   * Until when the entries of a blocklist are in force, in epoch milliseconds; `undefined` without
   * such a list. @throws InputError
   */
  listExpiry(name: string): number | undefined {
    checkText(NOT_LOOKED_UP, 'name', name)
    return this.#current.contents.sources.find(({ origin }) => origin === listOrigin(name))?.expiresAt
  }

  /**
   * Every source that the set holds: the stream, blocklists and allowlists, with what is in force of
   * each. It takes about 1 ms for each million entries.
   */
  sources(): DecisionSource[] {
    return listSources(this.#current.contents, this.#now())
  }

  /** The names of the allowlists that hold an address, in the order they came. @throws InputError */
  allowedBy(ip: string): string[] {
    return allowlistsAround(this.#current.contents, this.#read(ip), this.#now())
  }

  /**
   * What is in force and not allowed, each network once: IPv4 before IPv6, ascending; then the
   * values of other scopes, each once. It is what is there at the call, whatever is changed while
   * it is read. The first step sorts everything: half a second for a million entries. A server that
   * must not stand still for so long asks for `pauses`, as the exporters do.
   *
   * @throws InputError
   */
  entries(options: EntriesOptions & { readonly pauses: true }): IterableIterator<ActiveDecision | undefined>
  entries(options?: EntriesOptions): IterableIterator<ActiveDecision>
  entries(options: EntriesOptions = {}): IterableIterator<ActiveDecision | undefined> {
    const { at, pauses } = readEntriesOptions(options)
    const listed = listEntries(this.#current.view(at))
    return pauses ? listed : withoutPauses(listed)
  }

  /**
   * Applies an answer of the stream: `deleted` goes, `new` comes, the rest stays until it runs out.
   * Of a value that is twice in `new`, the later expiry holds.
   * @throws InputError for an answer of another shape, and for times that are none; nothing is
   * changed then
   */
  async applyStream(answer: StreamAnswer): Promise<ApplyReport> {
    return this.#current.change(async (contents, changing) => {
      await checkAnswer(answer, changing.pace)
      return applyStream(contents, answer, changing)
    })
  }

  /**
   * Replaces one blocklist by the lines of its download, once all of them are read.
   * @throws CscapiError `list_unreadable` for lines of which none is an entry, or, where the list
   * has entries in force, more than {@link MOST_UNREADABLE_LINES} are not.
   * @throws InputError for a duration that is none, or not above 0; what `lines` throws. Nothing is
   * changed then.
   */
  async replaceBlocklist(list: BlocklistInfo, lines: Lines): Promise<ApplyReport> {
    checkList('blocklist', list, ['name', 'scope', 'remediation', 'duration'], lines)
    return this.#current.change((contents, changing) => replaceBlocklist(contents, list, lines, changing))
  }

  /**
   * Replaces one allowlist, known by its id. @throws CscapiError `list_unreadable`, InputError,
   * what `lines` throws; nothing is changed then.
   */
  async replaceAllowlist(list: AllowlistInfo, lines: Lines): Promise<ApplyReport> {
    checkList('allowlist', list, ['id', 'name'], lines)
    return this.#current.change((contents, changing) => replaceAllowlist(contents, list, lines, changing))
  }

  /** Deletes every list that is not named: it is not linked any more. @throws InputError */
  async retainLists(lists: RetainedLists): Promise<ApplyReport> {
    const retained = readRetainedLists(lists)
    return this.#current.change((contents) => retainLists(contents, retained))
  }

  /**
   * Adds a local decision, which is in force from now on beside CAPI's and the lists' and, with the
   * set of a `CapiClient`, is in the store when this resolves.
   *
   * @example `await decisions.ban('203.0.113.7', { duration: '4h', reason: 'seen by hand' })`
   * @throws InputError that lists everything that is wrong
   * @throws what the keeper throws; nothing is changed then
   */
  async ban(value: string, options: BanOptions): Promise<LocalDecision> {
    const [added] = await this.addLocal([readBan(value, options, this.#now())])
    if (added === undefined) throw new TypeError('The keeper of local decisions lost one')
    return added
  }

  /**
   * Adds local decisions, all or none; one whose uuid is there already is given as it is.
   * @throws InputError, what the keeper throws; nothing is changed then
   */
  async addLocal(decisions: readonly NewLocalDecision[]): Promise<LocalDecision[]> {
    return this.#current.changeLocal((local) => local.add(decisions))
  }

  /** Ends local decisions that match, now, and gives them. @throws what the keeper throws */
  async endLocal(matches: (decision: LocalDecision) => boolean): Promise<LocalDecision[]> {
    checkFunction('No decision was deleted', 'matches', matches)
    return this.#current.changeLocal((local) => local.end(matches))
  }

  /** Takes the local decisions of other processes from the keeper. @throws what that throws */
  async refreshLocal(): Promise<void> {
    await this.#current.refreshLocal()
  }

  /**
   * All that is held at the call, by source: what a server hands on. It does not change,
   * and is the same object until the set changes.
   */
  held(): HeldDecisions {
    return this.#current.held()
  }

  /**
   * Calls `listener` with the canonical values that come into force or go, after each change. What
   * has run out goes with the next change. Returns the function that ends it.
   * @throws InputError
   */
  on(event: 'change', listener: ChangeListener): () => void {
    checkEvent(event)
    checkFunction('Nobody was subscribed', 'listener', listener)
    return this.#current.feed.add(listener, this.#current.view())
  }

  /**
   * Everything, to be kept: versioned and with a checksum. It is written in one go, about 15 ms for
   * a million entries; see {@link DecisionSet.toChunks}.
   */
  toBytes(): Uint8Array {
    return new Uint8Array(Buffer.concat([...withoutPauses(writeSnapshot(this.#current.toKeep))]))
  }

  /**
   * The bytes of {@link DecisionSet.toBytes} as they are at the call, in pieces of about 1 MiB;
   * others have their turn in between.
   */
  toChunks(): AsyncIterableIterator<Uint8Array> {
    return inTurns(writeSnapshot(this.#current.toKeep))
  }

  /**
   * Takes everything from a snapshot, in place of what is there.
   * @throws CscapiError `snapshot_corrupt`, `snapshot_newer`; InputError for what is no bytes;
   * nothing is changed then
   */
  async load(bytes: Uint8Array): Promise<ApplyReport> {
    checkBytes(bytes)
    return this.#current.change(async (before, { pace }) => {
      const contents = await readSnapshot(bytes, pace)
      return { contents, added: countHeld(contents), removed: countHeld(withoutLocal(before)) }
    })
  }

  /**
   * A set with everything from a snapshot. @throws CscapiError `snapshot_corrupt`,
   * `snapshot_newer`; InputError
   */
  static async fromBytes(bytes: Uint8Array, options: DecisionSetOptions = {}): Promise<DecisionSet> {
    const set = new DecisionSet(options)
    await set.load(bytes)
    return set
  }

  /**
   * Several changes that come into force together once `work` is done, or not at all: `work` gets a
   * draft, a set of its own that begins as this one is. Until then lookups see the set of before,
   * and other changes wait.
   * @throws what `work` throws; nothing is changed then
   */
  async transaction<T>(work: (draft: DecisionSet) => Promise<T>): Promise<T> {
    checkFunction('Nothing was changed', 'work', work)
    const draft = new DecisionSet(this.#options)
    return this.#current.transaction(draft.#current, () => work(draft))
  }

  #read(ip: unknown): IpNetwork {
    if (readAsked(ip, this.#asked)) return this.#asked
    throw refused(NOT_LOOKED_UP, 'ip', ip, ASKED_RULE)
  }
}

const NOT_LOOKED_UP = 'Nothing was looked up'

async function* inTurns<T>(items: Paced<T>): AsyncGenerator<T, void, undefined> {
  const pace = new Pace()
  for (const item of items) {
    if (item === undefined) await pace.turn()
    else yield item
  }
}
