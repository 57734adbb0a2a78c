import { StorageError, turn } from '@cscapi/core'
import type { Storage, StoredSignal } from '../port.js'

/** Signals of one page. */
export const PAGE = 500
const LEASE_MS = 60_000

/** Rejects, or marks as sent, those of the signals that are pending in the target. */
export async function settleAsBefore(to: Storage, signals: readonly StoredSignal[]): Promise<void> {
  const wanted = new Map(signals.map((signal) => [`${signal.machineId} ${signal.uuid}`, signal]))
  const machines = new Set(signals.map(({ machineId }) => machineId))
  let open = 0
  for (const machineId of machines) {
    const { signals: pending } = await to.listSignals({ status: 'pending', machineId }, { limit: PAGE })
    open += pending.filter(({ uuid }) => wanted.has(`${machineId} ${uuid}`)).length
  }
  const seen = new Set<string>()
  while (open > 0) {
    await turn()
    const lease = await to.lease({ leaseMs: LEASE_MS, maxSignals: PAGE })
    if (lease === undefined) throw interruptedError(to, open)
    const known = lease.signals.flatMap(({ uuid }) => wanted.get(`${lease.machineId} ${uuid}`) ?? [])
    await to.settle(lease, {
      keepSent: true,
      sent: known.filter(({ status }) => status === 'sent').map(({ uuid }) => uuid),
      rejected: known
        .filter(({ status }) => status === 'rejected')
        .map(({ uuid, reason = '', httpStatus }) => ({ uuid, reason, status: httpStatus })),
    })
    open -= known.length
    if (known.length === 0 && seen.has(lease.machineId)) throw interruptedError(to, open)
    seen.add(lease.machineId)
  }
}

/**
 * Says that an earlier copy died while it held a lease: without its signals' status the copy would
 * not be one.
 */
function interruptedError(to: Storage, open: number): StorageError {
  const message = `${open} signals of an interrupted copy are still leased in the target; copy again in a minute`
  return new StorageError('storage_busy', message, { adapter: to.name, operation: 'copyStorage' })
}
