import { type SignalDecision, signalDecisionSchema } from './decision.js'
import { parseDuration } from './duration.js'
import type { Refuse } from './errors.js'
import { textRule } from './text.js'

/** Checks the decisions of a signal; they go on the wire as they are. */
export function readDecisions(decisions: readonly SignalDecision[] | undefined, refuse: Refuse): SignalDecision[] {
  if (decisions === undefined) return []
  if (!Array.isArray(decisions)) {
    refuse('decisions', decisions, 'must be a list')
    return []
  }
  decisions.forEach((decision: SignalDecision, index) => {
    const path = `decisions[${index}]`
    const parsed = signalDecisionSchema.safeParse(decision)
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        refuse([path, ...issue.path.map(String)].join('.'), decision, issue.message)
      return
    }
    if (parseDuration(decision.duration, { allowDays: true }) === undefined) {
      refuse(`${path}.duration`, decision.duration, 'must be a duration such as 4h, 24h0m0s or 7d')
    }
    for (const [key, value] of Object.entries(decision)) {
      const rule = typeof value === 'string' ? textRule(value) : undefined
      if (rule !== undefined) refuse(`${path}.${key}`, value, rule)
    }
  })
  return [...decisions]
}
