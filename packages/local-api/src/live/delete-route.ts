import { canonicalValue, type LocalDecision, normalScope } from '@cscapi/decisions'
import { readId } from '../alerts/routes.js'
import type { Route } from '../context.js'
import { empty, json, message, Refusal } from '../http/answers.js'
import { isFromEngine } from '../http/from-engine.js'
import { isInNetwork } from './in-network.js'
import { readNetwork } from './network-filter.js'

type Check = (decision: LocalDecision) => boolean

const EXACT: Readonly<Record<string, (value: string) => Check>> = {
  __proto__: null as never,
  scope: (value) => (one) => one.scope === normalScope(value),
  scopes: (value) => (one) => one.scope === normalScope(value),
  value: (value) => (one) => one.value === (canonicalValue(one.scope, value) ?? value),
  type: (value) => (one) => one.remediation === value,
  origin: (value) => (one) => one.origin === value,
  scenario: (value) => (one) => one.reason === value,
}

/** `ip`, `range` and `contains` are read together. */
const OF_NETWORKS = new Set(['ip', 'range', 'contains'])

/** Decisions that were added here end; CAPI's and the lists' are not ours to end. */
export const deleteDecisions: Route = {
  path: '/v1/decisions',
  method: 'DELETE',
  async answer({ request, query }, { watchers, options }) {
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    const checks = readChecks(query)
    // `cscli decisions delete --all` asks so. One client sends its filter in the body, by which an
    // engine is emptied.
    if (checks.length === 0 && !isFromEngine(request))
      return message(400, 'a filter is needed; to delete all, ask with contains=true')
    const ended = await options.decisions.endLocal((decision) => checks.every((check) => check(decision)))
    return json(200, { nbDeleted: String(ended.length) })
  },
}

export const deleteDecision: Route = {
  path: '/v1/decisions/:param',
  method: 'DELETE',
  async answer({ request, param }, { watchers, options }) {
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    const id = readId(param, 'decision_id')
    const ended = await options.decisions.endLocal((decision) => decision.id === id)
    if (ended.length === 0) return message(500, `decision with id '${id}' doesn't exist: unable to delete`)
    return json(200, { nbDeleted: String(ended.length) })
  },
}

/** @throws Refusal 500 for a filter that is not known: as the engine answers */
function readChecks(query: URLSearchParams): Check[] {
  const checks: Check[] = []
  const uuids = new Set(query.getAll('uuid'))
  if (uuids.size > 0) checks.push(({ uuid }) => uuids.has(uuid))
  const network = readNetwork(query)
  if (network !== undefined) checks.push((decision) => isInNetwork(decision, network))
  else if (query.has('contains')) checks.push(() => true)
  for (const name of new Set(query.keys())) {
    if (name === 'uuid' || OF_NETWORKS.has(name)) continue
    const read = EXACT[name]
    if (read === undefined) throw new Refusal(message(500, `'${name.slice(0, 100)}' doesn't exist: invalid filter`))
    const value = query.get(name) ?? ''
    if (value !== '') checks.push(read(value))
  }
  return checks
}
