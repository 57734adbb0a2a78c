import type { Refuse } from '../errors.js'
import type { Source } from '../wire/source.js'
import type { AttackerInput } from './attacker.js'
import { textRule } from './text.js'

/**
 * Where a detail is looked for: beside `attackerIp` under our name, or in `source` under CAPI's.
 */
const FIELDS = [
  ['cn', 'cn', readText],
  ['asName', 'as_name', readText],
  ['asNumber', 'as_number', readNumber],
  ['latitude', 'latitude', degreesTo(90)],
  ['longitude', 'longitude', degreesTo(180)],
] as const

/** Whose network it is, and where, as far as the input says it. */
export function readDetails(input: AttackerInput, refuse: Refuse): Partial<Source> {
  const source = typeof input.source === 'object' && input.source !== null ? input.source : undefined
  const details: [string, unknown][] = []
  for (const [name, wireName, read] of FIELDS) {
    const [path, value] = input[name] === undefined ? [`source.${wireName}`, source?.[wireName]] : [name, input[name]]
    if (value === undefined) continue
    if (input[name] !== undefined && source?.[wireName] !== undefined) {
      refuse(`source.${wireName}`, source[wireName], `must be left out where ${name} is given`)
    } else details.push([wireName, read(path, value, refuse)])
  }
  return Object.fromEntries(details)
}

function readText(path: string, value: unknown, refuse: Refuse): unknown {
  const rule = textRule(value)
  if (rule !== undefined) refuse(path, value, rule)
  return value
}

/** CAPI has it as text. */
function readNumber(path: string, value: unknown, refuse: Refuse): unknown {
  if (typeof value !== 'number') return readText(path, value, refuse)
  if (!Number.isSafeInteger(value) || value < 0) refuse(path, value, 'must be a whole number from 0 on, or text')
  return String(value)
}

function degreesTo(bound: number) {
  return (path: string, value: unknown, refuse: Refuse): unknown => {
    const isInRange = typeof value === 'number' && Math.abs(value) <= bound
    if (!isInRange) refuse(path, value, `must be degrees from -${bound} to ${bound}`)
    return value
  }
}
