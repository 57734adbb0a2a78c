import { type PauseReason, readPause } from '@cscapi/core'
import type { QueueStats } from '@cscapi/storage'
import type { ClientContext } from '../context.js'

/** {@link CapiClient.stats}: instants are epoch milliseconds. */
export interface ClientStats extends Omit<QueueStats, 'oldestPendingMs'> {
  /** When the oldest signal that waits was added; `undefined` when none waits. */
  readonly oldestPendingAt: number | undefined
  /** Until when nothing is sent, and why. */
  readonly pausedUntil: number | undefined
  /** Why nothing is sent; `undefined` while there is no pause. */
  readonly pauseReason: PauseReason | undefined
}

export async function readStats({ storage, options: { clock } }: ClientContext): Promise<ClientStats> {
  const now = clock.now()
  const { oldestPendingMs, ...counts } = await storage.stats()
  const pause = await readPause(storage)
  return {
    ...counts,
    oldestPendingAt: oldestPendingMs === undefined ? undefined : now - oldestPendingMs,
    pausedUntil: pause && now + pause.remainingMs,
    pauseReason: pause?.reason,
  }
}
