import type { OpenStore } from '@cscapi/storage'
import type { Connection } from '../connect/connection.js'
import type { Partitions } from '../partitions.js'
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
import { repairIndex } from './repair-index.js'
import { requeueSignals } from './requeue-signals.js'
import { setState } from './set-state.js'
import { settle } from './settle.js'
import { stats } from './stats.js'
import { updateMachine } from './update-machine.js'

/** The port's operations, and those that only Redis has. */
export interface RedisStore extends OpenStore {
  readonly connection: Connection
  repairIndex(): Promise<void>
}

export function operationsOn(partitions: Partitions): RedisStore {
  const { connection } = partitions
  return {
    connection,
    close: () => connection.close(),
    getMachine: (machineId) => getMachine(partitions, machineId),
    createMachine: (machine) => createMachine(partitions, machine),
    updateMachine: (machineId, patch) => updateMachine(partitions, machineId, patch),
    listMachines: (page) => listMachines(partitions, page),
    deleteMachines: (machineIds) => deleteMachines(partitions, machineIds),
    getState: (key) => getState(partitions, key),
    setState: (key, value, options) => setState(partitions, key, value, options),
    enqueue: (signals) => enqueue(partitions, signals),
    lease: (request) => lease(partitions, request),
    settle: (held, result) => settle(partitions, held, result),
    extend: (held, leaseMs) => extend(partitions, held, leaseMs),
    stats: () => stats(partitions),
    listSignals: (filter, page) => listSignals(partitions, filter, page),
    deleteSignals: (filter, limit) => deleteSignals(partitions, filter, limit),
    requeueSignals: (filter, limit) => requeueSignals(partitions, filter, limit),
    repairIndex: () => repairIndex(partitions),
  }
}
