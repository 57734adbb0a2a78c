import { BAD_CREDENTIALS, jsonAnswer, MACHINE_BLOCKED } from '../requests/answer.js'
import { parseModel } from '../requests/parse-model.js'
import { requestModels } from '../requests/request-models.js'
import type { Route } from './call.js'

export const login: Route = {
  name: 'login',
  method: 'POST',
  path: '/v3/watchers/login',
  authorised: false,
  answer({ body }, { options, machines, tokens }) {
    const anyLength = options.requireMachineIdLength === false && !options.strict
    const { data, refusal } = parseModel(requestModels[anyLength ? 'login-any-length' : 'login'], body)
    if (refusal) return refusal
    const { machine_id: machineId, password, scenarios = [] } = data
    if (options.blockedMachines?.includes(machineId)) return MACHINE_BLOCKED
    if (options.acceptUnknownMachines && !machines.get(machineId)) machines.register(machineId, password)
    if (!machines.login(machineId, password, scenarios)) return BAD_CREDENTIALS
    const enrolled = options.enrolmentClaims && machines.get(machineId)?.enrolment !== undefined
    const claims = enrolled ? { organization_id: 'emulated-organization', subscription_type: 'COMMUNITY' } : {}
    const { token, expire } = tokens.issue(machineId, claims)
    return jsonAnswer(200, { code: 200, expire, token })
  },
}
