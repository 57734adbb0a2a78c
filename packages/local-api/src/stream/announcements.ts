import { setImmediate } from 'node:timers/promises'
import { type DecisionMove, DecisionSet, type HeldDecisions, movesBetween } from '@cscapi/decisions'
import type { AnnouncedStore } from './announced-store.js'
import { ChangeLog, MovesTaken } from './change-log.js'

/** How often what ran out is looked for. */
const SWEEP_EVERY_MS = 1_000
const MOST_OF_ONE = 10
const MOST_OUTLIVED = 100_000

export interface AnnouncementsOptions {
  readonly decisions: DecisionSet
  /** Without one, what was announced is forgotten with the process. */
  readonly store: AnnouncedStore | undefined
  readonly now: () => number
  /** The highest number that a bouncer may know from the process before. */
  readonly lastTold: () => Promise<number>
  /** Trouble with the store stops no answer. */
  readonly onTrouble: (error: unknown) => void
}

/** Follows the decisions, and logs what came and what ended since it was announced. */
export class Announcements {
  readonly #options: AnnouncementsOptions
  #log = new ChangeLog(0, 0)
  #held: HeldDecisions | undefined
  #since = 0
  /** Ends of entries whose value another source still names. */
  readonly #outlived = new Map<string, DecisionMove[]>()
  #syncing: Promise<void> | undefined

  constructor(options: AnnouncementsOptions) {
    this.#options = options
  }

  get log(): ChangeLog {
    return this.#log
  }

  /** Brings the log up to date; at rest it costs a look at the clock. */
  async sync(): Promise<HeldDecisions> {
    const { decisions, now } = this.#options
    const held = decisions.held()
    const age = now() - this.#since
    if (held !== this.#held || age >= SWEEP_EVERY_MS || age < 0) {
      this.#syncing ??= this.#sync().finally(() => {
        this.#syncing = undefined
      })
      await this.#syncing
    }
    return this.#held ?? held
  }

  async #sync(): Promise<void> {
    const { decisions, store, now, onTrouble } = this.#options
    const isFirst = this.#held === undefined
    if (isFirst) await this.#start()
    const before = this.#held ?? decisions.held()
    const after = decisions.held()
    const at = now()
    // A clock that went back: what ran out in between may run out again.
    const since = Math.min(this.#since, at)
    const moves = new MovesTaken()
    for (const move of movesBetween(before, since, after, at)) {
      if (move === undefined) await setImmediate()
      else this.#take(move, moves, after, at)
    }
    if (isFirst) {
      // What the process before announced of these is not known: whatever is over, or allowed by now.
      const inForce = new Set(after.localInForce(at))
      for (const decision of after.local)
        if (!inForce.has(decision)) this.#take({ kind: 'gone', decision }, moves, after, at)
    }
    const isOther =
      after.sources.some((source, index) => source !== before.sources[index]) || after.allowlists !== before.allowlists
    if (!moves.isEmpty || isOther) {
      const entry = this.#log.add(moves.come, moves.groups, at)
      // Stored before anybody is told: a crash loses no deletion.
      if (isOther) await store?.write(entry, decisions, at).catch(onTrouble)
    }
    this.#held = after
    this.#since = at
  }

  /**
   * Of a value that another source still names, the end is told to those who see that one alone;
   * to the others, the other source's entry, and this end once more with the last one: some clients
   * keep what they were told by its origin.
   */
  #take(move: DecisionMove, moves: MovesTaken, after: HeldDecisions, at: number): void {
    moves.take(move)
    if (move.kind === 'come') return
    const { scope, value, remediation } = move.decision
    const key = `${remediation} ${scope} ${value}`
    const earlier = this.#outlived.get(key) ?? []
    const isHeld = after.at(scope, value, at).some((other) => other.remediation === remediation)
    if (isHeld) {
      moves.take({ kind: 'come', decision: move.decision })
      if (earlier.length < MOST_OF_ONE && this.#outlived.size < MOST_OUTLIVED)
        this.#outlived.set(key, [...earlier, move])
      return
    }
    for (const other of earlier) moves.take(other)
    this.#outlived.delete(key)
  }

  /** Takes up where the process before ended. */
  async #start(): Promise<void> {
    const { decisions, store, now, onTrouble } = this.#options
    const stored = await store?.read().catch((error: unknown) => {
      onTrouble(error)
      return undefined
    })
    if (stored === undefined) {
      // Nobody was told anything: all of it is news, to a bouncer without a number in any case.
      this.#held = decisions.held()
      this.#since = now()
      // Above what bouncers may know from a store that was lost.
      this.#log = new ChangeLog(now(), now())
      await store?.write({ seq: this.#log.seq, at: now(), groups: [] }, decisions, now()).catch(onTrouble)
      return
    }
    const announced = await DecisionSet.fromBytes(stored.snapshot, { now, allowWide: true })
    const told = await this.#options.lastTold()
    this.#log = new ChangeLog(Math.max(stored.seq, told, now()), stored.seq, stored.gone)
    this.#held = announced.held()
    this.#since = stored.at
  }
}
