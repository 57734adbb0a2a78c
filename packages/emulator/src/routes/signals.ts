import { invalidBody, OK } from '../requests/answer.js'
import { parseModel, wrongType } from '../requests/parse-model.js'
import { requestModels } from '../requests/request-models.js'
import type { Route } from './call.js'

export const signals: Route = {
  name: 'signals',
  method: 'POST',
  path: '/v3/signals',
  authorised: true,
  answer({ body, machineId }, { options, signals, now }) {
    if (!Array.isArray(body)) return invalidBody([{ pointer: '', rule: wrongType(body, ['array']) }])
    if (options.strict) {
      const { refusal } = parseModel(requestModels.signals, body)
      if (refusal) return refusal
    }
    signals.add(machineId, body, now())
    return OK
  },
}
