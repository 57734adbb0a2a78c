import { normalScope } from '@cscapi/decisions'
import type { WireNames } from './wire.js'

/** Which decisions a bouncer wants, by their names; what is not asked for is `undefined`. */
export type DecisionFilter = (names: WireNames) => boolean

/**
 * Reads the filters that live lookups and the stream share. Of a parameter that comes twice, the
 * first counts; an empty one counts as absent, since clients send those for empty lists.
 */
export function readFilter(query: URLSearchParams, defaultScopes?: string): DecisionFilter {
  const checks: DecisionFilter[] = []
  const given = (name: string) => query.get(name)?.trim() || undefined
  const list = (name: string) =>
    given(name)
      ?.split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const scopes = list('scopes') ?? list('scope') ?? defaultScopes?.split(',')
  if (scopes !== undefined && scopes.length > 0) {
    const wanted = new Set(scopes.map(normalScope))
    checks.push(({ scope }) => wanted.has(scope))
  }
  const value = given('value')
  if (value !== undefined) checks.push((names) => names.value === value)
  const type = given('type')
  if (type !== undefined) checks.push((names) => names.type === type)
  const origins = list('origins')
  if (origins !== undefined && origins.length > 0) checks.push(({ origin }) => origins.includes(origin))
  const words = (name: string) => list(name)?.map((word) => word.toLowerCase()) ?? []
  const containing = words('scenarios_containing')
  if (containing.length > 0) checks.push(({ scenario }) => holdsAny(scenario, containing))
  const without = words('scenarios_not_containing')
  if (without.length > 0) checks.push(({ scenario }) => !holdsAny(scenario, without))
  return (names) => checks.every((check) => check(names))
}

function holdsAny(text: string, words: readonly string[]): boolean {
  const folded = text.toLowerCase()
  return words.some((word) => folded.includes(word))
}
