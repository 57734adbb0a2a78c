import type { OpenStore } from '@cscapi/storage'
import type { Database } from '../connect/database.js'
import { sqliteError } from '../errors.js'
import { createMachine } from './create-machine.js'
import { deleteMachines } from './delete-machines.js'
import { deleteSignals } from './delete-signals.js'
import { enqueue } from './enqueue.js'
import { extend } from './extend.js'
import { getMachine } from './get-machine.js'
import { getState } from './get-state.js'
import { lease } from './lease.js'
import { listMachines } from './list-machines.js'
import { listSignals } from './list-signals.js'
import { requeueSignals } from './requeue-signals.js'
import { setState } from './set-state.js'
import { settle } from './settle.js'
import { stats } from './stats.js'
import { updateMachine } from './update-machine.js'

/** Says of each operation of the port whether it reads, or needs a transaction. */
export function operationsOn(database: Database, now: () => number): OpenStore {
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
