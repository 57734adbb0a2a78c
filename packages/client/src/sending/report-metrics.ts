import { AbortedError, isCscapiError, StorageError, tokenFlaw } from '@cscapi/core'
import { isOwnRefusal } from '../bans/ban-probe.js'
import { pushMetrics } from '../calling/push-metrics.js'
import type { SendRun } from './send-run.js'
import { inParallel } from './workers.js'

/**
 * Makes one metrics call per machine that got signals through. Only a ban has an effect on the
 * store; where nobody takes metrics, the others are spared.
 */
export async function reportMetrics(run: SendRun): Promise<void> {
  const machineIds = run.delivered.values()
  let areWanted = true
  await inParallel(run, async () => {
    for (const machineId of machineIds) {
      if (run.ending || !areWanted) return
      if (!(await reportMetricsOf(run, machineId))) areWanted = false
    }
  })
}

/** False where there is no use in metrics of other machines. */
async function reportMetricsOf(run: SendRun, machineId: string): Promise<boolean> {
  const { storage, outcomes } = run.context
  const token = (await storage.getMachine(machineId))?.token?.value
  if (token === undefined || tokenFlaw(token) !== undefined) return true
  try {
    await pushMetrics(run.context, machineId, token, run.settings.signal)
    return true
  } catch (error) {
    if (!isCscapiError(error) || error instanceof StorageError) throw error
    if (error instanceof AbortedError) return false
    run.problems.putBack(error, machineId, 1)
    // The signals were taken, so a 403 that gives a reason of its own is about the metrics.
    if (isOwnRefusal(error)) return true
    const { action, paused } = await outcomes.conclude(error, { endpoint: 'metrics', machineId })
    if (paused !== undefined) run.stop(paused.reason, paused.forMs)
    return paused === undefined && action !== 'misconfigured'
  }
}
