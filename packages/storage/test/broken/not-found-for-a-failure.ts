import type { Machine } from '@cscapi/core'
import { MemoryStorage } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class NotFoundForAFailure extends MemoryStorage {
  override getMachine(machineId: string): Promise<Machine | undefined> {
    return super.getMachine(machineId).catch(() => undefined)
  }
}

export const notFoundForAFailure: BrokenAdapter = {
  fault: 'a machine that could not be read is said not to exist',
  Adapter: NotFoundForAFailure,
  fails: ['after closing, every call says storage_closed; closing again is harmless'],
}
