import type { LocalDecision } from '@cscapi/decisions'
import { normalScope } from '@cscapi/decisions'
import type { LocalApiContext, Route } from '../context.js'
import { empty, json, message, Refusal } from '../http/answers.js'
import { isFromEngine } from '../http/from-engine.js'
import { LARGE_BODY_BYTES, readJson } from '../http/limited-body.js'
import type { AlertRecord } from './alert-book.js'
import { type AlertView, EVERYTHING, readAlertQuery } from './alert-filter.js'
import { decisionsOf } from './alert-intake.js'
import { alertJson, alertOfDecision, FIRST_MADE_ID } from './alert-json.js'
import { blocklistAlerts, FIRST_BLOCKLIST_ID } from './of-blocklist.js'

/** What an agent posted is stored, as signals and decisions, before it is answered. */
const post: Route = {
  path: '/v1/alerts',
  method: 'POST',
  async answer({ request }, { watchers, intake }) {
    if (watchers === undefined || intake === undefined) return empty(404)
    const agent = await watchers.enter(request)
    const batch = (await readJson(request, LARGE_BODY_BYTES)) ?? []
    if (!Array.isArray(batch))
      return message(400, 'json: cannot unmarshal object into Go value of type models.AddAlertsRequest')
    const { ids, issues } = await intake.add(agent, batch)
    // An agent sends a batch again for ever, whatever it is told: it is told that it was taken. What
    // brings decisions comes from somebody who looks at the answer: `cscli`, for one.
    const isRepeated = isFromEngine(request) && !batch.some(bringsDecisions)
    if (issues.length > 0 && ids.length === 0 && !isRepeated)
      return message(400, `validation failure list:\n${issues.join('\n')}`)
    return json(201, ids.map(String))
  },
}

const bringsDecisions = (alert: unknown) => {
  const decisions = Reflect.get(Object(alert), 'decisions')
  return Array.isArray(decisions) && decisions.length > 0
}

const list: Route = {
  path: '/v1/alerts',
  method: 'GET',
  withHead: true,
  async answer({ request, query, isHead }, context) {
    const { watchers, options } = context
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    if (isHead) return empty(200)
    const wanted = readAlertQuery(query, options.now())
    const found = (await allAlerts(context)).filter(({ view }) => wanted.matches(view))
    found.sort((a, b) => a.view.createdAt - b.view.createdAt || a.view.id - b.view.id)
    if (!wanted.isAscending) found.reverse()
    const page = wanted.limit === 0 ? found : found.slice(0, wanted.limit)
    const pulled = wanted.includesBlocklist ? await blocklistAlerts(context, wanted) : []
    const printed = [...page.map(({ print }) => print()), ...pulled]
    return json(200, printed.length === 0 ? null : printed)
  },
}

const one: Route = {
  path: '/v1/alerts/:param',
  method: 'GET',
  withHead: true,
  async answer({ request, param, isHead }, context) {
    const { watchers } = context
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    const id = readId(param, 'alert_id')
    const found =
      id < FIRST_BLOCKLIST_ID
        ? (await allAlerts(context)).find(({ view }) => view.id === id)?.print()
        : (await blocklistAlerts(context, EVERYTHING)).find((alert) => alert.id === id)
    if (found === undefined) return message(404, 'object not found')
    return isHead ? empty(200) : json(200, found)
  },
}

const removeMany: Route = {
  path: '/v1/alerts',
  method: 'DELETE',
  async answer({ request, connection, query }, context) {
    const { watchers, addresses, options } = context
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    assertTrusted(addresses.of(request, connection), context)
    // One client sends its filter in the body, another none: a real one is emptied by that.
    if ([...query.values()].every((value) => value === '') && !query.has('ip') && !query.has('range'))
      return message(400, 'a filter is needed; to delete all, ask with limit=0')
    const wanted = readAlertQuery(query, options.now())
    const found = (await allAlerts(context)).filter(({ view }) => wanted.matches(view))
    return json(200, { nbDeleted: String(await removeAlerts(found, context)) })
  },
}

const removeOne: Route = {
  path: '/v1/alerts/:param',
  method: 'DELETE',
  async answer({ request, connection, param }, context) {
    const { watchers, addresses } = context
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    assertTrusted(addresses.of(request, connection), context)
    const id = readId(param, 'alert_id')
    const found = (await allAlerts(context)).filter(({ view }) => view.id === id)
    if (found.length === 0) return message(500, 'ent: alert not found')
    await removeAlerts(found, context)
    return json(200, { nbDeleted: '1' })
  },
}

export const alertRoutes: readonly Route[] = [post, list, one, removeMany, removeOne]

interface FoundView extends AlertView {
  readonly decisions: readonly LocalDecision[]
}

interface FoundAlert {
  readonly view: FoundView
  print(): Record<string, unknown>
}

/** Those that were posted, and one for each decision in force that came with none. */
async function allAlerts({ alerts, options }: LocalApiContext): Promise<FoundAlert[]> {
  const now = options.now()
  const byUuid = new Map(options.decisions.held().local.map((decision) => [decision.uuid, decision]))
  const posted = (await alerts.all()).map((record): FoundAlert => {
    const decisions = decisionsOf(record, byUuid)
    for (const { uuid } of decisions) byUuid.delete(uuid)
    return { view: viewOf(record, decisions), print: () => alertJson(record, decisions, now) }
  })
  const inForce = [...byUuid.values()].filter(({ expiresAt }) => expiresAt > now)
  const made = inForce.map((decision): FoundAlert => {
    const { id, createdAt, scope, value, reason, origin } = decision
    const view = { createdAt, scope, value, scenario: reason, kind: origin, isSimulated: false, decisions: [decision] }
    return { view: { ...view, id: FIRST_MADE_ID + id }, print: () => alertOfDecision(decision, now) }
  })
  return [...posted, ...made]
}

function viewOf({ id, createdAt, alert }: AlertRecord, decisions: readonly LocalDecision[]): FoundView {
  const { scenario, simulated, source, kind } = alert
  const { scope, value } = source
  return {
    id,
    createdAt,
    scope: normalScope(scope),
    value,
    scenario,
    kind: kind ?? 'crowdsec',
    isSimulated: simulated,
    decisions,
  }
}

/** The decisions of an alert go with it. */
async function removeAlerts(found: readonly FoundAlert[], { alerts, options }: LocalApiContext): Promise<number> {
  const ids = new Set(found.flatMap(({ view }) => view.decisions.map(({ id }) => id)))
  if (ids.size > 0) await options.decisions.endLocal(({ id }) => ids.has(id))
  await alerts.remove(found.map(({ view }) => view.id))
  return found.length
}

function assertTrusted(address: string, { addresses }: LocalApiContext): void {
  if (addresses.isTrusted(address)) return
  throw new Refusal(message(403, `access forbidden from this IP (${address})`))
}

/** @throws Refusal 400 */
export function readId(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Refusal(message(400, `${name} must be valid integer`))
  return Number(text)
}
