import type { SeriesAnswer, SeriesPoint } from '../api/answers.js'

/** What is measured at one moment; totals count up. */
export interface Measure {
  readonly at: number
  readonly totals: Readonly<Record<'in' | 'sent' | 'rejected' | 'requests' | 'failed', number>>
  readonly pending: number
  readonly oldestSeconds: number
}

const MINUTE_MS = 60_000
/** A timer may come a little early. */
const EARLY_MS = 500
const COLUMNS = ['at', 'in', 'sent', 'rejected', 'pending', 'oldestSeconds', 'requests', 'failed'] as const

/** A curve's points in memory: the last `length` steps, and a hole where nothing was measured. */
export class Series {
  readonly stepMs: number
  readonly #length: number
  readonly #points: SeriesPoint[] = []
  #last: Measure | undefined

  constructor(stepMs: number, length: number) {
    this.stepMs = stepMs
    this.#length = length
  }

  /** Takes a measure; gives the point that it makes once a step is over. */
  take(measure: Measure): SeriesPoint | undefined {
    const last = this.#last
    if (last === undefined || measure.at < last.at) {
      this.#last = measure
      return undefined
    }
    const passedMs = measure.at - last.at
    if (passedMs < this.stepMs - EARLY_MS) return undefined
    this.#last = measure
    if (passedMs > 2.5 * this.stepMs) this.#push(hole(last.at + this.stepMs))
    const point = pointOf(last, measure, passedMs / MINUTE_MS)
    this.#push(point)
    return point
  }

  /** Gives all points, by column. */
  columns(): SeriesAnswer {
    const columns = COLUMNS.map((name) => [name, this.#points.map((point) => point[name])])
    return { stepMs: this.stepMs, ...Object.fromEntries(columns) }
  }

  #push(point: SeriesPoint): void {
    this.#points.push(point)
    if (this.#points.length > this.#length) this.#points.shift()
  }
}

function pointOf(before: Measure, { at, totals, pending, oldestSeconds }: Measure, minutes: number): SeriesPoint {
  const perMinute = (key: keyof Measure['totals']) =>
    Math.round((10 * (totals[key] - before.totals[key])) / minutes) / 10
  return {
    at,
    in: perMinute('in'),
    sent: perMinute('sent'),
    rejected: perMinute('rejected'),
    pending,
    oldestSeconds,
    requests: perMinute('requests'),
    failed: perMinute('failed'),
  }
}

const hole = (at: number): SeriesPoint => ({
  at,
  in: null,
  sent: null,
  rejected: null,
  pending: null,
  oldestSeconds: null,
  requests: null,
  failed: null,
})
