import type { LogEvent } from './log-event.js'
import { RULES, type Rule } from './rules.js'

/** One address's attack of one kind, from its first event to its last. */
export interface Attack {
  readonly rule: Rule
  readonly address: string
  readonly startAt: number
  readonly stopAt: number
  readonly events: number
  /** The first few things that were attacked. */
  readonly targets: readonly string[]
}

interface Bucket {
  readonly rule: Rule
  readonly address: string
  readonly startAt: number
  stopAt: number
  events: number
  readonly seen: Set<string>
}

const MOST_BUCKETS = 100_000
const KEPT_TARGETS = 5
const MOST_SEEN = 1_000

/** Counts events per address and rule. An attack is told of once it is over: when the next event is too late for it, or at the end. */
export class Detector {
  readonly #buckets = new Map<string, Bucket>()
  /** Buckets given up because too many addresses were under watch at once. */
  dropped = 0

  /** Takes one event, and returns the attacks that it shows to be over. */
  add(event: LogEvent): Attack[] {
    const rule = RULES.find(({ matches }) => matches(event))
    if (rule === undefined) return []
    const key = `${rule.scenario} ${event.address}`
    const over: Attack[] = []
    let bucket = this.#buckets.get(key)
    if (bucket !== undefined && event.at - bucket.stopAt > rule.withinMs) {
      over.push(...attackOf(bucket))
      this.#buckets.delete(key)
      bucket = undefined
    }
    if (bucket === undefined) {
      over.push(...this.#makeRoom())
      bucket = { rule, address: event.address, startAt: event.at, stopAt: event.at, events: 0, seen: new Set() }
      this.#buckets.set(key, bucket)
    }
    bucket.stopAt = Math.max(bucket.stopAt, event.at)
    if (!rule.distinct || !bucket.seen.has(event.target)) bucket.events += 1
    if (bucket.seen.size < MOST_SEEN) bucket.seen.add(event.target)
    return over
  }

  /** The attacks that were under way when the log ended. */
  end(): Attack[] {
    const attacks = [...this.#buckets.values()].flatMap(attackOf)
    this.#buckets.clear()
    return attacks
  }

  #makeRoom(): Attack[] {
    if (this.#buckets.size < MOST_BUCKETS) return []
    const [oldest] = this.#buckets
    if (oldest === undefined) return []
    this.#buckets.delete(oldest[0])
    const attacks = attackOf(oldest[1])
    if (attacks.length === 0) this.dropped += 1
    return attacks
  }
}

function attackOf({ rule, address, startAt, stopAt, events, seen }: Bucket): Attack[] {
  if (events < rule.events) return []
  return [{ rule, address, startAt, stopAt, events, targets: [...seen].slice(0, KEPT_TARGETS) }]
}
