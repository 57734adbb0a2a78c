import { lazily } from '@cscapi/signals'
import * as z from 'zod'

const texts = () => z.looseObject({ key: z.string(), value: z.string() })

const decisionSchema = () =>
  z.looseObject({
    duration: z.string(),
    origin: z.string(),
    scenario: z.string(),
    scope: z.string(),
    type: z.string(),
    value: z.string(),
    simulated: z.boolean().nullish(),
  })

/** An alert as agents post it; what is not named here is kept as it came. */
export const alertSchema = lazily(() =>
  z.looseObject({
    scenario: z.string(),
    scenario_hash: z.string(),
    scenario_version: z.string(),
    message: z.string(),
    events_count: z.int(),
    capacity: z.int(),
    leakspeed: z.string(),
    start_at: z.string(),
    stop_at: z.string(),
    simulated: z.boolean(),
    events: z.array(z.looseObject({ timestamp: z.string(), meta: z.array(texts()).nullish() })),
    source: z.looseObject({
      scope: z.string(),
      value: z.string(),
      ip: z.string().nullish(),
      range: z.string().nullish(),
      as_number: z.string().nullish(),
      as_name: z.string().nullish(),
      cn: z.string().nullish(),
      latitude: z.number().nullish(),
      longitude: z.number().nullish(),
    }),
    remediation: z.boolean().nullish(),
    decisions: z.array(decisionSchema()).nullish(),
    meta: z.array(texts()).nullish(),
    kind: z.string().nullish(),
    labels: z.array(z.string()).nullish(),
  }),
)

/** An alert that an agent posted. */
export type PostedAlert = z.infer<ReturnType<typeof alertSchema>>
/** A decision that came with it. */
export type PostedDecision = z.infer<ReturnType<typeof decisionSchema>>

/** What the engine says of a field that is missing or of another kind. */
export function alertIssues(value: unknown, index: number): string[] {
  const { error } = alertSchema().safeParse(value)
  return (error?.issues ?? []).map(({ path }) => `${[index, ...path.map(String)].join('.')} in body is required`).sort()
}
