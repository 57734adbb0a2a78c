import { setImmediate } from 'node:timers/promises'
import type { HeldDecision } from '@cscapi/decisions'
import type { LocalApiContext } from '../context.js'
import { idOf, wireNames } from '../live/wire.js'
import type { AlertQuery } from './alert-filter.js'
import { madeAlert, timeLeft } from './alert-json.js'

/** Ids of alerts that were posted, or made for a local decision, are below it. */
export const FIRST_BLOCKLIST_ID = 2 ** 41

/**
 * One alert for CAPI's blocklist and one for each list, with what the query asks for of it: as the
 * engine keeps what it pulled, and `cscli decisions list --all` shows it.
 */
export async function blocklistAlerts(
  { options }: LocalApiContext,
  wanted: Pick<AlertQuery, 'matches'>,
): Promise<Record<string, unknown>[]> {
  const now = options.now()
  const held = options.decisions.held()
  const bySource = new Map<string, Record<string, unknown>[]>(held.sources.map(({ origin }) => [origin, []]))
  for (const row of held.rows(now)) {
    if (row === undefined) await setImmediate()
    else if (row.id === undefined && wanted.matches(viewOf(row, now))) bySource.get(row.origin)?.push(printed(row, now))
  }
  return [...bySource].flatMap(([origin, decisions], index) =>
    decisions.length === 0 ? [] : [alertOf(FIRST_BLOCKLIST_ID + index, origin, decisions, now)],
  )
}

/** Filters look at each entry for itself, where the engine shows all of a pull if one of it is meant. */
function viewOf(row: HeldDecision, now: number) {
  const { scope, value, reason: scenario, origin: kind } = row
  const decisions = [row]
  return { id: 0, createdAt: now, scope, value, scenario, kind, isSimulated: false, decisions }
}

function printed(row: HeldDecision, now: number): Record<string, unknown> {
  return { duration: timeLeft(row.expiresAt, now), id: idOf(row), simulated: false, ...wireNames(row) }
}

function alertOf(id: number, origin: string, decisions: object[], now: number): Record<string, unknown> {
  return madeAlert({
    id,
    at: now,
    kind: origin,
    by: 'CAPI',
    message: '',
    scenario: `${decisions.length} entries in force`,
    source: { scope: origin === 'CAPI' ? 'crowdsecurity/community-blocklist' : origin, value: '' },
    uuid: '',
    eventsCount: 0,
    leakspeed: '',
    decisions,
  })
}
