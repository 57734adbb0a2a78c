import { inSlices } from '@cscapi/core'
import type { SignalFilter } from '@cscapi/storage'
import { assertGoing } from '../calling/abort.js'
import type { ClientContext } from '../context.js'
import { filterOf, type PurgeFilter, type RejectedFilter } from './dead-letter-filter.js'

/** Makes dead letters pending again. */
export function requeueRejected(context: ClientContext, filter: RejectedFilter): Promise<number> {
  return change(context, filter, 'Requeueing rejected signals', (slice) => context.storage.requeueSignals(slice))
}

export function deleteRejected(context: ClientContext, filter: PurgeFilter): Promise<number> {
  return change(context, filter, 'Purging rejected signals', (slice) =>
    context.storage.deleteSignals({ ...slice, status: 'rejected' }),
  )
}

/**
 * Changes what was rejected before the start, and no more: a sender at work could keep this going
 * for ever.
 */
function change(
  { options: { clock } }: ClientContext,
  filter: RejectedFilter,
  what: string,
  changeSlice: (filter: SignalFilter) => Promise<number>,
): Promise<number> {
  const { olderThanMs = 0, ...rest } = filterOf(filter)
  const startedAt = clock.now()
  return inSlices((count) => {
    assertGoing(what, filter.signal, count)
    return changeSlice({ ...rest, olderThanMs: olderThanMs + Math.max(clock.now() - startedAt, 0) })
  })
}
