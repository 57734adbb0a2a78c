import type { LeaseResult, OpenStore } from '@cscapi/storage'
import { ROWS_A_TURN } from '../connect/call.js'
import type { Database } from '../connect/database.js'
import { sqliteError } from '../errors.js'
import { createMachine } from './create-machine.js'
import { deleteMachines } from './delete-machines.js'
import { deleteSignals } from './delete-signals.js'
import { enqueue, enqueueInSlices } from './enqueue.js'
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

/** Says of each operation of the port whether it reads, and what must survive a power cut. */
export function operationsOn(database: Database, now: () => number): OpenStore {
  return {
    close: () => database.close(),
    getMachine: (machineId) => database.read('getMachine', (sql) => getMachine(sql, machineId, now())),
    createMachine: async (machine) => {
      const created = await database.write('createMachine', (sql) => {
        createMachine(sql, machine)
        return getMachine(sql, machine.machineId, now())
      })
      if (created === undefined) throw sqliteError('storage_failed', 'createMachine', 'The machine was not stored')
      return created
    },
    updateMachine: (machineId, patch) =>
      database.write('updateMachine', (sql) => updateMachine(sql, machineId, patch, now())),
    listMachines: (page) => database.read('listMachines', (sql) => listMachines(sql, page, now()), page.limit),
    deleteMachines: (machineIds) => database.writeLong('deleteMachines', (sql) => deleteMachines(sql, machineIds)),
    getState: (key) => database.read('getState', (sql) => getState(sql, key, now())),
    setState: (key, value, options = {}) =>
      database.write('setState', (sql) => setState(sql, key, value, options, now())),
    enqueue: (signals) =>
      signals.length > ROWS_A_TURN
        ? database.writeLong('enqueue', (sql) => enqueueInSlices(sql, signals, now()))
        : database.write('enqueue', (sql) => enqueue(sql, signals, now()), signals.length),
    lease: (request) => database.writePassing('lease', (sql) => lease(sql, request, now()), request.maxSignals),
    settle: (held, result) => database.write('settle', (sql) => settle(sql, held, result, now()), rowsOf(result)),
    extend: (held, leaseMs) => database.writePassing('extend', (sql) => extend(sql, held, leaseMs, now())),
    stats: () => database.read('stats', (sql) => stats(sql, now())),
    listSignals: (filter, page) =>
      database.read('listSignals', (sql) => listSignals(sql, filter, page, now()), page.limit),
    deleteSignals: (filter = {}, limit = 500) =>
      database.write('deleteSignals', (sql) => deleteSignals(sql, filter, limit, now()), limit),
    requeueSignals: (filter = {}, limit = 500) =>
      database.write('requeueSignals', (sql) => requeueSignals(sql, filter, limit, now()), limit),
  }
}

const rowsOf = ({ sent = [], rejected = [] }: LeaseResult) => 1 + sent.length + rejected.length
