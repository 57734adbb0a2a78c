import type { LogEvent } from '@cscapi/inputs'
import { type DetectorRule, detectorOf } from './detectors.js'
import { ownCopy } from './own-copy.js'

/** One address's attack of one kind, from its first event to its last. */
export interface Attack {
  readonly kind: LogEvent['kind']
  readonly scenario: string
  readonly address: string
  readonly startAt: number
  readonly stopAt: number
  readonly events: number
  /** The first few things that were attacked, and what the attacker called his program. */
  readonly targets: readonly string[]
  readonly userAgents: readonly string[]
  /** The line that its first event was read from. */
  readonly line: number
}

interface Bucket {
  readonly rule: DetectorRule
  readonly kind: LogEvent['kind']
  readonly address: string
  startAt: number
  stopAt: number
  events: number
  isDense: boolean
  /** When the latest events were, no more of them than make an attack. */
  readonly latest: number[]
  readonly seen: Set<string>
  readonly userAgents: Set<string>
  readonly line: number
}

const MOST_BUCKETS = 25_000
const MOST_SEEN = 50
/** How often the quiet ones are looked for, in the log's own time. */
const SWEEP_MS = 1_000
const KEPT = 5
const MOST_TEXT = 200

/**
 * Counts events of one clock per address and rule. An attack is told of once it is over: when the
 * log has moved on, or at its end. Memory is bounded by the addresses that are active at once, and
 * by `mostBuckets`.
 */
export class Detector {
  /** The one that was quiet for longest comes first. */
  readonly #buckets = new Map<string, Bucket>()
  readonly #mostBuckets: number
  #sweptAt = 0
  /**
   * Counts cut short because too many addresses were active at once; the attacks among them are
   * told, but only as far as they went.
   */
  dropped = 0

  constructor(mostBuckets = MOST_BUCKETS) {
    this.#mostBuckets = mostBuckets
  }

  /** Takes one event, and returns the attacks that it shows to be over. */
  add(event: LogEvent): Attack[] {
    const over = this.advance(event.at)
    const rule = detectorOf(event)
    if (rule === undefined) return over
    const key = `${rule.scenario} ${event.address}`
    let bucket = this.#buckets.get(key)
    this.#buckets.delete(key)
    if (bucket !== undefined && isApart(bucket, event.at)) {
      over.push(...attackOf(bucket))
      bucket = undefined
    }
    bucket ??= emptyBucket(rule, event)
    if (this.#buckets.size >= this.#mostBuckets) over.push(...this.#makeRoom())
    this.#buckets.set(bucket.events === 0 ? ownCopy(key) : key, bucket)
    count(bucket, event)
    return over
  }

  /** Nothing will be added that happened before: returns the attacks that are over by then. */
  advance(at: number): Attack[] {
    return Math.abs(at - this.#sweptAt) >= SWEEP_MS ? this.#endQuiet(at) : []
  }

  /** The attacks that were under way when the log ended. */
  end(): Attack[] {
    const attacks = [...this.#buckets.values()].flatMap(attackOf)
    this.#buckets.clear()
    return attacks
  }

  #endQuiet(at: number): Attack[] {
    const over: Attack[] = []
    this.#sweptAt = at
    for (const [key, bucket] of this.#buckets) {
      if (!isApart(bucket, at)) break
      this.#buckets.delete(key)
      over.push(...attackOf(bucket))
    }
    return over
  }

  /** A tenth of all at once: to take the first from a map again and again is slow. */
  #makeRoom(): Attack[] {
    const over: Attack[] = []
    let left = Math.ceil(this.#mostBuckets / 10)
    for (const [key, bucket] of this.#buckets) {
      if (left === 0) break
      left -= 1
      this.#buckets.delete(key)
      this.dropped += 1
      over.push(...attackOf(bucket))
    }
    return over
  }
}

/** Long before or long after: logs are read one after the other, and not every log is in order. */
function isApart({ rule, startAt, stopAt }: Bucket, at: number): boolean {
  return at - stopAt > rule.withinMs || startAt - at > rule.withinMs
}

function emptyBucket(rule: DetectorRule, { kind, address, at, line = 0 }: LogEvent): Bucket {
  return {
    rule,
    kind,
    address: ownCopy(address),
    startAt: at,
    stopAt: at,
    events: 0,
    isDense: false,
    latest: [],
    seen: new Set(),
    userAgents: new Set(),
    line,
  }
}

function count(bucket: Bucket, { at, target, userAgent, times = 1 }: LogEvent): void {
  const { rule, latest, seen, userAgents } = bucket
  bucket.startAt = Math.min(bucket.startAt, at)
  bucket.stopAt = Math.max(bucket.stopAt, at)
  if (userAgent !== undefined && userAgents.size < KEPT) userAgents.add(ownCopy(userAgent))
  const text = target.slice(0, MOST_TEXT)
  const isNew = !seen.has(text)
  if (isNew && seen.size < MOST_SEEN) seen.add(ownCopy(text))
  if (rule.distinct && !isNew) return
  bucket.events += rule.distinct ? 1 : times
  for (let time = Math.min(times, rule.events); time > 0; time -= 1) {
    if (latest.push(at) > rule.events) latest.shift()
  }
  const [first = at] = latest
  if (latest.length === rule.events && Math.abs(at - first) <= rule.withinMs) bucket.isDense = true
}

function attackOf(bucket: Bucket): Attack[] {
  const { rule, kind, address, startAt, stopAt, events, isDense, seen, line } = bucket
  const slow = rule.slow !== undefined && events >= rule.slow.events ? rule.slow.scenario : undefined
  const scenario = isDense ? rule.scenario : slow
  if (scenario === undefined) return []
  const targets = [...seen].filter(Boolean).slice(0, KEPT)
  return [{ kind, scenario, address, startAt, stopAt, events, targets, userAgents: [...bucket.userAgents], line }]
}
