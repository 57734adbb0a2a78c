import type { SignalFilter } from '@cscapi/storage'
import { idsWithSignals } from '../known-machines.js'
import type { Partitions } from '../partitions.js'
import { whole } from '../reply.js'

/** Signals that one script call looks at. */
export const STEP = 500

/** Ids of the machines that may have signals of the filter, in order, from the given one on. */
export async function* machinesWithSignals(
  partitions: Partitions,
  filter: SignalFilter,
  from: string | undefined,
): AsyncGenerator<string> {
  if (filter.machineId !== undefined) yield filter.machineId
  else {
    if (from !== undefined) yield from
    yield* idsWithSignals(partitions, filter.status ?? '', from ?? '')
  }
}

/** Changes signals of one machine after another, until `limit` are changed. */
export async function changeSignals(
  partitions: Partitions,
  filter: SignalFilter,
  limit: number,
  change: (machineId: string, most: number) => Promise<readonly unknown[]>,
): Promise<number> {
  let changed = 0
  for await (const machineId of machinesWithSignals(partitions, filter, undefined)) {
    for (let count = STEP; count === STEP && changed < limit; changed += count) {
      const [done] = await change(machineId, Math.min(STEP, limit - changed))
      count = whole(done)
    }
    if (changed >= limit) break
  }
  return changed
}
