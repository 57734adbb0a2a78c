import type { Machine } from '@cscapi/core'
import { toMachine } from '../machine.js'
import type { MemoryStore } from '../store.js'

export function getMachine({ machines, now }: MemoryStore, machineId: string): Machine | undefined {
  const credentials = machines.get(machineId)
  return credentials && toMachine(credentials, now())
}
