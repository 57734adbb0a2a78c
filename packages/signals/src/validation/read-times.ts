import type { CreateSignalInput, Instant } from '../create-signal/signal-input.js'
import { compareTimestamps, formatTimestamp, parseTimestamp, type Timestamp } from '../formats/timestamp.js'
import type { Refusals } from './refusals.js'

type TimePath = 'createdAt' | 'startAt' | 'stopAt'

/** 2000-01-01T00:00:00Z: CAPI is younger, and so is everything that writes signals. */
const EARLIEST_MS = 946_684_800_000
/** Hosts whose clocks are ahead, and their time zones. */
const MOST_AHEAD_MS = 24 * 3_600_000

/** The times as they go on the wire; empty for what was refused. */
export interface SignalTimes {
  readonly created: string
  readonly start: string
  readonly stop: string
}

/**
 * Reads the times. Each is a moment from 2000 on, and no more than a day ahead of `now`, in epoch
 * milliseconds.
 */
export function readTimes(input: Pick<CreateSignalInput, TimePath>, now: number, refusals: Refusals): SignalTimes {
  const created = readTime('createdAt', input.createdAt, now, refusals)
  const start = input.startAt === undefined ? created : readTime('startAt', input.startAt, now, refusals)
  const stop = input.stopAt === undefined ? latest(created, start) : readTime('stopAt', input.stopAt, now, refusals)
  if (start !== undefined && stop !== undefined && isBefore(stop, start)) {
    const from = input.startAt === undefined ? 'createdAt' : 'startAt'
    refusals.refuse('stopAt', input.stopAt, `must not be before ${from} (${formatTimestamp(start)})`)
  }
  const text = written(created)
  return {
    created: text,
    start: start === created ? text : written(start),
    stop: stop === created ? text : written(stop),
  }
}

function readTime(path: TimePath, given: Instant, now: number, refusals: Refusals): Timestamp | undefined {
  const timestamp = parseTimestamp(given)
  const rule = timestamp === undefined ? unreadableRule(given, now) : boundRule(timestamp.ms, now)
  refusals.refuse(path, given, rule)
  return rule === undefined ? timestamp : undefined
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
  return a !== undefined && b !== undefined && isBefore(b, a) ? a : b
}

const isBefore = (a: Timestamp, b: Timestamp) => compareTimestamps(a, b) < 0

const written = (timestamp: Timestamp | undefined) => (timestamp === undefined ? '' : formatTimestamp(timestamp))
