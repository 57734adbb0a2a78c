import type { Refuse } from '../errors.js'
import { compareTimestamps, formatTimestamp, parseTimestamp, type Timestamp } from '../formats/timestamp.js'
import type { CreateSignalInput, Instant } from './create-signal.js'

type TimePath = 'createdAt' | 'startAt' | 'stopAt'

/** CAPI is younger, and so is everything that writes signals. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
/** Hosts whose clocks are ahead, and their time zones. */
const MOST_AHEAD_MS = 24 * 3_600_000

/**
 * The times as they go on the wire. Each is a moment from 2000 on, and no more than a day ahead of
 * `now`, in epoch milliseconds.
 */
export function readTimes(
  input: Pick<CreateSignalInput, TimePath>,
  now: number,
  refuse: Refuse,
): { created_at: string; start_at: string; stop_at: string } {
  const read = (path: TimePath): Timestamp | undefined => {
    const given = input[path] as Instant
    const timestamp = parseTimestamp(given)
    const rule = timestamp === undefined ? unreadableRule(given, now) : boundRule(timestamp.ms, now)
    if (rule !== undefined) refuse(path, given, rule)
    return rule === undefined ? timestamp : undefined
  }
  const created = read('createdAt')
  const start = input.startAt === undefined ? created : read('startAt')
  const stop = input.stopAt === undefined ? latest(created, start) : read('stopAt')
  if (start !== undefined && stop !== undefined && compareTimestamps(stop, start) < 0) {
    const from = input.startAt === undefined ? 'createdAt' : 'startAt'
    refuse('stopAt', input.stopAt, `must not be before ${from} (${formatTimestamp(start)})`)
  }
  return { created_at: written(created), start_at: written(start), stop_at: written(stop) }
}

function unreadableRule(given: unknown, now: number): string {
  const isDigits = typeof given === 'string' && /^\d{9,19}(?:\.\d+)?$/.test(given)
  const ms = isDigits || typeof given === 'bigint' ? Number(given) : given
  const unit = typeof ms === 'number' && Number.isFinite(ms) ? unitOf(ms, now) : undefined
  const rule = 'must be a Date, epoch milliseconds or an ISO 8601 date and time'
  if (unit !== undefined) return `${rule}; this ${unit}`
  return isDigits ? `${rule}; epoch milliseconds are a number, not text` : rule
}

function boundRule(ms: number, now: number): string | undefined {
  if (ms < EARLIEST_MS) return tooEarly(ms, now)
  if (ms <= now + MOST_AHEAD_MS) return undefined
  const unit = unitOf(ms, now)
  const rule = `must not be more than a day ahead of now (${new Date(now).toISOString()})`
  return unit === undefined ? rule : `${rule}; this ${unit}`
}

function tooEarly(ms: number, now: number): string {
  const unit = unitOf(ms, now)
  return unit === undefined ? 'must not be before the year 2000' : `must not be before the year 2000; this ${unit}`
}

/** The unit in which a number would be a moment that signals are made of. */
function unitOf(ms: number, now: number): string | undefined {
  const isLikely = (guess: number) => guess >= EARLIEST_MS && guess <= now + MOST_AHEAD_MS
  if (isLikely(ms * 1_000)) return 'looks like seconds: multiply by 1000'
  if (isLikely(ms / 1_000)) return 'looks like microseconds: divide by 1000'
  if (isLikely(ms / 1_000_000)) return 'looks like nanoseconds: divide by 1000000'
  return undefined
}

function latest(a: Timestamp | undefined, b: Timestamp | undefined): Timestamp | undefined {
  return a !== undefined && b !== undefined && compareTimestamps(a, b) > 0 ? a : b
}

/** What could not be read was refused, and is never seen. */
const written = (timestamp: Timestamp | undefined) => (timestamp === undefined ? '' : formatTimestamp(timestamp))
