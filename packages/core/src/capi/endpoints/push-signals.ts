import type { CallOptions, Http } from '../../transport/http.js'

/** What a POST of signals sends (CAPI v3 swagger `/signals`). */
export interface PushSignalsRequest {
  /** The token of the machine whose signals these are. A secret. */
  readonly token: string
  /** Each the JSON text of one signal, as the store has it. */
  readonly payloads: readonly string[]
}

/** Sends signals of one machine (CAPI v3 swagger `POST /signals`). */
export async function pushSignals(
  http: Http,
  { token, payloads }: PushSignalsRequest,
  options: CallOptions = {},
): Promise<void> {
  const body = `[${payloads.join(',')}]`
  await http.call({ ...options, endpoint: 'signals', method: 'POST', path: '/signals', body, token })
}
