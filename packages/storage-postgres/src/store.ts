import type { OpenStore } from '@cscapi/storage'
import type { Database } from './database.js'
import { postgresError } from './errors.js'
import { enqueue } from './operations/enqueue.js'
import { extend, lease } from './operations/lease.js'
import { createMachine, deleteMachines, getMachine, listMachines, updateMachine } from './operations/machines.js'
import { fallAsleep, settle } from './operations/settle.js'
import { deleteSignals, listSignals, requeueSignals, stats } from './operations/signals.js'
import { getState, setState } from './operations/state.js'

/** The port's calls on an open database: which of them reads, and which needs a transaction. */
export function storeOn(database: Database, release: () => Promise<void>): OpenStore {
  return {
    close: async () => {
      await database.close()
      await release()
    },
    getMachine: (machineId) => getMachine(database, machineId),
    createMachine: async (machine) => {
      await database.transaction('createMachine', (sql) => createMachine(sql, machine))
      const created = await getMachine(database, machine.machineId)
      if (created !== undefined) return created
      throw postgresError('storage_conflict', 'createMachine', 'The machine was deleted meanwhile')
    },
    updateMachine: (machineId, patch) =>
      database.transaction('updateMachine', (sql) => updateMachine(sql, machineId, patch)),
    listMachines: (page) => listMachines(database, page),
    deleteMachines: (machineIds) => database.transaction('deleteMachines', (sql) => deleteMachines(sql, machineIds)),
    getState: (key) => database.run('getState', (sql) => getState(sql, key)),
    setState: (key, value, options) => database.transaction('setState', (sql) => setState(sql, key, value, options)),
    enqueue: (signals) => enqueue(database, signals),
    lease: (request) => lease(database, request),
    settle: (held, result) => settle(database, held, result),
    extend: (held, leaseMs) => extend(database, held, leaseMs),
    stats: () => database.run('stats', stats),
    listSignals: (filter, page) => database.run('listSignals', (sql) => listSignals(sql, filter, page)),
    deleteSignals: async (filter, limit) => {
      const { count, emptied } = await database.transaction('deleteSignals', (sql) => deleteSignals(sql, filter, limit))
      for (const id of emptied) await fallAsleep(database, id)
      return count
    },
    requeueSignals: (filter, limit) =>
      database.transaction('requeueSignals', (sql) => requeueSignals(sql, filter, limit)),
  }
}
