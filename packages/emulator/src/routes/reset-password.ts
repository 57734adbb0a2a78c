import { jsonAnswer, OK } from '../requests/answer.js'
import { parseModel } from '../requests/parse-model.js'
import { requestModels } from '../requests/request-models.js'
import type { Route } from './call.js'

/**
 * No client calls it, and what stops a stranger from resetting is unknown: this does what the
 * swagger says and no more.
 */
export const resetPassword: Route = {
  name: 'reset-password',
  method: 'POST',
  path: '/v3/watchers/reset',
  authorised: false,
  answer({ body }, { machines }) {
    const { data, refusal } = parseModel(requestModels['reset-password'], body)
    if (refusal) return refusal
    if (!machines.get(data.machine_id)) return jsonAnswer(404, { message: 'Not Found' })
    machines.register(data.machine_id, data.password)
    return OK
  },
}
