import { timingSafeEqual } from 'node:crypto'
import { TrustedProxies } from '@cscapi/decisions/http'
import { isCscapiError, lazily } from '@cscapi/signals'
import * as z from 'zod'
import { hashOf } from '../bouncers/key-hash.js'
import type { Route } from '../context.js'
import { empty, json, message } from '../http/answers.js'
import { readJson, SMALL_BODY_BYTES } from '../http/limited-body.js'

const schema = lazily(() =>
  z.looseObject({
    machine_id: z.string().min(1),
    password: z.string().min(1),
    registration_token: z.string().nullish(),
  }),
)

export const register: Route = {
  path: '/v1/watchers',
  method: 'POST',
  async answer({ request, connection }, { watchers, addresses, options, attempts }) {
    if (watchers === undefined) return empty(404)
    const address = addresses.of(request, connection)
    const { success, data, error } = schema().safeParse(await readJson(request, SMALL_BODY_BYTES))
    if (!success) {
      const fields = error.issues.map(({ path }) => `${path.join('.') || 'body'} in body is required`)
      return message(422, `validation failure list:\n${fields.join('\n')}`)
    }
    const { machine_id: name, password, registration_token: token } = data
    const isAuto = token !== undefined && token !== null && token !== ''
    if (isAuto) {
      const { autoRegistration } = options
      if (attempts.isOver(address) || autoRegistration === undefined || !isSame(token, autoRegistration.token)) {
        attempts.addWrong(address)
        return json(401, { message: 'invalid token for auto registration' })
      }
      if (!isWithin(address, autoRegistration.ranges))
        return json(401, { message: 'IP not in allowed range for auto registration' })
    }
    try {
      if (await watchers.agents.register(name, password, isAuto)) return empty(isAuto ? 202 : 201)
    } catch (refusal) {
      if (!isCscapiError(refusal) || refusal.code !== 'invalid_input') throw refusal
      return message(422, `validation failure list:\n${refusal.message}`)
    }
    return message(403, `user '${name}': user already exist`)
  },
}

const isSame = (given: string, wanted: string) =>
  timingSafeEqual(Buffer.from(hashOf(given)), Buffer.from(hashOf(wanted)))

function isWithin(address: string, ranges: readonly string[]): boolean {
  const networks = new TrustedProxies()
  for (const range of ranges) networks.add(range)
  return networks.has(address)
}
