import { durationToMs, lazily, parseDuration, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { NewLocalDecision } from './local-decision.js'

/** Options of {@link DecisionSet.ban}. */
export interface BanOptions {
  /** A Go duration such as `4h`, or with days: `7d`. */
  readonly duration: string
  /** Why, for people. */
  readonly reason: string
  /** Default: `Ip` or `Range`, as the value is. */
  readonly scope?: string
  /** Default `ban`. */
  readonly remediation?: string
  /** Who decided. Default `cscapi`. */
  readonly origin?: string
}

const schema = lazily(() =>
  z.strictObject({
    duration: z.string().refine(isDuration, 'must be a Go duration above 0, such as 4h or 7d'),
    reason: z.string().min(1),
    scope: z.string().min(1).optional(),
    remediation: z.string().min(1).optional(),
    origin: z.string().min(1).optional(),
  }),
)

const aliases = new Map([
  ['type', 'remediation'],
  ['scenario', 'reason'],
])

/** @throws InputError that lists everything that is wrong */
export function readBan(value: string, given: BanOptions, now: number): NewLocalDecision {
  const { duration, ...others } = readOptions('No decision was added', schema(), given, { aliases })
  return { value, ...others, expiresAt: now + durationToMs(parseDuration(duration, { allowDays: true }) ?? 0n) }
}

function isDuration(text: string): boolean {
  return durationToMs(parseDuration(text, { allowDays: true }) ?? 0n) > 0
}
