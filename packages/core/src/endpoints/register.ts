import type { CallOptions, Http } from '../http.js'

export interface RegisterRequest {
  readonly machineId: string
  readonly password: string
}

/** CAPI v3 swagger `POST /watchers`. */
export async function register(
  http: Http,
  { machineId, password }: RegisterRequest,
  options: CallOptions = {},
): Promise<void> {
  const body = JSON.stringify({ machine_id: machineId, password })
  await http.call({
    ...options,
    machineId,
    endpoint: 'register',
    method: 'POST',
    path: '/watchers',
    body,
    secrets: [password],
  })
}
