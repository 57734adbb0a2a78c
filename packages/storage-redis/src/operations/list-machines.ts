import type { Machine, MachinePage } from '@cscapi/core'
import type { PageRequest } from '@cscapi/storage'
import { idsAfter } from '../known-machines.js'
import type { Partitions } from '../partitions.js'
import { getMachine } from './get-machine.js'

export async function listMachines(
  partitions: Partitions,
  { after = '', limit, failing }: PageRequest & { readonly failing?: boolean },
): Promise<MachinePage> {
  const found: Machine[] = []
  for (let at = after, ids: string[] = []; found.length <= limit; at = ids.at(-1) ?? at) {
    ids = await idsAfter(partitions, failing === true ? 'failing' : 'credentials', at, limit + 1)
    for (const machine of await Promise.all(ids.map((id) => getMachine(partitions, id)))) {
      if (machine !== undefined && (failing === undefined || (machine.failing !== undefined) === failing))
        found.push(machine)
    }
    if (ids.length <= limit) break
  }
  const machines = found.slice(0, limit)
  return { machines, next: found.length > limit ? machines.at(-1)?.machineId : undefined }
}
