import type { NowAnswer } from '../api/answers.js'

const MINUTE_MS = 60_000
const HOUR_MINUTES = 60

interface Row {
  readonly endpoint: string
  readonly status: number | null
  total: number
  /** Requests by minute of the epoch; those of the last hour. */
  readonly minutes: Map<number, number>
}

/** Counts the requests of one client by endpoint and status, in all and in the last hour. */
export class RequestTable {
  readonly #rows = new Map<string, Row>()
  #total = 0
  #failed = 0

  /** Requests, and those of them that failed: no answer, or one from 400 on. */
  get totals(): { readonly requests: number; readonly failed: number } {
    return { requests: this.#total, failed: this.#failed }
  }

  /** Notes one that ended. */
  note(endpoint: string, status: number | undefined, now: number): void {
    const key = `${endpoint} ${status}`
    const row = this.#rows.get(key) ?? { endpoint, status: status ?? null, total: 0, minutes: new Map() }
    this.#rows.set(key, row)
    const minute = Math.floor(now / MINUTE_MS)
    row.total += 1
    row.minutes.set(minute, (row.minutes.get(minute) ?? 0) + 1)
    this.#total += 1
    if (status === undefined || status >= 400) this.#failed += 1
  }

  /** By endpoint, then status; no answer comes last. */
  rows(now: number): NowAnswer['requests'] {
    const since = Math.floor(now / MINUTE_MS) - HOUR_MINUTES
    return [...this.#rows.values()]
      .sort((a, b) => a.endpoint.localeCompare(b.endpoint) || (a.status ?? 1_000) - (b.status ?? 1_000))
      .map(({ endpoint, status, total, minutes }) => {
        for (const minute of minutes.keys()) if (minute <= since) minutes.delete(minute)
        return { endpoint, status, total, lastHour: [...minutes.values()].reduce((sum, count) => sum + count, 0) }
      })
  }
}
