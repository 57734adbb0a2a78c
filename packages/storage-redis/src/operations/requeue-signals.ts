import type { SignalFilter } from '@cscapi/storage'
import { toUs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { scripts } from '../scripts.gen.js'
import { changeSignals } from './machines-with-signals.js'

export function requeueSignals(
  partitions: Partitions,
  filter: Omit<SignalFilter, 'status'>,
  limit: number,
): Promise<number> {
  const parts = ['queue', 'list', 'bodies', 'rejected', 'rejectedAt'] as const
  return changeSignals(partitions, { ...filter, status: 'rejected' }, limit, (machineId, most) =>
    partitions.change(scripts.requeueSignals, machineId, parts, [toUs(filter.olderThanMs), most]),
  )
}
