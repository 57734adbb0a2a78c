import { type NewLocalDecision, newDecisionIssue } from '@cscapi/decisions'
import { durationToMs, parseDuration, parseTimestamp, printable } from '@cscapi/signals'
import type { PostedAlert, PostedDecision } from './alert-schema.js'
import { decisionUuid } from './alert-uuid.js'
import type { ProfileOption } from './profile.js'

/** What is decided on an alert. */
export interface Decided {
  /** In force: not simulated, nor over. */
  readonly made: readonly NewLocalDecision[]
  /** What is wrong with the others, e.g. `decisions.0: "soon" is no duration`. */
  readonly wrong: readonly string[]
}

/** Takes the decisions that an alert brings; for one that brings none, the profile decides. */
export function decide(alert: PostedAlert, uuid: string, profile: ProfileOption, now: number): Decided {
  if (alert.simulated) return { made: [], wrong: [] }
  // As in the engine, decisions count from the end of the attack; a time that is none is now.
  const stop = Math.min(parseTimestamp(alert.stop_at)?.ms ?? now, now)
  const given = alert.decisions ?? []
  const all = given.length > 0 ? given.map((one) => brought(one, stop)) : [profiled(alert, profile, stop)]
  const made: NewLocalDecision[] = []
  const wrong: string[] = []
  for (const [index, one] of all.entries()) {
    if (one === undefined || (typeof one !== 'string' && one.expiresAt <= now)) continue
    const issue = typeof one === 'string' ? one : newDecisionIssue(one, now)
    if (typeof one === 'string' || issue !== undefined) wrong.push(`decisions.${index}: ${issue}`)
    else made.push({ ...one, uuid: decisionUuid(uuid, index) })
  }
  return { made, wrong }
}

/** A decision, what is wrong with it, or nothing for one that is only simulated. */
function brought(one: PostedDecision, stop: number): NewLocalDecision | string | undefined {
  if (one.simulated === true) return undefined
  const ns = parseDuration(one.duration, { allowDays: true })
  if (ns === undefined) return `${printable(one.duration)} is no duration`
  const { scope, value, scenario: reason, origin, type: remediation } = one
  return { scope, value, reason, origin, remediation, expiresAt: stop + durationToMs(ns) }
}

function profiled(alert: PostedAlert, profile: ProfileOption, stop: number): NewLocalDecision | undefined {
  const decided = profile === false ? undefined : profile(alert)
  if (decided === undefined) return undefined
  const { scope, value } = alert.source
  const { remediation, durationMs } = decided
  return { scope, value, reason: alert.scenario, origin: 'crowdsec', remediation, expiresAt: stop + durationMs }
}
