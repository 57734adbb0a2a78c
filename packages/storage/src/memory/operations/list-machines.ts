import type { MachinePage } from '@cscapi/core'
import type { PageRequest } from '../../open-store.js'
import { toMachine } from '../machine.js'
import type { MemoryStore } from '../store.js'

export function listMachines(
  { machines, now }: MemoryStore,
  { after = '', limit, failing }: PageRequest & { readonly failing?: boolean },
): MachinePage {
  const at = now()
  const found = [...machines.values()]
    .filter(({ machineId }) => machineId > after)
    .filter((machine) => failing === undefined || (machine.failing !== undefined) === failing)
    .sort((a, b) => (a.machineId < b.machineId ? -1 : 1))
  const page = found.slice(0, limit).map((machine) => toMachine(machine, at))
  return { machines: page, next: found.length > limit ? page.at(-1)?.machineId : undefined }
}
