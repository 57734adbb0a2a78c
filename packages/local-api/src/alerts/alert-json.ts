import { type LocalDecision, normalScope } from '@cscapi/decisions'
import { formatTimestamp, parseTimestamp } from '@cscapi/signals'
import { wireDuration } from '../live/wire.js'
import type { AlertRecord } from './alert-book.js'
import { scenarioTrust } from './to-signal.js'

/** A decision as alerts print it: with the time left, which is below 0 once it has ended. */
function alertDecision(decision: LocalDecision, now: number): Record<string, unknown> {
  const { id, uuid, origin, remediation, scope, value, reason, expiresAt } = decision
  return {
    duration: wireDuration(Math.round((expiresAt - now) / 1_000)),
    id,
    origin,
    scenario: reason,
    scope,
    simulated: false,
    type: remediation,
    uuid,
    value,
  }
}

/** An alert as `GET /v1/alerts` prints it. */
export function alertJson(
  { id, uuid, agent, createdAt, alert }: AlertRecord,
  decisions: readonly LocalDecision[],
  now: number,
): Record<string, unknown> {
  return {
    capacity: alert.capacity,
    created_at: new Date(createdAt).toISOString(),
    decisions: decisions.map((decision) => alertDecision(decision, now)),
    events: alert.events,
    events_count: alert.events_count,
    id,
    kind: alert.kind ?? (scenarioTrust(alert) === 'manual' ? 'cscli' : 'crowdsec'),
    labels: alert.labels ?? [],
    leakspeed: alert.leakspeed,
    machine_id: agent,
    message: alert.message,
    meta: alert.meta ?? [],
    remediation: alert.remediation ?? false,
    scenario: alert.scenario,
    scenario_hash: alert.scenario_hash,
    scenario_version: alert.scenario_version,
    simulated: alert.simulated,
    source: { ...alert.source, scope: normalScope(alert.source.scope) },
    start_at: printedTime(alert.start_at, createdAt),
    stop_at: printedTime(alert.stop_at, createdAt),
    uuid,
  }
}

function printedTime(text: string, otherwise: number): string {
  return formatTimestamp(parseTimestamp(text) ?? { ms: otherwise, ns: 0 })
}

/** An alert for a decision that came with none: `cscli decisions list` reads alerts. */
export function alertOfDecision(decision: LocalDecision, now: number): Record<string, unknown> {
  const at = new Date(decision.createdAt).toISOString()
  const { scope, value, reason } = decision
  return {
    capacity: 0,
    created_at: at,
    decisions: [alertDecision(decision, now)],
    events: [],
    events_count: 1,
    id: FIRST_MADE_ID + decision.id,
    kind: decision.origin,
    labels: [],
    leakspeed: '0',
    machine_id: decision.origin,
    message: reason,
    meta: [],
    remediation: true,
    scenario: reason,
    scenario_hash: '',
    scenario_version: '',
    simulated: false,
    source: { scope, value },
    start_at: at,
    stop_at: at,
    uuid: decision.uuid,
  }
}

/** Ids of alerts that were posted are below it. */
export const FIRST_MADE_ID = 2 ** 40
