import { setImmediate } from 'node:timers/promises'

/** Entries that are looked at in one go. */
const AT_ONCE = 65_536

/**
 * Leaves out the entries that ran out before 1970: a duration may be negative, and the set refuses
 * such a time as a mistake of its caller's.
 */
export async function since1970<Entry extends { readonly expiresAt: number }>(
  entries: readonly Entry[],
): Promise<Entry[]> {
  const kept: Entry[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry.expiresAt >= 0) kept.push(entry)
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate()
  }
  return kept
}
