import { inSlices } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'

const SLICE = 500

/**
 * Deletes `count` pending signals, of `all` that wait, and returns how many there were. Oldest
 * first: not every store deletes in that order, so the age is brought down in steps that double. If
 * signals came evenly, the first step meets those that have to go. What is leased stays.
 */
export async function deleteOldest(storage: Storage, count: number, all: number): Promise<number> {
  const { oldestPendingMs = 0 } = await storage.stats()
  let deleted = 0
  for (let part = count / all; deleted < count; part *= 2) {
    const olderThanMs = Math.floor(oldestPendingMs * Math.max(1 - part, 0))
    const before = deleted
    deleted += await inSlices(async (slices) => {
      const limit = Math.min(SLICE, count - before - slices)
      return limit === 0 ? 0 : storage.deleteSignals({ status: 'pending', olderThanMs }, limit)
    })
    if (part >= 1) break
  }
  return deleted
}
