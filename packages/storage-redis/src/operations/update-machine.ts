import { type MachinePatch, StorageError } from '@cscapi/core'
import { toUs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { list, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

/** For a write that is one step, so that no replay can overtake it. */
const NO_FENCE = Number.MAX_SAFE_INTEGER

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
