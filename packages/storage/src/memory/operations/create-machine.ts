import type { Machine, NewMachine } from '@cscapi/core'
import { toMachine } from '../machine.js'
import type { MemoryStore } from '../store.js'

/** Inserts if absent, and gives what is there then. */
export function createMachine({ machines, now }: MemoryStore, { machineId, password }: NewMachine): Machine {
  const known = machines.get(machineId)
  if (known !== undefined) return toMachine(known, now())
  const fresh = { machineId, password, registered: false, token: undefined, authFailures: 0, failing: undefined }
  machines.set(machineId, fresh)
  return toMachine(fresh, now())
}
