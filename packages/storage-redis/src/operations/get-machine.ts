import type { Machine } from '@cscapi/core'
import { toMachine } from '../machine.js'
import type { Partitions } from '../partitions.js'
import { hash, list, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

export async function getMachine(partitions: Partitions, machineId: string): Promise<Machine | undefined> {
  const [now, credentials] = list(await partitions.run(scripts.getMachine, machineId, ['credentials']))
  return toMachine(machineId, hash(credentials), whole(now))
}
