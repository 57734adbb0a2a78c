import type { ClientStats, Clock } from '@cscapi/client'
import { isCscapiError } from '@cscapi/client'
import type { LogEntry, NowAnswer, SeriesPoint } from '../api/answers.js'
import type { OpsClient } from '../options.js'
import { EventLog } from './event-log.js'
import { Rates } from './rates.js'
import { RequestTable } from './request-table.js'
import { Series } from './series.js'
import { SignalFlow } from './signal-flow.js'
import { PAUSES } from './words.js'

/** How often is looked while somebody watches, and while nobody does. */
const WATCHED_MS = 2_000
const UNWATCHED_MS = 10_000
const LOOK_DEADLINE_MS = 5_000

/** What a look brings. */
export interface Look {
  readonly now: NowAnswer
  readonly point: SeriesPoint | undefined
  readonly log: readonly LogEntry[]
}

/** Looks at a client now and then, and remembers what curves are made of. Asks CAPI nothing. */
export class Monitor {
  readonly log: EventLog
  readonly recent = new Series(10_000, 720)
  readonly week = new Series(600_000, 1_008)
  readonly #client: OpsClient
  readonly #clock: Clock
  readonly #requests = new RequestTable()
  readonly #flow = new SignalFlow()
  readonly #rates = new Rates()
  readonly #ending = new AbortController()
  readonly #unsubscribe: (() => void)[]
  readonly #watchedSince: number
  readonly #isWatched: () => boolean
  readonly #onLook: (look: Look) => void
  #lastRun: NowAnswer['lastRun'] = null
  #now: NowAnswer
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking: Promise<NowAnswer> | undefined
  #toldId = 0

  constructor(client: OpsClient, clock: Clock, watchers: { isWatched: () => boolean; onLook: (look: Look) => void }) {
    this.#client = client
    this.#clock = clock
    this.#isWatched = watchers.isWatched
    this.#onLook = watchers.onLook
    this.log = new EventLog(() => clock.now())
    this.#watchedSince = clock.now()
    this.#now = this.#unknown()
    this.#unsubscribe = [
      this.log.follow(client),
      client.on('request', ({ endpoint, status }) => this.#requests.note(endpoint, status, clock.now())),
      client.on('rejected', ({ uuids }) => this.#flow.noteRejected(uuids.length)),
      client.on('sendRun', ({ sent, rejected, postponed, durationMs, stopped = null, problems }) => {
        const shown = problems.map(({ code, message, count }) => ({ code, message, count }))
        this.#lastRun = { at: clock.now(), sent, rejected, postponed, durationMs, stopped, problems: shown }
      }),
    ]
    void this.#run()
  }

  /** Gives what is happening, of a look that is at most 1 s old. */
  async now(): Promise<NowAnswer> {
    const age = this.#clock.now() - this.#lookedAt
    return age >= 0 && age < 1_000 ? this.#now : this.#look()
  }

  /** Looks no more. */
  close(): void {
    this.#ending.abort()
    for (const end of this.#unsubscribe) end()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    await this.#look()
    while (!signal.aborted) {
      await this.#clock.sleep(WATCHED_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      const age = this.#clock.now() - this.#lookedAt
      // Timers come a little late or early: half a step decides.
      if (this.#isWatched() || age < 0 || age >= UNWATCHED_MS - WATCHED_MS / 2) await this.#look()
    }
  }

  /** One look at a time, whoever asks. */
  #look(): Promise<NowAnswer> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookOnce(): Promise<NowAnswer> {
    const stats = await this.#stats()
    const at = this.#clock.now()
    this.#lookedAt = at
    const live = this.#live(at)
    if (typeof stats === 'string') {
      const { hasAnswered } = this.#now.store
      this.#now = { ...this.#now, ...live, store: { answers: false, hasAnswered, message: stats } }
      return this.#tell(undefined)
    }
    const totals = this.#flow.take(stats)
    this.#now = { ...this.#now, ...live, ...countsOf(stats), rates: this.#rates.take(at, totals) }
    const oldestSeconds = stats.oldestPendingAt === undefined ? 0 : Math.max(at - stats.oldestPendingAt, 0) / 1_000
    const measure = {
      at,
      totals: { ...totals, ...this.#requests.totals },
      pending: stats.pending + stats.leased,
      oldestSeconds: Math.round(oldestSeconds),
    }
    this.week.take(measure)
    return this.#tell(this.recent.take(measure))
  }

  #tell(point: SeriesPoint | undefined): NowAnswer {
    const log = this.log.after(this.#toldId)
    this.#toldId = log.at(-1)?.id ?? this.#toldId
    this.#onLook({ now: this.#now, point, log })
    return this.#now
  }

  /** Gives the store's counts, or why there are none. */
  async #stats(): Promise<ClientStats | string> {
    try {
      return await this.#client.stats({ signal: AbortSignal.timeout(LOOK_DEADLINE_MS) })
    } catch (error) {
      return isCscapiError(error)
        ? error.message
        : 'It failed with an error of its own, which the log of the process may tell.'
    }
  }

  #live(at: number): Pick<NowAnswer, 'at' | 'scheduler' | 'requests' | 'lastRun'> {
    return {
      at,
      scheduler: this.#client.isStarted() ? 'running' : 'not_running',
      requests: this.#requests.rows(at),
      lastRun: this.#lastRun,
    }
  }

  #unknown(): NowAnswer {
    return {
      ...this.#live(this.#watchedSince),
      watchedSince: this.#watchedSince,
      store: { answers: false, hasAnswered: false, message: 'It was not asked yet' },
      queue: { pending: 0, leased: 0, oldestAt: null, sent: 0, rejected: 0 },
      rates: { in: 0, sent: 0, rejected: 0 },
      machines: { total: 0, failing: 0 },
      pause: null,
    }
  }
}

/** What comes from the store. Instants are rounded to seconds: each look computes them anew. */
function countsOf(stats: ClientStats): Pick<NowAnswer, 'store' | 'queue' | 'machines' | 'pause'> {
  const { pending, leased, sent, rejected, machines, failing, oldestPendingAt, pausedUntil, pauseReason } = stats
  const second = (instant: number) => Math.round(instant / 1_000) * 1_000
  const isPaused = pausedUntil !== undefined && pauseReason !== undefined
  return {
    store: { answers: true, hasAnswered: true, message: null },
    queue: {
      pending,
      leased,
      oldestAt: oldestPendingAt === undefined ? null : second(oldestPendingAt),
      sent,
      rejected,
    },
    machines: { total: machines, failing },
    pause: isPaused ? { reason: pauseReason, until: second(pausedUntil), ...PAUSES[pauseReason] } : null,
  }
}
