import type { AttackEvent } from '../formats/format.js'
import { type Attack, addDetails, newAttack, seeFirst } from './attack.js'
import { type AttackRule, type AttackRules, type Bucket, ruleNamed } from './attack-rule.js'

export interface AttacksOptions {
  readonly rules: AttackRules
  /**
   * So long an address has to be quiet, in milliseconds, before what comes next is another attack.
   */
  readonly windowMs: number
  readonly most?: number
  /** What was under way when an earlier run saved it. */
  readonly saved?: SavedAttacks | undefined
}

/** Plain data. */
export interface SavedAttacks {
  readonly open: readonly Attack[]
  /** Epoch milliseconds, in the log's own time. */
  readonly sweptAt: number
}

/** No attack goes on for longer; what comes then is another one. */
const LONGEST_MS = 3_600_000
const MOST_ATTACKS = 25_000
/** By so much, logs of several hosts or files that were put together may be out of order. */
const DISORDER_MS = 900_000
/** How often the quiet ones are looked for, in the log's own time. */
const SWEEP_MS = 5_000

/**
 * Puts together what each address does. An attack is told of once it is over: when the log has
 * moved on, or at its end. Memory is bounded by the addresses that are active at once, and by
 * `most`.
 */
export class Attacks {
  /** The one that was quiet for longest comes first. */
  readonly #open = new Map<string, Attack>()
  readonly #rules: AttacksOptions['rules']
  readonly #windowMs: number
  readonly #most: number
  #sweptAt = 0
  /** Attacks cut short because too many addresses were active at once: told as far as they went. */
  dropped = 0

  constructor({ rules, windowMs, most = MOST_ATTACKS, saved }: AttacksOptions) {
    this.#rules = rules
    this.#windowMs = windowMs
    this.#most = most
    this.#sweptAt = saved?.sweptAt ?? 0
    for (const attack of saved?.open ?? []) this.#open.set(keyOf(attack.name, attack.address), structuredClone(attack))
  }

  /** Takes one event of a canonical address, and returns the attacks that it shows to be over. */
  add(event: AttackEvent, line: number): Attack[] {
    const { attack: name, address, at } = event
    const over = Math.abs(at - this.#sweptAt) >= SWEEP_MS ? this.#endQuiet(at) : []
    const key = keyOf(name, address)
    const rule = ruleNamed(this.#rules, name)
    let attack = this.#open.get(key)
    this.#open.delete(key)
    if (attack !== undefined && this.#isApart(attack, at)) {
      over.push(...tellable(attack))
      attack = undefined
    }
    attack ??= newAttack(name, address, at, line)
    if (this.#open.size >= this.#most) over.push(...this.#makeRoom())
    this.#open.set(keyOf(name, attack.address), attack)
    count(attack, rule, event, line)
    return over
  }

  /** Nothing will be added that happened before: returns the attacks that are over by then. */
  advance(at: number): Attack[] {
    return this.#over(at, 0)
  }

  /** By the log's own time, which is not always in order. */
  #endQuiet(at: number): Attack[] {
    this.#sweptAt = at
    return this.#over(at, DISORDER_MS)
  }

  #over(at: number, disorderMs: number): Attack[] {
    const over: Attack[] = []
    for (const [key, attack] of this.#open) {
      if (at - attack.stopAt <= this.#windowMs + disorderMs) break
      if (!this.#isApart(attack, at)) continue
      this.#open.delete(key)
      over.push(...tellable(attack))
    }
    return over
  }

  /** Gives the attacks that were under way when the input ended. */
  end(): Attack[] {
    const attacks = [...this.#open.values()].flatMap(tellable)
    this.#open.clear()
    return attacks
  }

  save(): SavedAttacks {
    return { open: structuredClone([...this.#open.values()]), sweptAt: this.#sweptAt }
  }

  /**
   * Long before or long after: logs are read one after the other, and not every log is in order.
   */
  #isApart(attack: Attack, at: number): boolean {
    const quietMs = this.#quietMs(attack)
    return at - attack.stopAt > quietMs || attack.startAt - at > quietMs || at - attack.startAt > LONGEST_MS
  }

  /**
   * A bucket that has not run over is forgotten when it is empty; one that has, after the window.
   */
  #quietMs({ name, level, slowLevel, isOver, isSlowlyOver }: Attack): number {
    if (isOver || isSlowlyOver) return this.#windowMs
    const { leakMs, slow } = ruleNamed(this.#rules, name)
    return Math.max(level * leakMs, slowLevel * (slow?.leakMs ?? 0))
  }

  /** A tenth of all at once: to take the first from a map again and again is slow. */
  #makeRoom(): Attack[] {
    const over: Attack[] = []
    let left = Math.ceil(this.#most / 10)
    for (const [key, attack] of this.#open) {
      if (left === 0) break
      left -= 1
      this.#open.delete(key)
      this.dropped += 1
      over.push(...tellable(attack))
    }
    return over
  }
}

function count(attack: Attack, rule: AttackRule, event: AttackEvent, line: number): void {
  const { at, times = 1, distinct, details = {} } = event
  // What comes late has not waited.
  const sinceMs = Math.max(0, at - attack.stopAt)
  attack.startAt = Math.min(attack.startAt, at)
  attack.stopAt = Math.max(attack.stopAt, at)
  attack.firstLine = Math.min(attack.firstLine, line)
  attack.lastLine = Math.max(attack.lastLine, line)
  addDetails(attack, details)
  const isCounted = rule.distinct !== true || distinct === undefined || seeFirst(attack, distinct)
  const filled = isCounted ? times : 0
  attack.events += filled
  attack.level = levelOf(attack.level, rule, sinceMs, filled)
  attack.isOver ||= attack.level > rule.capacity
  if (rule.slow === undefined) return
  attack.slowLevel = levelOf(attack.slowLevel, rule.slow, sinceMs, filled)
  attack.isSlowlyOver ||= attack.slowLevel > rule.slow.capacity
}

function levelOf(level: number, { leakMs }: Bucket, sinceMs: number, filled: number): number {
  return Math.max(0, level - sinceMs / leakMs) + filled
}

function tellable(attack: Attack): Attack[] {
  return attack.isOver || attack.isSlowlyOver ? [attack] : []
}

function keyOf(name: string, address: string): string {
  return `${name} ${address}`
}
