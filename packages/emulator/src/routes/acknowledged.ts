import { type Answer, jsonAnswer, OK } from '../requests/answer.js'
import { parseModel } from '../requests/parse-model.js'
import { requestModels } from '../requests/request-models.js'
import type { Call, Route } from './call.js'

const METRICS_OK = jsonAnswer(200, { code: 200, message: 'metrics updated successfully' })

type Acknowledged = 'metrics' | 'usage-metrics' | 'decisions-delete' | 'decisions-sync'

function acknowledged(name: Acknowledged, path: string, answer: Answer): Route {
  // usage-metrics is not in the swagger: nothing is asked of its body.
  const model = name === 'usage-metrics' ? undefined : requestModels[name]
  return {
    name,
    method: 'POST',
    path,
    authorised: true,
    answer({ body }: Call, { options }) {
      if (!options.strict || model === undefined) return answer
      return parseModel(model, body).refusal ?? answer
    },
  }
}

/** Calls that the server takes and files away. */
export const acknowledgedRoutes: readonly Route[] = [
  acknowledged('metrics', '/v3/metrics', METRICS_OK),
  acknowledged('usage-metrics', '/v3/usage-metrics', OK),
  acknowledged('decisions-delete', '/v3/decisions/delete', OK),
  acknowledged('decisions-sync', '/v3/decisions/sync', OK),
]
