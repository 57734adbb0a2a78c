import type { ClientContext } from '../context.js'
import { PULL_EVERY_MS } from '../decisions/pull-options.js'
import { followPulls } from './follow-pulls.js'
import { jobsOf } from './jobs.js'
import { onProcessSignals } from './process-signals.js'
import { runScheduler } from './scheduler.js'
import type { ResolvedStart } from './start-options.js'
import type { Startable } from './startable.js'
import { backgroundClock, systemClock } from './system-clock.js'

const GOOD_SEND_EVERY_MS = 5 * 60_000

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
