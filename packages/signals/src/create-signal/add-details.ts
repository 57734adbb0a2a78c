import type { Refusals } from '../validation/refusals.js'
import { textRule } from '../validation/text-rule.js'
import type { Source } from '../wire/source.js'
import type { AttackerInput } from './signal-input.js'

/**
 * Where a detail is looked for: beside `attackerIp` under our name, or in `source` under CAPI's.
 */
const DETAILS = [
  { name: 'cn', wireName: 'cn', ruleOf: textRule },
  { name: 'asName', wireName: 'as_name', ruleOf: textRule },
  { name: 'asNumber', wireName: 'as_number', ruleOf: asNumberRule },
  { name: 'latitude', wireName: 'latitude', ruleOf: (value: unknown) => degreesRule(value, 90) },
  { name: 'longitude', wireName: 'longitude', ruleOf: (value: unknown) => degreesRule(value, 180) },
] as const

/** Adds whose network it is, and where, as far as the input says it. */
export function addDetails(to: Source | undefined, input: AttackerInput, refusals: Refusals): void {
  const source = typeof input.source === 'object' && input.source !== null ? input.source : undefined
  for (const { name, wireName, ruleOf } of DETAILS) {
    const own = input[name]
    const wire = source?.[wireName]
    if (own !== undefined && wire !== undefined) {
      refusals.refuse(`source.${wireName}`, wire, `must be left out where ${name} is given`)
      continue
    }
    const value = own === undefined ? wire : own
    if (value === undefined) continue
    refusals.refuse(own === undefined ? `source.${wireName}` : name, value, ruleOf(value))
    // CAPI has the number of a network as text.
    if (to !== undefined)
      Reflect.set(to, wireName, name === 'asNumber' && typeof value === 'number' ? String(value) : value)
  }
}

function asNumberRule(value: unknown): string | undefined {
  if (typeof value !== 'number') return textRule(value)
  return Number.isSafeInteger(value) && value >= 0 ? undefined : 'must be a whole number from 0 on, or text'
}

function degreesRule(value: unknown, bound: number): string | undefined {
  const isInRange = typeof value === 'number' && Math.abs(value) <= bound
  return isInRange ? undefined : `must be degrees from -${bound} to ${bound}`
}
