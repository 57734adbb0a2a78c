import { turn } from '@cscapi/core'
import type { SignalStatus, Storage } from '@cscapi/storage'

/** How long signals stay in the store that nobody waits for any more, in milliseconds. */
export interface Retention {
  /** Sent signals are kept for so long. Default: they are deleted when they are sent. */
  readonly keepSentMs?: number | undefined
  /** Rejected signals are kept for so long. Default: until you delete them. */
  readonly keepRejectedMs?: number | undefined
}

/**
 * Deletes what is older than it may be, in slices, so that no call holds the store for long.
 * Returns how many.
 */
export async function applyRetention(storage: Storage, retention: Retention, signal: AbortSignal): Promise<number> {
  const { keepSentMs, keepRejectedMs } = retention
  const sent = keepSentMs === undefined ? 0 : await deleteOlder(storage, 'sent', keepSentMs, signal)
  return sent + (keepRejectedMs === undefined ? 0 : await deleteOlder(storage, 'rejected', keepRejectedMs, signal))
}

async function deleteOlder(storage: Storage, status: SignalStatus, olderThanMs: number, signal: AbortSignal) {
  let deleted = 0
  for (let slice = 1; slice > 0 && !signal.aborted; deleted += slice) {
    slice = await storage.deleteSignals({ status, olderThanMs })
    await turn()
  }
  return deleted
}
