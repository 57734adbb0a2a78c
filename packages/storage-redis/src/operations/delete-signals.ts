import type { SignalFilter } from '@cscapi/storage'
import { toUs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { scripts } from '../scripts.gen.js'
import { changeSignals } from './machines-with-signals.js'

export function deleteSignals(partitions: Partitions, filter: SignalFilter, limit: number): Promise<number> {
  const { status = '', olderThanMs } = filter
  const parts = ['queue', 'list', 'uuids', 'bodies', 'rejected', 'rejectedAt', 'sent', 'sentAt'] as const
  return changeSignals(partitions, filter, limit, (machineId, most) =>
    partitions.change(scripts.deleteSignals, machineId, parts, [status, toUs(olderThanMs), most]),
  )
}
