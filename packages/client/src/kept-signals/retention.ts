import { inSlices } from '@cscapi/core'
import type { SignalStatus, Storage } from '@cscapi/storage'

/** How long sent and rejected signals stay in the store, in milliseconds. */
export interface Retention {
  /** Sent signals are kept for so long. Default: they are deleted when they are sent. */
  readonly keepSentMs?: number | undefined
  /** Rejected signals are kept for so long. Default: until you delete them. */
  readonly keepRejectedMs?: number | undefined
}

/** Deletes what is older than it may be, and returns how many; ends early when `signal` fires. */
export async function applyRetention(storage: Storage, retention: Retention, signal: AbortSignal): Promise<number> {
  const { keepSentMs, keepRejectedMs } = retention
  const deleteOlder = async (status: SignalStatus, olderThanMs: number | undefined) => {
    if (olderThanMs === undefined) return 0
    return inSlices(async () => (signal.aborted ? 0 : storage.deleteSignals({ status, olderThanMs })))
  }
  return (await deleteOlder('sent', keepSentMs)) + (await deleteOlder('rejected', keepRejectedMs))
}
