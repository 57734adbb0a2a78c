import type { OpenStore } from '@cscapi/storage'
import type { Database } from '../connect/database.js'
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
export function operationsOn(database: Database, release: () => Promise<void>): OpenStore {
  return {
    close: async () => {
      await database.close()
      await release()
    },
    getMachine: (machineId) => database.run('getMachine', (sql) => getMachine(sql, machineId)),
    createMachine: (machine) => database.run('createMachine', (sql) => createMachine(sql, machine)),
    updateMachine: (machineId, patch) => updateMachine(database, machineId, patch),
    listMachines: (page) => listMachines(database, page),
    deleteMachines: (machineIds) => database.transaction('deleteMachines', (sql) => deleteMachines(sql, machineIds)),
    getState: (key) => database.run('getState', (sql) => getState(sql, key)),
    setState: (key, value, options) => database.run('setState', (sql) => setState(sql, key, value, options)),
    enqueue: (signals) => enqueue(database, signals),
    lease: (request) => database.run('lease', (sql) => lease(sql, request)),
    settle: (held, result) => settle(database, held, result),
    extend: (held, leaseMs) => extend(database, held, leaseMs),
    stats: () => database.run('stats', stats),
    listSignals: (filter, page) => database.run('listSignals', (sql) => listSignals(sql, filter, page)),
    deleteSignals: (filter, limit) => deleteSignals(database, filter, limit),
    requeueSignals: (filter, limit) =>
      database.transaction('requeueSignals', (sql) => requeueSignals(sql, filter, limit)),
  }
}
