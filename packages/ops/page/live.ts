import { useEffect, useState } from 'preact/hooks'
import type { LogAnswer, LogEntry, NowAnswer, SeriesAnswer, SeriesPoint, SessionAnswer } from '../src/api/answers.js'
import { ask } from './api.js'
import { parseVisible } from './visible.js'

/** What the page knows, kept up to date by the server's events. */
export interface Live {
  readonly connection: 'connecting' | 'live' | 'lost'
  readonly session: SessionAnswer | undefined
  readonly now: NowAnswer | undefined
  /** The server's clock at its last word. */
  readonly at: number
  readonly recent: SeriesAnswer | undefined
  readonly log: readonly LogEntry[]
}

let live: Live = {
  connection: 'connecting',
  session: undefined,
  now: undefined,
  at: Date.now(),
  recent: undefined,
  log: [],
}
const listeners = new Set<() => void>()

function update(part: Partial<Live>): void {
  live = { ...live, ...part }
  for (const listener of listeners) listener()
}

/** A part of what the page knows; the component is drawn anew when that part is another one. */
export function useLive<Part>(select: (live: Live) => Part): Part {
  const [part, setPart] = useState(() => select(live))
  useEffect(() => {
    const look = () => setPart(() => select(live))
    look()
    listeners.add(look)
    return () => {
      listeners.delete(look)
    }
  }, [])
  return part
}

const KEPT_POINTS = 720
const KEPT_ENTRIES = 200
/** The server says something every 2 s: who hears nothing for so long hears nobody. */
const SILENCE_MS = 10_000
const LONGEST_WAIT_MS = 8_000

let source: EventSource | undefined
let heardAt = 0
let waitMs = 1_000

/** Follows the server, and comes back to it whenever it was away. */
export function connect(): void {
  listen()
  setInterval(() => {
    if (source !== undefined && performance.now() - heardAt > SILENCE_MS) lose()
  }, 2_000)
  // A browser has six connections for all its tabs: who is not looked at leaves them to others.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) drop()
    else if (source === undefined) listen()
  })
}

function drop(): void {
  source?.close()
  source = undefined
}

function listen(): void {
  heardAt = performance.now()
  const stream = new EventSource('events')
  source = stream
  const on = <Data>(name: string, take: (data: Data) => void) =>
    stream.addEventListener(name, ({ data }) => {
      heardAt = performance.now()
      take(parseVisible(data) as Data)
    })
  stream.onopen = () => {
    waitMs = 1_000
    void catchUp(stream)
  }
  stream.onerror = () => lose()
  on<NowAnswer>('now', (now) => update({ now, at: now.at }))
  on<{ at: number }>('beat', ({ at }) => update({ at }))
  on<SeriesPoint>('point', (point) => {
    if (live.recent !== undefined) update({ recent: withPoint(live.recent, point) })
  })
  on<LogAnswer>('log', ({ entries }) => update({ log: joined(live.log, entries) }))
}

/** Asks for what was missed. */
async function catchUp(stream: EventSource): Promise<void> {
  try {
    const [session, recent, log] = await Promise.all([
      ask<SessionAnswer>('api/session'),
      ask<SeriesAnswer>('api/series', { range: '2h' }),
      ask<LogAnswer>('api/log'),
    ])
    if (source === stream) update({ connection: 'live', session, recent, log: log.entries })
  } catch {
    if (source === stream) lose()
  }
}

/** The browser's own reconnecting gives up at some answers; ours does not. */
function lose(): void {
  drop()
  update({ connection: 'lost' })
  setTimeout(async () => {
    // Tells whether a token is asked for again.
    await ask('api/session').catch(() => undefined)
    if (source === undefined && !document.hidden) listen()
  }, waitMs)
  waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
}

function withPoint(series: SeriesAnswer, point: SeriesPoint): SeriesAnswer {
  if ((series.at.at(-1) ?? 0) >= point.at) return series
  const column = <Value>(values: readonly Value[], value: Value) => [...values, value].slice(-KEPT_POINTS)
  return {
    stepMs: series.stepMs,
    at: column(series.at, point.at),
    in: column(series.in, point.in),
    sent: column(series.sent, point.sent),
    rejected: column(series.rejected, point.rejected),
    pending: column(series.pending, point.pending),
    oldestSeconds: column(series.oldestSeconds, point.oldestSeconds),
    requests: column(series.requests, point.requests),
    failed: column(series.failed, point.failed),
  }
}

function joined(known: readonly LogEntry[], entries: readonly LogEntry[]): readonly LogEntry[] {
  const last = known.at(-1)?.id ?? 0
  return [...known, ...entries.filter(({ id }) => id > last)].slice(-KEPT_ENTRIES)
}
