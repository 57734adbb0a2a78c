import { ALREADY_REGISTERED, invalidBody, OK } from '../requests/answer.js'
import { parseModel } from '../requests/parse-model.js'
import { requestModels } from '../requests/request-models.js'
import type { Route } from './call.js'

const STATUS = { 'error-500': 500, 'conflict-409': 409, 'forbidden-403': 403 } as const

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
    if (machines.get(machineId))
      return { ...ALREADY_REGISTERED, status: STATUS[options.existingMachine ?? 'error-500'] }
    machines.register(machineId, password)
    return OK
  },
}
