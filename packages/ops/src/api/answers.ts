// What the API answers, field by field as docs/operations-page.md has it. Instants are epoch
// milliseconds; what is not known is null.

/** `GET /api/session`: what the page may do. */
export interface SessionAnswer {
  /** Whether requeue, purge and revive are switched off. */
  readonly readOnly: boolean
  /** Whether a scheduler is to run in this process. */
  readonly expectScheduler: boolean
  /** Whether whoever asks came in by the login form, and can leave. */
  readonly canLogOut: boolean
  /** What a POST has to bring in the header `x-csrf-token`. */
  readonly csrf: string
}

/** `GET /api/now`, and the event `now`: what is happening. */
export interface NowAnswer {
  /** When it was looked at. */
  readonly at: number
  /** Since when this process is watched: requests and the log begin there. */
  readonly watchedSince: number
  /** Whether this process runs the scheduler, or stands by for the one that does. */
  readonly scheduler: 'running' | 'not_running'
  /**
   * Whether the store answers, and whether it ever did since then: all that comes from it is of the
   * last time when it did.
   */
  readonly store: { readonly answers: boolean; readonly hasAnswered: boolean; readonly message: string | null }
  /** The queue, of all processes of the store. */
  readonly queue: {
    /** Signals that wait. */
    readonly pending: number
    /** Signals that are being sent. */
    readonly leased: number
    /** When the oldest of both was added. */
    readonly oldestAt: number | null
    /** Signals that CAPI took since the store was made. */
    readonly sent: number
    /** Dead letters. */
    readonly rejected: number
  }
  /** Signals a minute, in the last minute. */
  readonly rates: { readonly in: number; readonly sent: number; readonly rejected: number }
  /** Machines of the store. */
  readonly machines: { readonly total: number; readonly failing: number }
  /** While every process waits. */
  readonly pause: {
    readonly reason: string
    readonly until: number
    /** The reason in words. */
    readonly title: string
    readonly explanation: string
    readonly advice: string
  } | null
  /** Requests of this process to CAPI, by endpoint and status. */
  readonly requests: readonly {
    readonly endpoint: string
    /** Null where there was no answer. */
    readonly status: number | null
    readonly total: number
    readonly lastHour: number
  }[]
  /** The last sending run of this process. */
  readonly lastRun: {
    readonly at: number
    readonly sent: number
    readonly rejected: number
    readonly postponed: number
    readonly durationMs: number
    /** Why it ended early. */
    readonly stopped: string | null
    readonly problems: readonly { readonly code: string; readonly message: string; readonly count: number }[]
  } | null
}

/** `GET /api/log`, and the event `log`: what happened in this process, newest last. */
export interface LogEntry {
  /** Counts up from 1. */
  readonly id: number
  readonly at: number
  readonly level: 'info' | 'good' | 'warning' | 'bad'
  /** The event's name, or a warning's code. */
  readonly kind: string
  readonly text: string
}

/** `GET /api/log` */
export interface LogAnswer {
  readonly entries: readonly LogEntry[]
}

/** The event `point`: what a curve goes on with. Counts are per minute. */
export interface SeriesPoint {
  readonly at: number
  readonly in: number | null
  readonly sent: number | null
  readonly rejected: number | null
  readonly pending: number | null
  readonly oldestSeconds: number | null
  readonly requests: number | null
  readonly failed: number | null
}

/** `GET /api/series`: one column for each curve; null where nothing was measured. */
export type SeriesAnswer = { readonly stepMs: number } & {
  readonly [Column in keyof SeriesPoint]: readonly SeriesPoint[Column][]
}

/** `GET /api/machines` */
export interface MachinesAnswer {
  readonly machines: readonly {
    readonly machineId: string
    readonly state: 'ready' | 'waiting' | 'new' | 'failing'
    /** The state in words. */
    readonly title: string
    /** What to do; null when there is nothing to do. */
    readonly advice: string | null
    readonly token: { readonly expiresAt: number | null } | null
    readonly enrolled: boolean | null
    readonly subscription: string | null
    readonly failing: {
      readonly reason: string
      /** CAPI's message. */
      readonly message: string | null
      readonly count: number
      readonly since: number
      readonly retryAt: number
    } | null
  }[]
  /** `after` of the next page; null on the last. */
  readonly next: string | null
  /** How many machines were looked at for this page. */
  readonly looked: number
}

/** `GET /api/dead-letters` and `GET /api/pending` */
export interface SignalsAnswer {
  readonly signals: readonly {
    readonly machineId: string
    readonly uuid: string
    /** When it was added, or rejected. */
    readonly since: number
    readonly scenario: string | null
    readonly address: string | null
    /** Of a dead letter: CAPI's message, or ours. */
    readonly reason: string | null
    /** Of a dead letter: the HTTP status that refused it. */
    readonly status: number | null
    /** The exact JSON on the wire. */
    readonly json: string
  }[]
  readonly next: string | null
}

/** `GET /api/blocklist` */
export interface BlocklistAnswer {
  /** Entries in force, of all sources. */
  readonly size: number
  readonly pulledAt: number | null
  /** From when another pull makes sense. */
  readonly nextPullAt: number | null
  readonly sources: readonly {
    readonly kind: 'stream' | 'blocklist' | 'allowlist'
    readonly name: string
    readonly remediation: string | null
    readonly size: number
    readonly updatedAt: number | null
    readonly expiresAt: number | null
  }[]
}

/** One entry of the blocklist. */
export interface DecisionAnswer {
  readonly value: string
  readonly scope: string
  readonly remediation: string
  readonly reason: string
  readonly origin: string
  readonly expiresAt: number
}

/** `GET /api/check` */
export interface CheckAnswer {
  readonly address: string
  readonly blocked: boolean
  /** The entry that decides. */
  readonly decision: DecisionAnswer | null
  /** Every other entry around the address. */
  readonly others: readonly DecisionAnswer[]
  /** Allowlists that keep it from being blocked. */
  readonly allowlists: readonly string[]
}

/** `POST /api/actions/…` */
export interface ActionAnswer {
  /** Signals or machines. */
  readonly changed: number
}

/** Every answer that is no success. */
export interface ErrorAnswer {
  readonly error: {
    /** docs/errors.md has those of the client. */
    readonly code: string
    readonly message: string
  }
}
