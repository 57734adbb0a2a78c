import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { fields, readCall } from '../calling/read-call.js'
import { PULL_EVERY_MS } from '../decisions/pull-options.js'
import type { Retention } from '../kept-signals/retention.js'
import { STOP_DEADLINE_MS, stopDeadlineSchema } from './stop-options.js'

/** Options of {@link CapiClient.start}. All times are milliseconds. */
export interface StartOptions {
  /**
   * From one start of a sending run to the next; up to 10 % more, by chance. Default 600,000 (10
   * min); below 300,000 is a warning.
   */
  readonly sendEveryMs?: number
  /**
   * From one pull to the next; up to 10 % more, by chance. Default 7,200,000 (2 h). Less is a
   * warning, and taken as 2 h unless `force`.
   */
  readonly pullEveryMs?: number
  /**
   * The machine that pulls; this client's set then follows what any process pulls, within a minute.
   * Default: nothing is pulled.
   */
  readonly pullMachineId?: string
  /** Pull more often than every 2 h if `pullEveryMs` says so. Default false. */
  readonly force?: boolean
  /** What is deleted, and when. Default: sent signals at once, rejected ones never. */
  readonly retention?: Retention
  /**
   * Whether the process may end while nothing but the scheduler is left. Only the scheduler's
   * timers are concerned; with a `clock` of your own, that clock decides. Default false.
   */
  readonly unref?: boolean
  /**
   * Whether SIGTERM and SIGINT stop and close the client, then end the process unless somebody else
   * listens to them. Default false.
   */
  readonly handleSignals?: boolean
  /** How long stopping may take. 100 to 3,600,000, default 8,000: Docker kills after 10 s. */
  readonly stopDeadlineMs?: number
  /**
   * How long the other processes of the store wait before one of them takes over from a leader that
   * died. 1,000 to 3,600,000, default 60,000.
   */
  readonly leaderHoldMs?: number
  /**
   * Ends the wait for the store with an `AbortedError`; what was started goes on until `stop()`.
   */
  readonly signal?: AbortSignal
}

/** {@link StartOptions} with every default filled in. */
export type ResolvedStart = z.output<ReturnType<typeof startSchema>>

const MINUTE_MS = 60_000

const startSchema = lazily(() => {
  const interval = z
    .int()
    .min(1_000)
    .max(2 ** 31 - 1)
  const age = fields.ageMs().optional()
  return z.strictObject({
    sendEveryMs: interval.default(10 * MINUTE_MS),
    pullEveryMs: interval.default(PULL_EVERY_MS),
    pullMachineId: fields.machineId().optional(),
    force: z.boolean().default(false),
    retention: z.strictObject({ keepSentMs: age, keepRejectedMs: age }).default({}),
    unref: z.boolean().default(false),
    handleSignals: z.boolean().default(false),
    stopDeadlineMs: stopDeadlineSchema().default(STOP_DEADLINE_MS),
    leaderHoldMs: z.int().min(1_000).max(3_600_000).default(MINUTE_MS),
    signal: fields.signal(),
  })
})

/**
 * Checks the options and fills in the defaults. @throws InputError that lists everything that is
 * wrong.
 */
export function resolveStart(options: StartOptions): ResolvedStart {
  return readCall('The client was not started', startSchema, options)
}
