import type { TimeContext } from './time-context.js'

/** A time that no signal may bear. */
export interface Ahead {
  readonly refused: string
}

/** How far the clock that wrote a log may be ahead of ours, in milliseconds. */
const SKEW_MS = 60_000

/**
 * Nothing that was logged is still to come: a time of up to a minute ahead of our clock becomes
 * now, a later one is refused. To move a later one would make what happened over hours look as if
 * it happened at once.
 */
export function notAhead<T extends { readonly at: number }>(dated: T, { now, utc }: TimeContext): T | Ahead {
  if (dated.at <= now) return dated
  if (dated.at <= now + SKEW_MS) return { ...dated, at: now }
  const hint = utc
    ? 'a clock is wrong, or it has no zone and is not of UTC'
    : 'a clock is wrong, or it has no zone and is of UTC (--utc)'
  return { refused: `its time, ${new Date(dated.at).toISOString()}, is in the future: ${hint}` }
}

export function isAhead(dated: object): dated is Ahead {
  return 'refused' in dated
}
