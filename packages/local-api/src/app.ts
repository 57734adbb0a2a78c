import { Hono } from 'hono'
import { alertRoutes } from './alerts/routes.js'
import { allowlistRoutes } from './allowlists.js'
import type { LocalApiContext, Route } from './context.js'
import { health } from './health.js'
import { empty, message, Refusal } from './http/answers.js'
import { type Connection, IN_PROCESS } from './http/connection.js'
import { withoutSlash } from './http/trailing-slash.js'
import { deleteDecision, deleteDecisions } from './live/delete-route.js'
import { liveDecisions } from './live/route.js'
import { decisionsStream } from './stream/route.js'
import { usageMetrics } from './usage-metrics.js'
import { login, refreshToken } from './watchers/login.js'
import { deleteSelf, heartbeat } from './watchers/presence.js'
import { register } from './watchers/register.js'

/** The stream stands before what has an id in its place. */
const ROUTES: readonly Route[] = [
  health,
  decisionsStream,
  liveDecisions,
  deleteDecisions,
  deleteDecision,
  register,
  login,
  refreshToken,
  deleteSelf,
  heartbeat,
  ...alertRoutes,
  ...allowlistRoutes,
  usageMetrics,
]

/** The Local API as a Hono app; without a `connection`, a request comes from this process. */
export type LocalApiApp = Hono<{ Bindings: { connection?: Connection } }>

/** Puts the routes together. */
export function createApp(context: LocalApiContext): LocalApiApp {
  const app: LocalApiApp = new Hono()
  const paths = new Set(ROUTES.map((route) => route.path))
  for (const path of paths) {
    const routes = ROUTES.filter((route) => route.path === path)
    app.all(path, async (c) => {
      const isHead = c.req.method === 'HEAD'
      const route = routes.find(({ method, withHead }) => method === c.req.method || (isHead && withHead === true))
      if (route === undefined) return empty(405)
      const request = c.req.raw
      return route.answer(
        {
          request,
          connection: c.env?.connection ?? IN_PROCESS,
          query: new URL(request.url).searchParams,
          param: c.req.param('param') ?? '',
          isHead,
        },
        context,
      )
    })
  }
  app.notFound((c) => withoutSlash(c.req.raw, paths) ?? empty(404))
  app.onError((error) => {
    if (error instanceof Refusal) return error.answer
    context.options.warn('request_failed', 'A request of a bouncer or an agent failed', error)
    return isPassing(error) ? message(503, 'the store is busy; ask again') : message(500, 'internal error')
  })
  return app
}

/** A store that is busy, or a queue that is full. */
const isPassing = (error: unknown) => Reflect.get(Object(error), 'retryable') === true
