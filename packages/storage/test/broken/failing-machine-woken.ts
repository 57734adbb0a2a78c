import { type EnqueueResult, MemoryStorage, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class FailingMachineWoken extends MemoryStorage {
  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const result = await super.enqueue(signals)
    for (const machineId of new Set(signals.map((signal) => signal.machineId))) {
      const failing = (await super.getMachine(machineId))?.failing
      if (failing !== undefined) await super.updateMachine(machineId, { failing: { ...failing, retryAfterMs: 0 } })
    }
    return result
  }
}

export const failingMachineWoken: BrokenAdapter = {
  fault: 'a new signal wakes a failing machine before its time',
  Adapter: FailingMachineWoken,
  fails: [],
}
