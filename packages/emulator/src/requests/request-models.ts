import {
  enrollRequestSchema,
  loginRequestSchema,
  metricsRequestSchema,
  registerRequestSchema,
  resetPasswordRequestSchema,
  signalDecisionSchema,
  signalSchema,
} from '@cscapi/signals'
import * as z from 'zod'

/**
 * A signal of CAPI v3 swagger DecisionsSyncRequest: its newer fields are not part of that model, so
 * nothing is asked of them.
 */
const syncItemSchema = signalSchema.omit({ uuid: true, kind: true, context: true }).extend({
  decisions: z.array(signalDecisionSchema.omit({ uuid: true })).optional(),
})

/** A login as the real server takes it, but for the length of the id. */
const anyLengthLoginSchema = loginRequestSchema.extend({ machine_id: registerRequestSchema.shape.machine_id })

/** The swagger's request models by route: what strict mode enforces. */
export const requestModels = {
  register: registerRequestSchema,
  login: loginRequestSchema,
  'login-any-length': anyLengthLoginSchema,
  'reset-password': resetPasswordRequestSchema,
  enroll: enrollRequestSchema,
  signals: z.array(signalSchema),
  metrics: metricsRequestSchema,
  'decisions-delete': z.array(z.string()),
  'decisions-sync': z.array(syncItemSchema),
} as const
