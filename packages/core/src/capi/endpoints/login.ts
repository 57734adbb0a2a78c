import { loginResponseSchema } from '@cscapi/signals'
import { tokenLifetimeMs } from '../../machines/token-claims.js'
import { tokenFlaw } from '../../machines/token-flaw.js'
import type { CallOptions, Http } from '../../transport/http.js'

/** What a login sends (CAPI v3 swagger `LoginRequest`). */
export interface LoginRequest {
  /** Who logs in. */
  readonly machineId: string
  /** The machine's password. A secret. */
  readonly password: string
  /** What the machine detects; CAPI tailors the blocklist to it. */
  readonly scenarios: readonly string[]
}

/** What a login gives (CAPI v3 swagger `LoginResponse`). */
export interface Login {
  /** A secret. */
  readonly token: string
  /** `exp − iat` of the token, in milliseconds; `undefined` when it does not say. */
  readonly lifetimeMs: number | undefined
}

/** Logs a machine in (CAPI v3 swagger `POST /watchers/login`). */
export async function login(http: Http, request: LoginRequest, options: CallOptions = {}): Promise<Login> {
  const { machineId, password, scenarios } = request
  const body = JSON.stringify({ machine_id: machineId, password, scenarios })
  const call = { endpoint: 'login', method: 'POST', path: '/watchers/login', body, secrets: [password] } as const
  const answer = await http.call({ ...options, ...call, machineId })
  const parsed = loginResponseSchema.safeParse(answer.json)
  if (!parsed.success)
    throw answer.unusable('was answered without a token that can be read: check the base URL, and proxies in between')
  const { token } = parsed.data
  const flaw = tokenFlaw(token)
  if (flaw !== undefined) throw answer.unusable(`was answered with a token that ${flaw}; it was not stored`)
  return { token, lifetimeMs: tokenLifetimeMs(token) }
}
