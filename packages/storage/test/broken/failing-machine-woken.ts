import type { MachineFailing, MachinePatch } from '@cscapi/core'
import { type EnqueueResult, MemoryStorage, type MemoryStorageOptions, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

type Failing = Omit<MachineFailing, 'sinceMs' | 'retryInMs'>

class FailingMachineWoken extends MemoryStorage {
  readonly #failing: Map<string, Failing>

  constructor(options: MemoryStorageOptions) {
    super(options)
    this.#failing = options.shared instanceof FailingMachineWoken ? options.shared.#failing : new Map()
  }

  override async updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    if (patch.failing === null) this.#failing.delete(machineId)
    else if (patch.failing !== undefined) this.#failing.set(machineId, patch.failing)
    return super.updateMachine(machineId, patch)
  }

  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const result = await super.enqueue(signals)
    for (const { machineId } of signals) {
      const failing = this.#failing.get(machineId)
      if (failing !== undefined) await super.updateMachine(machineId, { failing: { ...failing, retryAfterMs: 0 } })
    }
    return result
  }
}

export const failingMachineWoken: BrokenAdapter = {
  fault: 'a new signal wakes a failing machine before its time',
  Adapter: FailingMachineWoken,
  fails: ['a failing machine is not due before its time, whenever its signals came, and is due then'],
}
