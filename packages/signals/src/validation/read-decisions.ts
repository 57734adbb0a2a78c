import type { CreateSignalInput } from '../create-signal/signal-input.js'
import { parseDuration } from '../formats/duration.js'
import type { SignalDecision } from '../wire/decision.js'
import type { Refusals } from './refusals.js'
import { textRule } from './text-rule.js'

/** What CAPI knows of a decision, in the order of the wire, and the rule of each. */
const FIELDS: Readonly<Record<keyof SignalDecision, Field>> = {
  duration: { ruleOf: durationRule },
  id: { ruleOf: (value) => givenRule(value, wholeNumberRule) },
  origin: { ruleOf: givenTextRule },
  scenario: { ruleOf: givenTextRule },
  scope: { ruleOf: givenTextRule },
  type: { ruleOf: givenTextRule },
  value: { ruleOf: givenTextRule },
  uuid: { ruleOf: textRule, isOptional: true },
  until: { ruleOf: textRule, isOptional: true },
  simulated: { ruleOf: booleanRule, isOptional: true },
}

interface Field {
  readonly ruleOf: (value: unknown) => string | undefined
  /** Whether it may be left out. */
  readonly isOptional?: true
}

/** Gives the decisions of a signal as they go on the wire, without what is unset. */
export function readDecisions(decisions: CreateSignalInput['decisions'], refusals: Refusals): SignalDecision[] {
  if (decisions === undefined) return []
  if (Array.isArray(decisions)) {
    // By position, since map passes over the holes of an array.
    return Array.from(decisions, (decision: unknown, index) => readDecision(decision, `decisions[${index}]`, refusals))
  }
  refusals.refuse('decisions', decisions, 'must be a list')
  return []
}

function readDecision(decision: unknown, path: string, refusals: Refusals): SignalDecision {
  const read: Record<string, unknown> = {}
  if (typeof decision !== 'object' || decision === null || Array.isArray(decision)) {
    refusals.refuse(
      path,
      decision,
      givenRule(decision, () => 'must be an object'),
    )
    return read as SignalDecision
  }
  for (const [name, { ruleOf, isOptional }] of Object.entries(FIELDS)) {
    const value: unknown = Reflect.get(decision, name)
    if (value === undefined && isOptional) continue
    refusals.refuse(`${path}.${name}`, value, ruleOf(value))
    read[name] = value
  }
  refusals.refuseUnknownKeys(decision, FIELDS, path)
  // What breaks a rule was refused, and is never seen.
  return read as SignalDecision
}

function durationRule(value: unknown): string | undefined {
  const isDuration = typeof value === 'string' && parseDuration(value, { allowDays: true }) !== undefined
  return isDuration ? undefined : 'must be a duration such as 4h, 24h0m0s or 7d'
}

function wholeNumberRule(value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  if (!Number.isInteger(value)) return 'must be a whole number'
  if (Number.isSafeInteger(value)) return undefined
  return value > 0 ? 'must be at most 9,007,199,254,740,991' : 'must be at least -9,007,199,254,740,991'
}

function booleanRule(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false'
}

function givenTextRule(value: unknown): string | undefined {
  return givenRule(value, textRule)
}

function givenRule(value: unknown, ruleOf: Field['ruleOf']): string | undefined {
  const rule = ruleOf(value)
  return value === undefined ? `is missing: it ${rule}` : rule
}
