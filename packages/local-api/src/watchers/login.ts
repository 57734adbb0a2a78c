import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import type { LocalApiContext, Route } from '../context.js'
import { empty, json, Refusal, unauthorized } from '../http/answers.js'
import { readJson, SMALL_BODY_BYTES, UnreadableBody } from '../http/limited-body.js'
import { CERTIFIED } from './authenticate.js'
import type { IssuedToken } from './tokens.js'

const schema = lazily(() =>
  z.looseObject({
    machine_id: z.string().nullish(),
    password: z.string().nullish(),
    scenarios: z.array(z.string()).nullish(),
  }),
)

const WRONG = 'incorrect Username or Password'

/** Watchers never log in again on a 401, so that a right one must get through here. */
export const login: Route = {
  path: '/v1/watchers/login',
  method: 'POST',
  async answer({ request, connection }, { watchers, addresses, options, attempts }: LocalApiContext) {
    if (watchers === undefined) return empty(404)
    const { success, data } = schema().safeParse(await readLogin(request))
    if (!success) return unauthorized('missing: body is no login')
    const address = addresses.of(request, connection)
    const { certificate } = connection
    if (certificate?.units.some((unit) => options.agentUnits.includes(unit)))
      return tokenAnswer(await watchers.tokens.issue(`${certificate.name}${CERTIFIED}${address}`))
    const { machine_id: name, password } = data
    if (!name || !password)
      return unauthorized(`validation failure list:\n${name ? 'password' : 'machine_id'} in body is required`)
    if (attempts.isOver(address)) return unauthorized(WRONG)
    const result = await watchers.agents.verify(name, password)
    if (result === 'waiting') return unauthorized(`machine ${name} not validated`)
    if (result === 'wrong') {
      attempts.addWrong(address)
      return unauthorized(WRONG)
    }
    return tokenAnswer(await watchers.tokens.issue(name))
  },
}

/** Whatever is wrong with a login, clients are told 401. */
async function readLogin(request: Request): Promise<unknown> {
  try {
    return await readJson(request, SMALL_BODY_BYTES)
  } catch (error) {
    throw error instanceof UnreadableBody ? new Refusal(unauthorized(`missing: ${error.reason}`)) : error
  }
}

/** Gives a new token for one that is good. */
export const refreshToken: Route = {
  path: '/v1/refresh_token',
  method: 'GET',
  async answer({ request }, { watchers }) {
    if (watchers === undefined) return empty(404)
    return tokenAnswer(await watchers.tokens.issue(await watchers.enter(request)))
  },
}

function tokenAnswer({ token, expiresAt }: IssuedToken): Response {
  return json(200, { code: 200, expire: new Date(expiresAt).toISOString().replace('.000Z', 'Z'), token })
}
