import { randomUUID } from 'node:crypto'
import type { Source } from '../contents/source.js'
import { type LocalDecision, type NewLocalDecision, readNewDecision } from './local-decision.js'
import type { KeptLocalDecisions, LocalDecisionKeeper } from './local-keeper.js'
import { localSources } from './local-sources.js'

/** How long one that has ended is kept: whoever was away is told of its end. 7 days. */
const ENDED_KEPT_MS = 7 * 24 * 3_600_000

/** The local decisions of one set; its keeper has the truth. */
export class LocalDecisions {
  readonly #keeper: LocalDecisionKeeper
  readonly #now: () => number
  #kept: readonly LocalDecision[] = []
  #sources: readonly Source[] = []
  /** One after the other: an older state must not replace a newer one. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(keeper: LocalDecisionKeeper, now: () => number) {
    this.#keeper = keeper
    this.#now = now
  }

  /** Those that ended lately included; another array after each change. */
  get kept(): readonly LocalDecision[] {
    return this.#kept
  }

  get sources(): readonly Source[] {
    return this.#sources
  }

  /** Takes what other processes have added. True when something changed. */
  async refresh(): Promise<boolean> {
    return this.#inTurn(async () => this.#take(await this.#keeper.read()))
  }

  /** @throws InputError that names what is wrong with one; none is added then */
  async add(given: readonly NewLocalDecision[]): Promise<LocalDecision[]> {
    const now = this.#now()
    const read = given.map((one) => ({ ...readNewDecision(one, now), uuid: one.uuid ?? randomUUID(), createdAt: now }))
    const wanted = new Set(read.map(({ uuid }) => uuid))
    const kept = await this.#update(({ nextId, decisions }) => {
      const known = new Set(decisions.map(({ uuid }) => uuid))
      let id = nextId
      const added: LocalDecision[] = []
      for (const one of read) {
        if (known.has(one.uuid)) continue
        known.add(one.uuid)
        added.push({ id, ...one })
        id += 1
      }
      return { nextId: id, decisions: [...this.#notForgotten(decisions), ...added] }
    })
    return kept.decisions.filter(({ uuid }) => wanted.has(uuid))
  }

  /** Ends those in force that match, now. */
  async end(matches: (decision: LocalDecision) => boolean): Promise<LocalDecision[]> {
    const now = this.#now()
    let ended: LocalDecision[] = []
    await this.#update(({ nextId, decisions }) => {
      ended = decisions.filter((one) => one.expiresAt > now && matches(one))
      const ids = new Set(ended.map(({ id }) => id))
      const after = decisions.map((one) => (ids.has(one.id) ? { ...one, expiresAt: now } : one))
      return { nextId, decisions: this.#notForgotten(after) }
    })
    return ended
  }

  #update(change: (kept: KeptLocalDecisions) => KeptLocalDecisions): Promise<KeptLocalDecisions> {
    return this.#inTurn(async () => {
      const kept = await this.#keeper.update(change)
      this.#take(kept)
      return kept
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  #notForgotten(decisions: readonly LocalDecision[]): LocalDecision[] {
    const from = this.#now() - ENDED_KEPT_MS
    return decisions.filter(({ expiresAt }) => expiresAt > from)
  }

  #take({ decisions }: KeptLocalDecisions): boolean {
    if (decisions === this.#kept) return false
    this.#kept = decisions
    this.#sources = localSources(decisions, this.#now())
    return true
  }
}
