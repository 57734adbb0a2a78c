import * as z from 'zod'
import { signalContextSchema } from './context.js'
import { signalDecisionSchema } from './decision.js'
import { sourceSchema } from './source.js'

/**
 * One attack as it goes on the wire (CAPI v3 swagger `AddSignalsRequestItem`). Unknown keys pass;
 * null is no value.
 */
export const signalSchema = z.looseObject({
  /** For people; may be empty. */
  message: z.string(),
  /** `vendor/name`. */
  scenario: z.string(),
  scenario_hash: z.string(),
  scenario_version: z.string(),
  source: sourceSchema,
  /** RFC 3339. */
  start_at: z.string(),
  /** RFC 3339. */
  stop_at: z.string(),
  created_at: z.string().optional(),
  machine_id: z.string().optional(),
  uuid: z.string().optional(),
  scenario_trust: z.string().optional(),
  kind: z.string().optional(),
  alert_id: z.int().optional(),
  context: z.array(signalContextSchema).optional(),
  decisions: z.array(signalDecisionSchema).optional(),
})

/** One attack as it goes on the wire; {@link createSignal} makes one. */
export type Signal = z.infer<typeof signalSchema>
