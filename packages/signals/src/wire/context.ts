import * as z from 'zod'

/**
 * One detail of an attack (CAPI v3 swagger `AddSignalsRequestItem.context`). A key may come more
 * than once.
 */
export const signalContextSchema = z.looseObject({
  key: z.string().optional(),
  value: z.string().optional(),
})

/** One detail of an attack: a key and its value, read by {@link signalContextSchema}. */
export type SignalContext = z.infer<typeof signalContextSchema>
