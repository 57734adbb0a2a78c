import { ALREADY_REGISTERED, invalidBody, jsonAnswer, OK } from '../answer.js'
import { parseModel } from '../parse-model.js'
import { requestModels } from '../request-models.js'
import type { Route } from './call.js'

export const register: Route = {
  name: 'register',
  method: 'POST',
  path: '/v3/watchers',
  authorised: false,
  answer({ body }, { options, machines }) {
    const { data, refusal } = parseModel(requestModels.register, body)
    if (refusal) return refusal
    const { machine_id: machineId, password } = data
    const minimum = options.minPasswordLength ?? 8
    if (password.length < minimum) {
      const rule = `string is too short (length: ${password.length}, required minimum: ${minimum})`
      return invalidBody([{ pointer: '/password', rule }])
    }
    if (machines.get(machineId)) {
      return jsonAnswer(options.existingMachine === 'conflict-409' ? 409 : 500, { message: ALREADY_REGISTERED })
    }
    machines.register(machineId, password)
    return OK
  },
}
