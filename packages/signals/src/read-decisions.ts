import { type SignalDecision, signalDecisionSchema } from './decision.js'
import { parseDuration } from './duration.js'
import type { Refuse } from './errors.js'
import { textRule } from './text.js'

const FIELDS = Object.keys(signalDecisionSchema.shape) as (keyof typeof signalDecisionSchema.shape)[]

/** The decisions of a signal as they go on the wire: the fields that CAPI knows, unless they are unset. */
export function readDecisions(decisions: readonly SignalDecision[] | undefined, refuse: Refuse): SignalDecision[] {
  if (decisions === undefined) return []
  if (!Array.isArray(decisions)) {
    refuse('decisions', decisions, 'must be a list')
    return []
  }
  return decisions.flatMap((decision: unknown, index) => readDecision(`decisions[${index}]`, decision, refuse) ?? [])
}

function readDecision(path: string, decision: unknown, refuse: Refuse): SignalDecision | undefined {
  if (typeof decision !== 'object' || decision === null) {
    refuse(path, decision, 'must be an object')
    return undefined
  }
  const given = new Map(Object.entries(decision))
  const known = FIELDS.flatMap((field) => (given.get(field) === undefined ? [] : [[field, given.get(field)] as const]))
  for (const [field, value] of known) {
    const rule = typeof value === 'string' ? textRule(value) : undefined
    if (rule !== undefined) refuse(`${path}.${field}`, value, rule)
  }
  const duration = given.get('duration')
  if (typeof duration === 'string' && parseDuration(duration, { allowDays: true }) === undefined)
    refuse(`${path}.duration`, duration, 'must be a duration such as 4h, 24h0m0s or 7d')
  const parsed = signalDecisionSchema.safeParse(Object.fromEntries(known))
  for (const issue of parsed.error?.issues ?? []) {
    const field = String(issue.path[0])
    refuse(
      `${path}.${field}`,
      given.get(field),
      issue.message.replace(/^Invalid input: expected /, 'must be of the type '),
    )
  }
  return parsed.data
}
