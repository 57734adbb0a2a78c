import { PARTITION_PARTS } from '../keys.js'
import type { Partitions } from '../partitions.js'
import { whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

export async function deleteMachines(partitions: Partitions, machineIds: readonly string[]): Promise<number> {
  const replies = await Promise.all(
    machineIds.map((machineId) => partitions.change(scripts.deleteMachine, machineId, PARTITION_PARTS)),
  )
  return replies.reduce((sum: number, [known]) => sum + whole(known), 0)
}
