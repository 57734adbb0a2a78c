import type { OpenStore } from '@cscapi/storage'
import type { Database } from '../connect/database.js'
import { createMachine } from './create-machine.js'
import { deleteMachines } from './delete-machines.js'
import { deleteSignals } from './delete-signals.js'
import { EnqueueLine } from './enqueue-line.js'
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
  const line = new EnqueueLine(database)
  return {
    close: async () => {
      await database.close()
      await release()
    },
    getMachine: (machineId) => database.run((sql) => getMachine(sql, machineId)),
    createMachine: (machine) => database.run((sql) => createMachine(sql, machine)),
    updateMachine: (machineId, patch) => updateMachine(database, machineId, patch),
    listMachines: (page) => listMachines(database, page),
    deleteMachines: (machineIds) => database.transaction((sql) => deleteMachines(sql, machineIds)),
    getState: (key) => database.run((sql) => getState(sql, key)),
    setState: (key, value, options) => database.run((sql) => setState(sql, key, value, options)),
    enqueue: (signals) => line.add(signals),
    lease: (request) => database.run((sql) => lease(sql, request)),
    settle: (held, result) => settle(database, held, result),
    extend: (held, leaseMs) => extend(database, held, leaseMs),
    stats: () => database.run(stats),
    listSignals: (filter, page) => database.run((sql) => listSignals(sql, filter, page)),
    deleteSignals: (filter, limit) => deleteSignals(database, filter, limit),
    requeueSignals: (filter, limit) => database.transaction((sql) => requeueSignals(sql, filter, limit)),
  }
}
