import type { CscapiError, Refused } from '@cscapi/core'
import type { SignalLease } from '@cscapi/storage'
import type { SendRun } from './send-run.js'
import type { Settlement } from './settlement.js'
import type { Batch, PostPlan } from './split-batch.js'

/** A call that failed, and what has been decided about it. */
export interface Failure extends Pick<Refused, 'error' | 'outcome' | 'wasAsked'> {
  /** The token that the call was made with. */
  readonly refusedToken?: string
}

/** What a delivery works with. */
export interface DeliveryParts {
  readonly run: SendRun
  readonly lease: SignalLease
  readonly plan: PostPlan
  readonly settlement: Settlement
}

/** Does what was decided: to the rest of the lease, and to the run. */
export async function actOn(
  { error, outcome, wasAsked }: Failure,
  batch: Batch,
  { run, lease, plan, settlement }: DeliveryParts,
): Promise<void> {
  if (wasAsked && !(outcome.action === 'postpone' && outcome.transient)) run.answered()
  settlement.met(error)
  if (outcome.paused !== undefined) run.stop(outcome.paused.reason, outcome.paused.forMs)
  switch (outcome.action) {
    case 'login':
      return
    case 'split':
      plan.split()
      return
    case 'reject':
      settlement.rejected(batch, error)
      plan.rejected()
      return
    case 'fail':
      settlement.foundFailing()
      settlement.putBack(outcome.retryAfterMs, false)
      return
    case 'postpone':
      if (error.code === 'machine_failing') settlement.foundFailing()
      settlement.putBack(outcome.afterMs, wasAsked)
      if (outcome.transient && run.countTransient()) await stopAll(run, lease, 'outage', error, run.outageWaitMs())
      return
    case 'stop':
      settlement.putBack(outcome.afterMs, false)
      return stopAll(run, lease, 'rate_limited', error, outcome.afterMs)
    case 'pause':
      settlement.putBack(0, false)
      return
    case 'misconfigured':
      settlement.putBack(outcome.afterMs, true)
      run.stop('misconfigured', run.outageWaitMs())
      return
    case 'raise':
      throw error
  }
}

/** Ends this run, and lets those of every process wait. */
async function stopAll(
  run: SendRun,
  { machineId }: SignalLease,
  reason: 'outage' | 'rate_limited',
  error: CscapiError,
  forMs: number,
): Promise<void> {
  run.stop(reason, forMs)
  await run.context.pauseStore({ reason, error, endpoint: 'signals', machineId, forMs })
}
