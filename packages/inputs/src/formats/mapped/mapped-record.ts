import type { AttackRule } from '../../attacks/attack-rule.js'
import type { Reading } from '../format.js'
import type { FieldPath } from './field-path.js'
import { readTime } from './mapped-time.js'
import type { FieldCondition, Mapping } from './mapping.js'

/**
 * What stands at a path of one record, as text; `undefined` for nothing, and for what is no value.
 */
export type FieldOf = (path: FieldPath) => string | undefined

/** Of a longer text nothing is compared, and nothing told. */
const LONGEST_VALUE = 4_096

/** Gives the attacks that records of this mapping tell of, where several of them make one. */
export function attacksOf({ bucket, scenario }: Mapping): Record<string, AttackRule> {
  if (bucket === undefined) return {}
  const names = typeof scenario === 'string' ? [scenario] : [...scenario.names.values()]
  const { capacity, leakMs, distinct } = bucket
  return Object.fromEntries(
    names.map((name) => [name, { scenario: name, capacity, leakMs, distinct: distinct !== undefined }]),
  )
}

/**
 * Says what a record tells; `line` is the first of those that it stands on, and `text` all of it,
 * which makes it the same when it is read again.
 */
export function readMapped(mapping: Mapping, fieldOf: FieldOf, text: string, line: number): Reading[] {
  if (!mapping.where.every((condition) => holds(condition, fieldOf(condition.field)))) return []
  const scenario = scenarioOf(mapping, fieldOf)
  // What the table of names does not have is not to be reported.
  if (scenario === undefined) return []
  const startAt = readTime(fieldOf(mapping.time.field), mapping.time)
  if (typeof startAt === 'string') return [{ refused: startAt, line }]
  const stopAt = mapping.end === undefined ? startAt : readTime(fieldOf(mapping.end.field), mapping.end)
  if (typeof stopAt === 'string') return [{ refused: stopAt, line }]
  const events = mapping.events === undefined ? 1 : Number(fieldOf(mapping.events) || Number.NaN)
  if (!Number.isSafeInteger(events) || events < 1) {
    return [{ refused: `its ${mapping.events?.join('.')} is no whole number from 1 on`, line }]
  }
  const address = addressOf(mapping, fieldOf(mapping.source) ?? '')
  const details = Object.fromEntries([...mapping.context].map(([name, path]) => [name, fieldOf(path)]))
  if (mapping.bucket === undefined) {
    return [{ whole: { scenario, address, startAt, stopAt, events, identity: text, details: filled(details), line } }]
  }
  const { distinct } = mapping.bucket
  const thing = distinct === undefined ? undefined : fieldOf(distinct)
  const counted = thing === undefined ? {} : { distinct: thing }
  return [{ event: { attack: scenario, address, at: stopAt, times: events, ...counted, details, line } }]
}

/** Gives a value of a record as text. */
export function textOf(value: unknown): string | undefined {
  const isValue = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isValue ? String(value).slice(0, LONGEST_VALUE) : undefined
}

function scenarioOf({ scenario }: Mapping, fieldOf: FieldOf): string | undefined {
  return typeof scenario === 'string' ? scenario : scenario.names.get(fieldOf(scenario.field) ?? '')
}

function holds({ in: values, matches, exists }: FieldCondition, value: string | undefined): boolean {
  if (exists !== undefined && (value !== undefined) !== exists) return false
  if (values !== undefined && (value === undefined || !values.includes(value))) return false
  return matches === undefined || (value !== undefined && matches.test(value))
}

function addressOf({ hasPort }: Mapping, text: string): string {
  return hasPort ? text.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1') : text
}

function filled(details: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  )
}
