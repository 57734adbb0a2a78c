import * as z from 'zod'

/**
 * What the reporter did about the attack (CAPI v3 swagger `AddSignalsRequestItemDecisionsItem`).
 */
export const signalDecisionSchema = z.looseObject({
  /** A Go duration; days (`7d`) are accepted here. */
  duration: z.string(),
  /** 0 where the reporter has none. */
  id: z.int(),
  origin: z.string(),
  scenario: z.string(),
  scope: z.string(),
  /** `ban`, `captcha`, `throttle` or something custom. */
  type: z.string(),
  value: z.string(),
  uuid: z.string().optional(),
  until: z.string().optional(),
  simulated: z.boolean().optional(),
})

/** What the reporter did about the attack, read by {@link signalDecisionSchema}. */
export type SignalDecision = z.infer<typeof signalDecisionSchema>
