import * as z from 'zod'

/** Who attacked (CAPI v3 swagger `AddSignalsRequestItemSource`). Unknown keys pass. */
export const sourceSchema = z.looseObject({
  /** An open set, compared without case: `Ip`, `Range`, `AS`, `Country`, `username`, … */
  scope: z.string(),
  value: z.string(),
  ip: z.string().optional(),
  range: z.string().optional(),
  /** Country code. */
  cn: z.string().optional(),
  as_name: z.string().optional(),
  /** Text, although it is a number. */
  as_number: z.string().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
})

/** Who attacked, as it goes on the wire; read by {@link sourceSchema}. */
export type Source = z.infer<typeof sourceSchema>
