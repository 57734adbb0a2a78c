import type { Route } from '../context.js'
import { empty } from '../http/answers.js'

export const heartbeat: Route = {
  path: '/v1/heartbeat',
  method: 'GET',
  async answer({ request }, { watchers }) {
    if (watchers === undefined) return empty(404)
    await watchers.enter(request)
    return empty(200)
  },
}

/** An agent that goes for good. */
export const deleteSelf: Route = {
  path: '/v1/watchers/self',
  method: 'DELETE',
  async answer({ request }, { watchers }) {
    if (watchers === undefined) return empty(404)
    await watchers.agents.remove(await watchers.enter(request))
    return empty(204)
  },
}
