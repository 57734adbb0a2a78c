import { join } from 'node:path'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { HandMade } from './hand-made-sqlite.js'
import { callsOf, type StoreCalls } from './store-calls.js'

/** Both use better-sqlite3, so that nothing else differs. */
const DRIVER = 'better-sqlite3'

export async function ourCalls(folder: string): Promise<StoreCalls> {
  const storage = new SqliteStorage({ path: join(folder, 'ours.db'), driver: DRIVER })
  await storage.open()
  return callsOf(storage)
}

/** The same schema by hand. */
export async function handCalls(folder: string): Promise<StoreCalls> {
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
