import { AbortedError, isCscapiError } from '@cscapi/core'
import { probeAfterBan } from '../bans/ban-probe.js'
import type { ClientContext } from '../context.js'
import { SendFailedError } from '../errors.js'
import { noteDelivered } from './got-through.js'
import { reportMetrics } from './report-metrics.js'
import type { SendOptions } from './send-options.js'
import type { SendReport } from './send-report.js'
import { SendRun } from './send-run.js'
import { inParallel, work } from './workers.js'

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
  if (await run.meetsPause()) return false
  if (await probeAfterBan(run.context, run.settings.signal)) return true
  if (await run.meetsPause()) return false
  run.problems.unprobed()
  run.stop('outage', run.outageWaitMs())
  return false
}
