import type { QueuedSignal, Storage } from '@cscapi/storage'

/** What is done to a store, by ours and by hand. */
export interface StoreCalls {
  readonly enqueue: (signals: readonly QueuedSignal[]) => unknown
  /** Leases 50 signals, and settles them as sent. */
  readonly leaseAndSettle: () => unknown
  readonly createMachine: (machineId: string) => unknown
  readonly getMachine: (machineId: string) => unknown
  readonly getState: (key: string) => unknown
  readonly setState: (key: string, value: Uint8Array) => unknown
  readonly close: () => unknown
}

/** The same of a storage that is open. */
export function callsOf(storage: Storage): StoreCalls {
  return {
    enqueue: (signals) => storage.enqueue(signals),
    async leaseAndSettle() {
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 50 })
      if (lease === undefined) throw new Error('Nothing is due')
      await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
    },
    createMachine: (machineId) => storage.createMachine({ machineId, password: 'p' }),
    getMachine: (machineId) => storage.getMachine(machineId),
    getState: (key) => storage.getState(key),
    setState: (key, value) => storage.setState(key, value),
    close: () => storage.close(),
  }
}
