import { join } from 'node:path'
import type { QueuedSignal } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { HandMade } from './hand-made-sqlite.js'

/** What is done to a store, by ours and by hand. */
export interface SqliteCalls {
  readonly enqueue: (signals: readonly QueuedSignal[]) => unknown
  /** Leases 50 signals, and settles them as sent. */
  readonly leaseAndSettle: () => unknown
  readonly createMachine: (machineId: string) => unknown
  readonly getMachine: (machineId: string) => unknown
  readonly getState: (key: string) => unknown
  readonly setState: (key: string, value: Uint8Array) => unknown
  readonly close: () => unknown
}

/** Both use better-sqlite3, so that nothing else differs. */
const DRIVER = 'better-sqlite3'

export async function ourCalls(folder: string): Promise<SqliteCalls> {
  const storage = new SqliteStorage({ path: join(folder, 'ours.db'), driver: DRIVER })
  await storage.open()
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

/** The same schema by hand. */
export async function handCalls(folder: string): Promise<SqliteCalls> {
  const model = new SqliteStorage({ path: join(folder, 'model.db'), driver: DRIVER })
  await model.open()
  const hand = new HandMade(join(folder, 'model.db'), join(folder, 'hand.db'))
  await model.close()
  return {
    enqueue: (signals) => hand.enqueue(signals),
    leaseAndSettle: () => hand.leaseAndSettle(),
    createMachine: (machineId) => hand.createMachine(machineId),
    getMachine: (machineId) => hand.getMachine(machineId),
    getState: (key) => hand.getState(key),
    setState: (key, value) => hand.setState(key, value),
    close: () => hand.close(),
  }
}
