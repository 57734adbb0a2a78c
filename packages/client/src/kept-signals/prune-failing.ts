import { inSlices, pages } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import { assertGoing } from '../calling/abort.js'

/** Deletes the pending signals of machines that are failing. */
export async function pruneFailingMachinesSignals(storage: Storage, signal: AbortSignal): Promise<number> {
  let deleted = 0
  for await (const { machines } of pages((from) => storage.listMachines({ failing: true, ...from }))) {
    for (const { machineId } of machines) {
      deleted += await inSlices((count) => {
        assertGoing('Pruning signals', signal, deleted + count)
        return storage.deleteSignals({ machineId, status: 'pending' })
      })
    }
  }
  return deleted
}
