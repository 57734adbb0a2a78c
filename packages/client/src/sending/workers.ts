import { deliver } from './delivery.js'
import type { SendRun } from './send-run.js'

/** How often a run looks whether another process has paused the store, in milliseconds. */
const PAUSE_CHECK_MS = 1_000

/** Takes lease after lease and sends what it holds, until nothing is due or the run ends. */
export async function work(run: SendRun, onLeaseEnded: () => void): Promise<void> {
  const { storage, options, leases } = run.context
  let checkedAt = options.clock.now()
  while (!run.ending) {
    if (Math.abs(options.clock.now() - checkedAt) >= PAUSE_CHECK_MS) {
      if (await run.meetsPause()) return
      checkedAt = options.clock.now()
    }
    const isDone = await run.doubt.admit(async () => {
      if (run.ending) return true
      const lease = await storage.lease({ leaseMs: options.leaseMs, maxSignals: run.settings.batchSize })
      if (lease === undefined) return true
      leases.held += 1
      await deliver(run, lease).finally(() => {
        leases.held -= 1
      })
      return false
    })
    if (isDone) return
    onLeaseEnded()
  }
}

/** Runs the workers and waits for all of them; the first error ends the others and is thrown. */
export async function inParallel(run: SendRun, worker: () => Promise<void>): Promise<void> {
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
