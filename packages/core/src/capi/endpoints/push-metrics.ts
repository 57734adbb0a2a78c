import type { MetricsRequest } from '@cscapi/signals'
import type { CallOptions, Http } from '../../transport/http.js'

/** What a metrics call sends (CAPI v3 swagger `/metrics`). */
export interface PushMetricsRequest {
  /** The token of the machine that reports. A secret. */
  readonly token: string
  /** The body, as it goes on the wire. */
  readonly metrics: MetricsRequest
}

/** Tells what a machine runs (CAPI v3 swagger `POST /metrics`). */
export async function pushMetrics(
  http: Http,
  { token, metrics }: PushMetricsRequest,
  options: CallOptions = {},
): Promise<void> {
  const body = JSON.stringify(metrics)
  await http.call({ ...options, endpoint: 'metrics', method: 'POST', path: '/metrics', body, token })
}
