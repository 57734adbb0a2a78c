import type { MachinePatch } from '@cscapi/core'
import { MemoryStorage } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** What happens when two callers' writes share one open transaction. */
class RolledBackWithAnotherCall extends MemoryStorage {
  override async updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    try {
      await super.updateMachine(machineId, patch)
    } catch (error) {
      await super.deleteSignals({ status: 'pending' })
      throw error
    }
  }
}

export const rolledBackWithAnotherCall: BrokenAdapter = {
  fault: 'an acknowledged write is rolled back with another caller’s failing call',
  Adapter: RolledBackWithAnotherCall,
  fails: ['a write that was acknowledged survives other callers’ failing calls'],
}
