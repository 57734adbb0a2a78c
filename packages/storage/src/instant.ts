/**
 * How far ahead of the store's clock a stored moment may have been written, in milliseconds: small
 * corrections of the clock, and processes that looked at it a moment before they had a lock. What
 * was written farther ahead was written under a clock that has been put back since.
 */
export const CLOCK_NOISE_MS = 1_000

/** An instant, and when it was written, in epoch milliseconds of the store's clock. */
export interface Deadline {
  /** The instant itself, in epoch milliseconds. */
  readonly at: number
  /** When it was written, in epoch milliseconds. */
  readonly putAt: number
}

export function deadlineIn(ms: number, now: number): Deadline {
  return { at: now + ms, putAt: now }
}

/** Tells whether something was written under a clock that has been put back since. */
export function isFromAhead(putAt: number, now: number): boolean {
  return putAt > now + CLOCK_NOISE_MS
}

/**
 * Counts the milliseconds until the instant, never more than it was given when it was written; 0
 * when a clock that was ahead wrote it, negative when it is past.
 */
export function remainingMs({ at, putAt }: Deadline, now: number): number {
  return isFromAhead(putAt, now) ? 0 : Math.min(at - now, at - putAt)
}

/** Counts the milliseconds since a moment; 0 when a clock that was ahead wrote it. */
export function ageMs(since: number, now: number): number {
  return Math.max(now - since, 0)
}
