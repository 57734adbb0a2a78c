import type { TimeContext } from './time-context.js'

/** A time that no signal may bear. */
export interface Ahead {
  readonly refused: string
}

/** How far the clock that wrote a log may be ahead of ours, in milliseconds. */
const SKEW_MS = 60_000

/**
 * Says why a time is refused, if it is: nothing that was logged is still to come. A time of up to a
 * minute ahead of our clock passes, and becomes now when it is told of. To move a later one would
 * make what happened over hours look as if it happened at once.
 */
export function whyAhead(at: number, { now, utc }: Pick<TimeContext, 'now' | 'utc'>): Ahead | undefined {
  if (at <= now + SKEW_MS) return undefined
  if (!isTime(at)) return { refused: 'its time is none' }
  const zone = utc ? 'is not of UTC' : 'is of UTC (utc)'
  const time = new Date(at).toISOString()
  return { refused: `its time, ${time}, is in the future: a clock is wrong, or it has no zone and ${zone}` }
}

/** Gives a time that passes, as it is told of: no later than now. */
export function datedAtMost(at: number, now: number): number {
  return at > now && at <= now + SKEW_MS ? now : at
}

/** The same, dated so. */
export function notAhead<T extends { readonly at: number }>(dated: T, now: number): T {
  return dated.at <= now ? dated : { ...dated, at: datedAtMost(dated.at, now) }
}

function isTime(at: number): boolean {
  return !Number.isNaN(new Date(at).getTime())
}
