import { AbortedError, decide, isCscapiError, readPause, StorageError, tokenFlaw } from '@cscapi/core'
import { forbid, isOwnRefusal, probeAfterBan } from '../calling/probe-after-ban.js'
import { pushMetrics } from '../calling/push-metrics.js'
import type { ClientContext } from '../context.js'
import { SendFailedError } from '../errors.js'
import { deliver } from './delivery.js'
import { noteDelivered } from './got-through.js'
import type { SendProgress, SendReport } from './send-report.js'
import { SendRun } from './send-run.js'

/** Options of one `sendSignals` run. */
export interface SendOptions {
  /** Delete what was sent; `false` keeps it in the store with status `sent`. Default true. */
  readonly prune?: boolean
  /** Signals in one POST. Default: the client's. */
  readonly batchSize?: number
  /** Machines sent for at once. Default: the client's. */
  readonly concurrency?: number
  /**
   * Ends the run: what is in flight is finished or put back, and the call rejects with an
   * `AbortedError` that carries the report.
   */
  readonly signal?: AbortSignal
  /** Called after each machine's batch. */
  readonly onProgress?: (progress: SendProgress) => void
}

/** How often a run looks whether another process has paused the store, in milliseconds. */
const PAUSE_CHECK_MS = 1_000

/** Sends what is due and returns when nothing more is, or when going on would do harm. */
export async function sendDue(context: ClientContext, options: SendOptions): Promise<SendReport> {
  const { draining, aborting } = context.shutdown
  const signal = options.signal === undefined ? aborting : AbortSignal.any([options.signal, aborting])
  const run = new SendRun(context, {
    concurrency: options.concurrency ?? context.options.concurrency,
    batchSize: options.batchSize ?? context.options.batchSize,
    keepSent: options.prune === false,
    signal,
    draining,
  })
  try {
    if (!run.ending && (await mayBegin(run))) {
      const { pending, leased } = await context.storage.stats()
      const pendingAtStart = pending + leased
      const report = () => options.onProgress?.({ ...run.report(), pendingAtStart })
      await inParallel(run, () => work(run, report))
      const waiting = pendingAtStart - run.handled
      if (waiting > 0 && !run.ending) run.problems.notDue(waiting)
      await noteDelivered(context.storage, run.delivered)
      await reportMetrics(run)
    }
  } catch (error) {
    if (run.isBrokenOff) throw new AbortedError('Sending signals', { report: run.report() })
    throw isCscapiError(error) ? new SendFailedError(error, run.report()) : error
  } finally {
    context.events.emit('sendRun', run.report())
  }
  if (run.isBrokenOff) throw new AbortedError('Sending signals', { report: run.report() })
  return run.report()
}

async function mayBegin(run: SendRun): Promise<boolean> {
  if (await meetsPause(run)) return false
  if (await probeAfterBan(run.context, run.settings.signal)) return true
  if (await meetsPause(run)) return false
  run.problems.unprobed()
  run.stop('outage', run.outageWaitMs())
  return false
}

async function meetsPause(run: SendRun): Promise<boolean> {
  const pause = await readPause(run.context.storage)
  if (pause === undefined) return false
  run.problems.paused(pause)
  run.stop(pause.reason, pause.remainingMs)
  return true
}

async function work(run: SendRun, report: () => void): Promise<void> {
  const { storage, options, totals } = run.context
  let checkedAt = options.clock.now()
  while (!run.ending) {
    if (Math.abs(options.clock.now() - checkedAt) >= PAUSE_CHECK_MS) {
      if (await meetsPause(run)) return
      checkedAt = options.clock.now()
    }
    const isDone = await run.doubt.admit(async () => {
      if (run.ending) return true
      const lease = await storage.lease({ leaseMs: options.leaseMs, maxSignals: run.settings.batchSize })
      if (lease === undefined) return true
      totals.leases += 1
      await deliver(run, lease).finally(() => {
        totals.leases -= 1
      })
      return false
    })
    if (isDone) return
    report()
  }
}

/** Runs the workers and waits for all of them; the first error ends the others and is thrown. */
async function inParallel(run: SendRun, worker: () => Promise<void>): Promise<void> {
  const guarded = async () => {
    try {
      await worker()
    } catch (error) {
      run.fail()
      throw error
    }
  }
  const results = await Promise.allSettled(Array.from({ length: run.settings.concurrency }, guarded))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/**
 * One metrics call per machine that got signals through. Only a ban has an effect on the store;
 * where nobody takes metrics, the others are spared.
 */
async function reportMetrics(run: SendRun): Promise<void> {
  const { signal } = run.settings
  const machineIds = run.delivered.values()
  let areWanted = true
  await inParallel(run, async () => {
    for (const machineId of machineIds) {
      if (run.ending || !areWanted) return
      if (!(await reportMetricsOf(run, machineId, signal))) areWanted = false
    }
  })
}

/** False where there is no use in metrics of other machines. */
async function reportMetricsOf(run: SendRun, machineId: string, signal: AbortSignal): Promise<boolean> {
  const { storage, options } = run.context
  const token = (await storage.getMachine(machineId))?.token?.value
  if (token === undefined || tokenFlaw(token) !== undefined) return true
  try {
    await pushMetrics(run.context, machineId, token, signal)
    return true
  } catch (error) {
    if (!isCscapiError(error) || error instanceof StorageError) throw error
    if (error instanceof AbortedError) return false
    run.problems.putBack(error, machineId, 1)
    const { retryDelayMs, maxRetryDelayMs, random } = options
    const outcome = decide(error, { endpoint: 'metrics', retryDelayMs, maxRetryDelayMs, random: random() })
    // The signals were taken, so a 403 that gives a reason of its own is about the metrics.
    if (outcome.action !== 'pause' || isOwnRefusal(error)) return outcome.action !== 'misconfigured'
    await forbid(run.context, error, outcome.forMs)
    run.stop('forbidden', outcome.forMs)
    return false
  }
}
