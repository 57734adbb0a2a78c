import type { OpenStore } from '../../open-store.js'
import type { MemoryStore } from '../store.js'
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

/** The port's operations on a store in memory. Each is one step: nothing comes in between. */
export function operationsOn(store: MemoryStore): OpenStore {
  return {
    async close() {},
    getMachine: async (machineId) => getMachine(store, machineId),
    createMachine: async (machine) => createMachine(store, machine),
    updateMachine: async (machineId, patch) => updateMachine(store, machineId, patch),
    listMachines: async (page) => listMachines(store, page),
    deleteMachines: async (machineIds) => deleteMachines(store, machineIds),
    getState: async (key) => getState(store, key),
    setState: async (key, value, options) => setState(store, key, value, options),
    enqueue: async (signals) => enqueue(store, signals),
    lease: async (request) => lease(store, request),
    settle: async (held, result) => settle(store, held, result),
    extend: async (held, leaseMs) => extend(store, held, leaseMs),
    stats: async () => stats(store),
    listSignals: async (filter, page) => listSignals(store, filter, page),
    deleteSignals: async (filter, limit) => deleteSignals(store, filter, limit),
    requeueSignals: async (filter, limit) => requeueSignals(store, filter, limit),
  }
}
