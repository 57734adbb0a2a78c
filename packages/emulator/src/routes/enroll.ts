import * as z from 'zod'
import { type Answer, BAD_ATTACHMENT_KEY, jsonAnswer } from '../requests/answer.js'
import { parseModel } from '../requests/parse-model.js'
import { requestModels } from '../requests/request-models.js'
import type { ServerState } from '../server-state.js'
import type { Route } from './call.js'

/**
 * What the Go engine's `console enroll --quick` sends (docs/capi-protocol.md, Enrolment): no key;
 * not part of the swagger.
 */
const autoEnrollSchema = z.object({ autoenroll: z.literal(true), attachment_key: z.undefined().optional() })

const lenientSchema = requestModels.enroll.extend({ attachment_key: z.string() })

export const enroll: Route = {
  name: 'enroll',
  method: 'POST',
  path: '/v3/watchers/enroll',
  authorised: true,
  answer({ body, machineId }, state) {
    if (!state.options.strict && autoEnrollSchema.safeParse(body).success) return autoEnroll(state)
    const { data, refusal } = parseModel(state.options.strict ? requestModels.enroll : lenientSchema, body)
    if (refusal) return refusal
    const { attachment_key: attachmentKey, name, tags = [], overwrite = false } = data
    const { attachmentKeys, refusedKeyMessage, enrollStatus = 202 } = state.options
    const valid = attachmentKeys ? attachmentKeys.includes(attachmentKey) : /^[a-zA-Z0-9]+$/.test(attachmentKey)
    if (!valid)
      return refusedKeyMessage === undefined ? BAD_ATTACHMENT_KEY : jsonAnswer(403, { message: refusedKeyMessage })
    if (state.machines.get(machineId)?.enrolment && !overwrite) {
      return jsonAnswer(200, { message: 'the security engine is already enrolled' })
    }
    state.machines.enroll(machineId, { attachmentKey, name, tags })
    return jsonAnswer(enrollStatus, { message: 'OK' })
  },
}

function autoEnroll({ now }: ServerState): Answer {
  return jsonAnswer(200, { url: 'https://app.example.com/enroll', expire_at: now() + 600_000 })
}
