import { type Machine, type MachinePage, type MachinePatch, type NewMachine, StorageError } from '@cscapi/core'
import { PARTITION_PARTS } from '../keys.js'
import { toMachine } from '../machine-row.js'
import type { Partitions } from '../partitions.js'
import { hash, list, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

/** For a write that is one step, so that no replay can overtake it. */
const NO_FENCE = Number.MAX_SAFE_INTEGER

const toUs = (ms: number) => Math.round(ms * 1_000)

export async function getMachine(partitions: Partitions, machineId: string): Promise<Machine | undefined> {
  const [now, credentials] = list(await partitions.run(scripts.getMachine, machineId, ['credentials']))
  return toMachine(machineId, hash(credentials), whole(now))
}

export async function createMachine(partitions: Partitions, { machineId, password }: NewMachine): Promise<Machine> {
  const [, , now, credentials] = await partitions.change(
    scripts.createMachine,
    machineId,
    ['queue', 'list', 'credentials'],
    [password],
  )
  const created = toMachine(machineId, hash(credentials), whole(now))
  if (created !== undefined) return created
  throw new StorageError('storage_corrupt', `Machine ${machineId} has no password after it was stored`, {
    adapter: 'redis',
    operation: 'createMachine',
  })
}

export async function updateMachine(partitions: Partitions, machineId: string, patch: MachinePatch): Promise<void> {
  const parts = ['queue', 'list', 'credentials'] as const
  // Only `failing` concerns the index: it is in the totals, and clearing it wakes the partition.
  const [known] =
    patch.failing === undefined
      ? list(await partitions.run(scripts.updateMachine, machineId, parts, [NO_FENCE, toJson(patch)]))
      : await partitions.change(scripts.updateMachine, machineId, parts, [toJson(patch)])
  if (whole(known) !== 1)
    throw new StorageError('storage_conflict', `There is no machine ${machineId}`, {
      adapter: 'redis',
      operation: 'updateMachine',
    })
}

function toJson({ password, registered, token, authFailures, failing }: MachinePatch): string {
  return JSON.stringify({
    password,
    registered,
    authFailures,
    token: token && {
      value: token.value,
      scenarios: JSON.stringify(token.scenarios),
      lifetime: token.lifetimeMs && toUs(token.lifetimeMs),
    },
    failing: failing && {
      reason: failing.reason,
      message: failing.message,
      count: failing.count,
      retryAfter: toUs(failing.retryAfterMs),
    },
  })
}

export async function listMachines(
  partitions: Partitions,
  page: { after?: string; limit?: number; failing?: boolean },
): Promise<MachinePage> {
  const { after = '', limit = 100, failing } = page
  const found: Machine[] = []
  for (let at = after, ids: string[] = []; found.length <= limit; at = ids.at(-1) ?? at) {
    ids = await partitions.index.idsAfter(failing === true ? 'failing' : 'credentials', at, limit + 1)
    for (const machine of await Promise.all(ids.map((id) => getMachine(partitions, id)))) {
      if (machine !== undefined && (failing === undefined || (machine.failing !== undefined) === failing))
        found.push(machine)
    }
    if (ids.length <= limit) break
  }
  const machines = found.slice(0, limit)
  return { machines, next: found.length > limit ? machines.at(-1)?.machineId : undefined }
}

export async function deleteMachines(partitions: Partitions, machineIds: readonly string[]): Promise<number> {
  const replies = await Promise.all(
    [...new Set(machineIds)].map((machineId) => partitions.change(scripts.deleteMachine, machineId, PARTITION_PARTS)),
  )
  return replies.reduce((sum: number, [known]) => sum + whole(known), 0)
}
