import type { MetricsRequest } from '@cscapi/signals'
import type { CallOptions, Http } from '../../transport/http.js'

export interface PushMetricsRequest {
  readonly token: string
  readonly metrics: MetricsRequest
}

/** Tells what a machine runs (CAPI v3 swagger `POST /metrics`). */
export async function pushMetrics(
  http: Http,
  { token, metrics }: PushMetricsRequest,
  options: CallOptions = {},
): Promise<void> {
  await http.call({ ...options, endpoint: 'metrics', method: 'POST', path: '/metrics', json: metrics, token })
}
