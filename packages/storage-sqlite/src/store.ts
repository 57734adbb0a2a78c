import type { OpenStore } from '@cscapi/storage'
import type { Database } from './connect/database.js'
import { sqliteError } from './errors.js'
import { deleteSignals } from './operations/delete-signals.js'
import { enqueue } from './operations/enqueue.js'
import { extend } from './operations/extend.js'
import { lease } from './operations/lease.js'
import { listSignals } from './operations/list-signals.js'
import { createMachine, deleteMachines, getMachine, listMachines, updateMachine } from './operations/machines.js'
import { requeueSignals } from './operations/requeue-signals.js'
import { settle } from './operations/settle.js'
import { getState, setState } from './operations/state.js'
import { stats } from './operations/stats.js'

/** The port's calls on an open database: which of them reads, and which needs a transaction. */
export function storeOn(database: Database, now: () => number): OpenStore {
  return {
    close: () => database.close(),
    getMachine: (machineId) => database.run('getMachine', (sql) => getMachine(sql, machineId, now())),
    createMachine: async (machine) => {
      const created = await database.transaction('createMachine', (sql) => {
        createMachine(sql, machine)
        return getMachine(sql, machine.machineId, now())
      })
      if (created === undefined) throw sqliteError('storage_failed', 'createMachine', 'The machine was not stored')
      return created
    },
    updateMachine: (machineId, patch) =>
      database.transaction('updateMachine', (sql) => updateMachine(sql, machineId, patch, now())),
    listMachines: (page) => database.run('listMachines', (sql) => listMachines(sql, page, now())),
    deleteMachines: (machineIds) => database.transaction('deleteMachines', (sql) => deleteMachines(sql, machineIds)),
    getState: (key) => database.run('getState', (sql) => getState(sql, key, now())),
    setState: (key, value, options = {}) =>
      database.transaction('setState', (sql) => setState(sql, key, value, options, now())),
    enqueue: (signals) => database.transaction('enqueue', (sql) => enqueue(sql, signals, now())),
    lease: (request) => database.run('lease', (sql) => lease(sql, request, now())),
    settle: (held, result) => database.transaction('settle', (sql) => settle(sql, held, result, now())),
    extend: (held, leaseMs) => database.run('extend', (sql) => extend(sql, held, leaseMs, now())),
    stats: () => database.run('stats', (sql) => stats(sql, now())),
    listSignals: (filter, page) => database.run('listSignals', (sql) => listSignals(sql, filter, page, now())),
    deleteSignals: (filter = {}, limit = 500) =>
      database.transaction('deleteSignals', (sql) => deleteSignals(sql, filter, limit, now())),
    requeueSignals: (filter = {}, limit = 500) =>
      database.transaction('requeueSignals', (sql) => requeueSignals(sql, filter, limit, now())),
  }
}
