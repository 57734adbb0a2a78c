import { isAddressScope } from '@cscapi/signals'
import type { PostedAlert } from './alert-schema.js'

/** What is decided on an alert. */
export interface ProfileDecision {
  /** `ban`, `captcha`, … */
  readonly remediation: string
  /** Milliseconds from the end of the attack. */
  readonly durationMs: number
}

/** Decides on an alert that brings no decision of its own; `false` decides nothing. */
export type ProfileOption = ((alert: PostedAlert) => ProfileDecision | undefined) | false

const FOUR_HOURS_MS = 4 * 3_600_000

/** As the engine's own profile: whoever the scenario wants out is banned for 4 hours. */
export function defaultProfile({ remediation, source }: PostedAlert): ProfileDecision | undefined {
  return remediation === true && isAddressScope(source.scope)
    ? { remediation: 'ban', durationMs: FOUR_HOURS_MS }
    : undefined
}
