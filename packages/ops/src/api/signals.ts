import { parseJson } from '@cscapi/signals'
import * as z from 'zod'
import type { OpsClient } from '../options.js'
import type { SignalsAnswer } from './answers.js'

export const signalsQuery = z.strictObject({
  machineId: z.string().min(1).max(128).optional(),
  after: z.string().min(1).max(1_024).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(25),
})

/** What is shown of a signal beside its JSON. */
const shownSchema = z
  .object({
    scenario: z.string().optional().catch(undefined),
    source: z.object({ value: z.string().optional() }).optional().catch(undefined),
  })
  .catch({})

/** Gives one page of the signals that wait, or of dead letters. */
export async function signalsPage(
  client: OpsClient,
  status: 'pending' | 'rejected',
  { machineId, after, limit }: z.output<typeof signalsQuery>,
): Promise<SignalsAnswer> {
  const query = { status, limit, ...(machineId !== undefined && { machineId }), ...(after !== undefined && { after }) }
  const { signals, next = null } = await client.signalPage(query)
  return {
    signals: signals.map(({ machineId, uuid, since, json, reason = null, status = null }) => {
      const { scenario = null, source } = shownSchema.parse(parseJson(json))
      return { machineId, uuid, since, scenario, address: source?.value ?? null, reason, status, json }
    }),
    next,
  }
}
