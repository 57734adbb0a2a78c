import type { ClientContext } from '../context.js'
import { PULL_EVERY_MS } from '../decisions/pull-options.js'
import { applyRetention } from '../kept-signals/retention.js'
import type { Job } from './repeat-job.js'
import type { ResolvedStart } from './start-options.js'
import type { Startable } from './startable.js'

/**
 * Lists what the leader does: sending, pulling where a machine is named, deleting what was kept for
 * long enough.
 */
export function jobsOf({ storage, shutdown }: ClientContext, start: ResolvedStart, client: Startable): Job[] {
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
