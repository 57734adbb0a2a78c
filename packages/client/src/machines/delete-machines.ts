import { turn } from '@cscapi/core'
import { assertGoing } from '../calling/abort.js'
import type { ClientContext } from '../context.js'

const SLICE = 100

/** Forgets machines with their credentials and all their signals. */
export async function deleteMachines(
  { storage }: ClientContext,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0
  for (let start = 0; start < ids.length; start += SLICE) {
    assertGoing('Deleting machines', signal, deleted)
    await turn()
    deleted += await storage.deleteMachines(ids.slice(start, start + SLICE))
  }
  return deleted
}
