import * as z from 'zod'

// What the Python SDK's tables hold. It checks nothing, and SQLite keeps whatever it is given.

const text = z.string({ error: 'must be text' }).nullish()
const number = z.number({ error: 'must be a number' }).nullish()
/** SQLite and MySQL have 0 and 1. */
const flag = z.union([z.boolean(), z.literal(0), z.literal(1)], { error: 'must be true or false' }).nullish()
const id = z.coerce.number().int()

export const machineRow = z.object({
  id,
  machine_id: text,
  password: text,
  token: text,
  scenarios: text,
  is_failing: flag,
})

export const signalRow = z.object({
  alert_id: id,
  machine_id: text,
  uuid: text,
  scenario: text,
  scenario_hash: text,
  scenario_version: text,
  scenario_trust: text,
  message: text,
  created_at: text,
  start_at: text,
  stop_at: text,
})
export type SignalRow = z.infer<typeof signalRow>

export const sourceRow = z.object({
  signal: id,
  scope: text,
  value: text,
  ip: text,
  range: text,
  cn: text,
  as_name: text,
  as_number: text,
  latitude: number,
  longitude: number,
})
export type SourceRow = z.infer<typeof sourceRow>

export const contextRow = z.object({ signal: id, key: text, value: text })
export type ContextRow = z.infer<typeof contextRow>

export const decisionRow = z.object({
  signal: id,
  id,
  duration: text,
  uuid: text,
  scenario: text,
  origin: text,
  scope: text,
  simulated: flag,
  until: text,
  type: text,
  value: text,
})
export type DecisionRow = z.infer<typeof decisionRow>

/** Says what is wrong with a row by its columns; no value is shown, as one may be a secret. */
export function flawsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}
