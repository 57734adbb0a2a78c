import { type LocalDecision, normalScope } from '@cscapi/decisions'
import { formatTimestamp, parseTimestamp } from '@cscapi/signals'
import { wireDuration } from '../live/wire.js'
import type { AlertRecord } from './alert-book.js'
import { scenarioTrust } from './to-signal.js'

/** The time left as alerts print it: below 0 once a decision has ended. */
export const timeLeft = (expiresAt: number, now: number) => wireDuration(Math.round((expiresAt - now) / 1_000))

/** A decision as alerts print it. */
function alertDecision(decision: LocalDecision, now: number): Record<string, unknown> {
  const { id, uuid, origin, remediation, scope, value, reason, expiresAt } = decision
  return {
    duration: timeLeft(expiresAt, now),
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

/** An alert that nobody posted: what is known of its decisions is all that it says. */
interface MadeAlert {
  readonly id: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind: string
  readonly by: string
  readonly message: string
  readonly scenario: string
  readonly source: { readonly scope: string; readonly value: string }
  readonly uuid: string
  readonly eventsCount: number
  readonly leakspeed: string
  readonly decisions: readonly object[]
}

/** Prints an alert that nobody posted, as `GET /v1/alerts` prints the others. */
export function madeAlert(made: MadeAlert): Record<string, unknown> {
  const { id, kind, by, message, scenario, source, uuid, eventsCount, leakspeed, decisions } = made
  const at = new Date(made.at).toISOString()
  return {
    capacity: 0,
    created_at: at,
    decisions,
    events: [],
    events_count: eventsCount,
    id,
    kind,
    labels: [],
    leakspeed,
    machine_id: by,
    message,
    meta: [],
    remediation: true,
    scenario,
    scenario_hash: '',
    scenario_version: '',
    simulated: false,
    source,
    start_at: at,
    stop_at: at,
    uuid,
  }
}

/** An alert for a decision that came with none: `cscli decisions list` reads alerts. */
export function alertOfDecision(decision: LocalDecision, now: number): Record<string, unknown> {
  const { id, scope, value, reason, origin, createdAt, uuid } = decision
  return madeAlert({
    id: FIRST_MADE_ID + id,
    at: createdAt,
    kind: origin,
    by: origin,
    message: reason,
    scenario: reason,
    source: { scope, value },
    uuid,
    eventsCount: 1,
    leakspeed: '0',
    decisions: [alertDecision(decision, now)],
  })
}

/** Ids of alerts that were posted are below it. */
export const FIRST_MADE_ID = 2 ** 40
