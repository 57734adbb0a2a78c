import { type Machine, type NewMachine, StorageError } from '@cscapi/core'
import { toMachine } from '../machine.js'
import type { Partitions } from '../partitions.js'
import { hash, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

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
