import type { OpenStore } from '@cscapi/storage'
import type { Connection } from '../connect/connection.js'
import type { Partitions } from '../partitions.js'
import { enqueue } from './enqueue.js'
import { extend, lease, settle } from './lease.js'
import { createMachine, deleteMachines, getMachine, listMachines, updateMachine } from './machines.js'
import { repairIndex } from './repair-index.js'
import { deleteSignals, listSignals, requeueSignals } from './signals.js'
import { getState, setState } from './state.js'
import { stats } from './stats.js'

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
