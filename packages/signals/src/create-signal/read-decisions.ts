import * as z from 'zod'
import type { InputIssue, Refuse } from '../errors.js'
import { parseDuration } from '../formats/duration.js'
import { issuesOfSchema } from '../options/issues.js'
import { type SignalDecision, signalDecisionSchema } from '../wire/decision.js'
import { textRule } from './text.js'

const DURATION_RULE = 'must be a duration such as 4h, 24h0m0s or 7d'
const text = z.string().refine((value) => textRule(value) === undefined, { error: ({ input }) => textRule(input) })
const { shape } = signalDecisionSchema

/** What CAPI knows of a decision, and nothing else. */
const decisionSchema = z.strictObject({
  ...shape,
  duration: z.custom<string>(
    (value) => typeof value === 'string' && parseDuration(value, { allowDays: true }) !== undefined,
    DURATION_RULE,
  ),
  origin: text,
  scenario: text,
  scope: text,
  type: text,
  value: text,
  uuid: text.optional(),
  until: text.optional(),
})

/** The decisions of a signal as they go on the wire, without what is unset. */
export function readDecisions(
  decisions: readonly SignalDecision[] | undefined,
  refuse: Refuse,
  add: (issues: readonly InputIssue[]) => void,
): SignalDecision[] {
  if (decisions === undefined) return []
  if (!Array.isArray(decisions)) {
    refuse('decisions', decisions, 'must be a list')
    return []
  }
  return decisions.flatMap((decision: unknown, index) => {
    const parsed = decisionSchema.safeParse(decision)
    if (!parsed.success) {
      add(issuesOfSchema(decisionSchema, decision, { root: `decisions[${index}]` }) ?? [])
      return []
    }
    const set = Object.entries(parsed.data).filter(([, value]) => value !== undefined)
    return [Object.fromEntries(set) as SignalDecision]
  })
}
