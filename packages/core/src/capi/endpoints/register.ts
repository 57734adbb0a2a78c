import { errorResponseSchema } from '@cscapi/signals'
import { CapiResponseError } from '../../errors.js'
import { printableText } from '../../secrets/printable-text.js'
import type { CallOptions, Http } from '../../transport/http.js'
import { saysRegistered } from '../refusal.js'

/** What a registration sends (CAPI v3 swagger `RegisterRequest`). */
export interface RegisterRequest {
  /** The id to take. */
  readonly machineId: string
  /** The password that is to be the machine's. A secret. */
  readonly password: string
}

/**
 * Registers a machine (CAPI v3 swagger `POST /watchers`).
 *
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
  const { status, json: said } = await http.call({ ...options, machineId, ...call })
  const message = errorResponseSchema.safeParse(said).data?.message
  if (!saysRegistered(message)) return
  throw new CapiResponseError('already_registered', `POST /watchers was answered ${status}: CAPI has this machine id`, {
    endpoint: 'POST /watchers',
    status,
    serverMessage: printableText(message ?? '', [password]),
  })
}
