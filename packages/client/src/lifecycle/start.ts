import { abortSignalSchema } from '@cscapi/core'
import * as z from 'zod'
import { readCall } from '../calling/call-options.js'
import type { ClientContext } from '../context.js'
import { PULL_EVERY_MS, type PullReport } from '../decisions/pulled-decisions.js'
import { applyRetention, type Retention } from '../kept-signals/retention.js'
import type { SendOptions } from '../sending/send-due.js'
import { onProcessSignals } from './process-signals.js'
import type { Job } from './repeat-job.js'
import { runScheduler } from './scheduler.js'
import { STOP_DEADLINE_MS, type StopReport } from './shutdown.js'
import { backgroundClock, systemClock } from './system-clock.js'

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
   * Whether the process may end while nothing but the scheduler is left. Its timers only; with a
   * `clock` of your own, that clock decides. Default false.
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
export type ResolvedStart = z.output<typeof startSchema>

/** What of a client is started and ended. */
export interface Startable {
  sendSignals(options: SendOptions): Promise<unknown>
  decisions(): Promise<unknown>
  pullDecisions(options: { machineId: string; force: boolean; signal: AbortSignal }): Promise<PullReport>
  stop(): Promise<StopReport>
  close(): Promise<void>
}

const MINUTE_MS = 60_000
const FOLLOW_EVERY_MS = MINUTE_MS
const GOOD_SEND_EVERY_MS = 5 * MINUTE_MS

const interval = z
  .int()
  .min(1_000)
  .max(2 ** 31 - 1)
const age = z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional()

const startSchema = z.strictObject({
  sendEveryMs: interval.default(10 * MINUTE_MS),
  pullEveryMs: interval.default(PULL_EVERY_MS),
  pullMachineId: z.string().min(1).optional(),
  force: z.boolean().default(false),
  retention: z.strictObject({ keepSentMs: age, keepRejectedMs: age }).default({}),
  unref: z.boolean().default(false),
  handleSignals: z.boolean().default(false),
  stopDeadlineMs: z.int().min(100).max(3_600_000).default(STOP_DEADLINE_MS),
  leaderHoldMs: z.int().min(1_000).max(3_600_000).default(MINUTE_MS),
  signal: abortSignalSchema.optional(),
})

/**
 * Checks the options and fills in the defaults. @throws InputError that lists everything that is
 * wrong.
 */
export function resolveStart(options: StartOptions): ResolvedStart {
  return readCall('The client was not started', startSchema, options)
}

/**
 * Runs the scheduler until the client is stopped, and tells of intervals below the service's good
 * practice.
 * @throws CscapiError `already_started`, ClientStoppedError
 */
export function startClient(context: ClientContext, start: ResolvedStart, client: Startable): void {
  const { shutdown, options } = context
  shutdown.begin(start.stopDeadlineMs)
  warnOfHaste(context, start)
  const settings = {
    state: context.storage,
    clock: start.unref && options.clock === systemClock ? backgroundClock : options.clock,
    random: options.random,
    leaderHoldMs: start.leaderHoldMs,
    retryMs: options.maxRetryDelayMs,
    jobs: jobsOf(context, start, client),
    warn: (code: string, message: string, error?: unknown) => warn(context, code, message, error),
  }
  void shutdown.run(() => runScheduler(settings, shutdown.draining))
  if (start.pullMachineId !== undefined) void shutdown.run(() => followPulls(context, client))
  if (!start.handleSignals) return
  const end = async () => {
    // What does not end within the deadline would keep `close()` waiting too.
    const { running } = await client.stop()
    if (!running) await client.close()
    return running ? 1 : 0
  }
  const remove = onProcessSignals(end)
  shutdown.aborting.addEventListener('abort', remove, { once: true })
}

/** Whoever leads pulls; the others find it in the store. */
async function followPulls(context: ClientContext, client: Startable): Promise<void> {
  const { draining } = context.shutdown
  const { clock } = context.options
  for (let hasFailed = false; ; ) {
    await clock.sleep(FOLLOW_EVERY_MS, draining).catch(() => undefined)
    if (draining.aborted) return
    try {
      await client.decisions()
      hasFailed = false
    } catch (error) {
      const message = 'The blocklist in the store could not be read; it is tried again each minute'
      if (!hasFailed) warn(context, 'follow_failed', message, error)
      hasFailed = true
    }
  }
}

function warnOfHaste(context: ClientContext, { sendEveryMs, pullEveryMs, pullMachineId, force }: ResolvedStart): void {
  if (sendEveryMs < GOOD_SEND_EVERY_MS) {
    warn(context, 'sends_often', `sendEveryMs is ${sendEveryMs}; good practice is 5 min or more`)
  }
  if (pullMachineId !== undefined && pullEveryMs < PULL_EVERY_MS) {
    const outcome = force ? 'force makes it so' : 'it is taken as 2 h'
    warn(context, 'pulls_often', `pullEveryMs is ${pullEveryMs}; CAPI asks for 2 h or more, and ${outcome}`)
  }
}

function warn(context: ClientContext, code: string, message: string, error?: unknown): void {
  context.events.emit('warning', { code, message, ...(error !== undefined && { error }) })
}

function jobsOf({ storage, shutdown }: ClientContext, start: ResolvedStart, client: Startable): Job[] {
  const { sendEveryMs, pullMachineId: machineId, retention, force } = start
  const keepsSent = retention.keepSentMs !== undefined
  const jobs: Job[] = [
    {
      name: 'send',
      everyMs: sendEveryMs,
      resumes: true,
      run: async (lost) => {
        await client.sendSignals({ prune: !keepsSent, signal: lost })
        return undefined
      },
    },
  ]
  if (machineId !== undefined) {
    const everyMs = force ? start.pullEveryMs : Math.max(start.pullEveryMs, PULL_EVERY_MS)
    const run = async (lost: AbortSignal) => {
      const { pulled, nextInMs } = await client.pullDecisions({ machineId, force, signal: lost })
      return pulled ? undefined : nextInMs
    }
    jobs.push({ name: 'pull', everyMs, resumes: false, run })
  }
  if (keepsSent || retention.keepRejectedMs !== undefined) {
    const run = async (lost: AbortSignal) => {
      await applyRetention(storage, retention, AbortSignal.any([lost, shutdown.draining]))
      return undefined
    }
    jobs.push({ name: 'retention', everyMs: sendEveryMs, resumes: true, run })
  }
  return jobs
}
