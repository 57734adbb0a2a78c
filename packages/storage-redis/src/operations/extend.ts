import type { SignalLease } from '@cscapi/storage'
import { toUs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { list, text, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

/** Says false when the lease was lost. */
export async function extend(
  partitions: Partitions,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  leaseMs: number,
): Promise<boolean> {
  const [counted, line] = list(
    await partitions.run(scripts.extend, machineId, ['queue', 'list'], [toUs(leaseMs), token]),
  )
  if (whole(counted) !== 1) return false
  await partitions.report([{ machineId, line: text(line) }])
  return true
}
