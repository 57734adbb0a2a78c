import { AbortedError, isCscapiError, readPause } from '@cscapi/core'
import { isAddressWelcome, probeAfterBan } from './ban.js'
import type { ClientContext } from './context.js'
import { deliver } from './deliver.js'
import { noteDelivered } from './delivered.js'
import { SendFailedError } from './errors.js'
import type { SendProgress, SendReport } from './report.js'
import { SendRun } from './send-run.js'

/** Options of one `sendSignals` run. */
export interface SendOptions {
  /** Delete what was sent; `false` keeps it in the store with status `sent`. Default true. */
  readonly prune?: boolean
  /** Signals in one POST. Default: the client's. */
  readonly batchSize?: number
  /** Machines sent for at once. Default: the client's. */
  readonly concurrency?: number
  /** Ends the run: what is in flight is finished or put back, and the call rejects with an `AbortedError` that carries the report. */
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
  if (!(await meetsPause(run))) run.stop('outage', run.outageWaitMs())
  return false
}

async function meetsPause(run: SendRun): Promise<boolean> {
  const pause = await readPause(run.context.storage)
  if (pause === undefined) return false
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
    const lease = await storage.lease({ leaseMs: options.leaseMs, maxSignals: run.settings.batchSize })
    if (lease === undefined) return
    totals.leases += 1
    await deliver(run, lease).finally(() => {
      totals.leases -= 1
    })
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

/** One metrics call per machine that got signals through. Only a ban has an effect; another failure loses nothing. */
async function reportMetrics(run: SendRun): Promise<void> {
  const { signal } = run.settings
  const machineIds = run.delivered.values()
  await inParallel(run, async () => {
    for (const machineId of machineIds) {
      if (run.ending) return
      await reportMetricsOf(run, machineId, signal)
    }
  })
}

async function reportMetricsOf(run: SendRun, machineId: string, signal: AbortSignal): Promise<void> {
  const machine = await run.context.storage.getMachine(machineId)
  if (machine?.token === undefined) return
  if (!(await isAddressWelcome(run.context, { machineId, token: machine.token.value }, signal))) await meetsPause(run)
}
