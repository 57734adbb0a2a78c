import { AbortedError, turn } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'

/** Deletes in slices, so that no call holds the store for long. */
export async function pruneFailingMachinesSignals(storage: Storage, signal: AbortSignal): Promise<number> {
  let deleted = 0
  let after: string | undefined
  do {
    const page = await storage.listMachines({ failing: true, ...(after !== undefined && { after }) })
    for (const { machineId } of page.machines) {
      for (let slice = 1; slice > 0; deleted += slice) {
        if (signal.aborted) throw new AbortedError('Pruning signals', { report: { count: deleted } })
        slice = await storage.deleteSignals({ machineId, status: 'pending' })
        await turn()
      }
    }
    after = page.next
  } while (after !== undefined)
  return deleted
}
