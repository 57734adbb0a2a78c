import { canonicalValue, type LocalDecision, normalScope } from '@cscapi/decisions'
import { durationToMs, parseDuration } from '@cscapi/signals'
import { message, Refusal } from '../http/answers.js'
import { goBoolean } from '../live/go-boolean.js'
import { isInNetwork } from '../live/in-network.js'
import { readCount, readNetwork } from '../live/network-filter.js'

/** What filters look at, of an alert that was posted or made for a decision. */
export interface AlertView {
  readonly id: number
  readonly createdAt: number
  readonly scope: string
  readonly value: string
  readonly scenario: string
  readonly kind: string
  readonly isSimulated: boolean
  readonly decisions: readonly Pick<LocalDecision, 'origin' | 'remediation' | 'expiresAt'>[]
}

/** What `GET` and `DELETE /v1/alerts` ask for. */
export interface AlertQuery {
  matches(alert: AlertView): boolean
  /** Whether what CAPI and the lists say is asked for, too: only by who says so. */
  readonly includesBlocklist: boolean
  readonly isAscending: boolean
  /** 0 for all. */
  readonly limit: number
}

type Check = (alert: AlertView) => boolean

const DEFAULT_LIMIT = 100
const OF_NETWORKS = new Set(['ip', 'range'])

/**
 * Reads the filters of alerts. An empty one counts as absent.
 * @throws Refusal 500 for a filter that is not known, or cannot be read: as the engine answers
 */
export function readAlertQuery(query: URLSearchParams, now: number): AlertQuery {
  const checks: Check[] = []
  for (const name of new Set(query.keys())) {
    const value = query.get(name) ?? ''
    const read = FILTERS[name]
    if (read === undefined) {
      const text = `filter parameter '${name.slice(0, 100)}' is unknown (=${value.slice(0, 100)}): invalid filter`
      throw new Refusal(message(500, text))
    }
    if (value !== '' || OF_NETWORKS.has(name)) checks.push(read(value, query, now))
  }
  return {
    matches: (alert) => checks.every((check) => check(alert)),
    includesBlocklist: goBoolean(query.get('include_capi') ?? '') === true,
    isAscending: query.get('sort')?.toUpperCase() === 'ASC',
    limit: readCount(query, 'limit') ?? DEFAULT_LIMIT,
  }
}

const always: Check = () => true

/** Every alert there is. */
export const EVERYTHING: AlertQuery = { matches: always, includesBlocklist: true, isAscending: false, limit: 0 }

const FILTERS: Readonly<Record<string, (value: string, query: URLSearchParams, now: number) => Check>> = {
  __proto__: null as never,
  scope: (value) => (alert) => alert.scope === normalScope(value),
  value: (value) => (alert) => alert.value === (canonicalValue(alert.scope, value) ?? value),
  scenario: (value) => (alert) => alert.scenario === value,
  ip: (_, query) => inNetwork(query),
  range: (_, query) => inNetwork(query),
  contains: () => always,
  origin: (value) => (alert) => alert.decisions.some(({ origin }) => origin === value),
  decision_type: (value) => (alert) => alert.decisions.some(({ remediation }) => remediation === value),
  simulated: (value) => (alert) => goBoolean(value) !== false || !alert.isSimulated,
  kind: (value) => (alert) => alert.kind === value,
  has_active_decision: (value, _, now) => {
    const wanted = goBoolean(value)
    if (wanted === undefined)
      throw new Refusal(message(500, `'${value.slice(0, 100)}' is not a boolean: unable to parse type`))
    return (alert) => alert.decisions.some(({ expiresAt }) => expiresAt > now) === wanted
  },
  since: (value, _, now) => {
    const from = now - ago('since', value)
    return ({ createdAt }) => createdAt >= from
  },
  until: (value, _, now) => {
    const to = now - ago('until', value)
    return ({ createdAt }) => createdAt <= to
  },
  created_before: (value, _, now) => {
    const to = now - ago('created_before', value)
    return ({ createdAt }) => createdAt <= to
  },
  include_capi: () => always,
  with_decisions: () => always,
  limit: () => always,
  sort: () => always,
}

function inNetwork(query: URLSearchParams): Check {
  const filter = readNetwork(query)
  return filter === undefined ? always : (alert) => isInNetwork(alert, filter)
}

function ago(name: string, text: string): number {
  const ns = parseDuration(text, { allowDays: true })
  if (ns !== undefined) return durationToMs(ns)
  throw new Refusal(message(500, `while parsing duration: invalid ${name} ${JSON.stringify(text.slice(0, 100))}`))
}
