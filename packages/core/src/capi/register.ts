import { errorResponseSchema } from '@cscapi/signals'
import { CapiResponseError } from '../errors.js'
import { printableText } from '../secrets/printable-text.js'
import type { CallOptions, Http } from './http.js'
import { saysRegistered } from './refusal.js'

export interface RegisterRequest {
  readonly machineId: string
  readonly password: string
}

/**
 * CAPI v3 swagger `POST /watchers`.
 * @throws CapiResponseError `already_registered` when CAPI has the id, whatever status it says so
 * with.
 */
export async function register(
  http: Http,
  { machineId, password }: RegisterRequest,
  options: CallOptions = {},
): Promise<void> {
  const body = JSON.stringify({ machine_id: machineId, password })
  const call = { endpoint: 'register', method: 'POST', path: '/watchers', body, secrets: [password] } as const
  const { status, json } = await http.call({ ...options, machineId, ...call })
  const said = errorResponseSchema.safeParse(json).data?.message
  if (!saysRegistered(said)) return
  throw new CapiResponseError('already_registered', `POST /watchers was answered ${status}: CAPI has this machine id`, {
    endpoint: 'POST /watchers',
    status,
    serverMessage: printableText(said ?? '', [password]),
  })
}
