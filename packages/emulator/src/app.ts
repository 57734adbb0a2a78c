import { Hono } from 'hono'
import type { Connection } from './connections/connection.js'
import { jsonAnswer } from './requests/answer.js'
import { exchange } from './requests/exchange.js'
import { acknowledgedRoutes } from './routes/acknowledged.js'
import type { Route } from './routes/call.js'
import { allowlist, blocklist, decisionsStream, preflights } from './routes/decisions.js'
import { enroll } from './routes/enroll.js'
import { login } from './routes/login.js'
import { register } from './routes/register.js'
import { resetPassword } from './routes/reset-password.js'
import { signals } from './routes/signals.js'
import type { ServerState } from './server-state.js'

const ROUTES: readonly Route[] = [
  register,
  login,
  resetPassword,
  enroll,
  signals,
  decisionsStream,
  ...acknowledgedRoutes,
  ...preflights,
  blocklist,
  allowlist,
]

const unknown: Route = {
  name: 'unknown',
  method: 'GET',
  path: '*',
  authorised: false,
  answer: ({ url }) => {
    const message = /\/v3(\/|$)/.test(url.pathname) ? 'Not Found' : 'Not Found: the emulator serves what is below /v3'
    return jsonAnswer(404, { message })
  },
}

export type EmulatorApp = Hono<{ Bindings: { connection: Connection } }>

/** Makes the server as a Hono app; what it is called with says how its answers leave. */
export function createApp(state: ServerState): EmulatorApp {
  const app: EmulatorApp = new Hono({ getPath: ({ url }) => servedPath(url) })
  for (const route of ROUTES) {
    app.on(route.method, route.path, (c) =>
      exchange(c.req.raw, c.env.connection, route, c.req.param('token') ?? '', state),
    )
  }
  app.all('*', (c) => exchange(c.req.raw, c.env.connection, unknown, '', state))
  // A lost connection is thrown in process; Hono must not turn it into an answer.
  app.onError((error) => {
    throw error
  })
  return app
}

/**
 * Gives the path from `/v3` (or a link's folder) on, whatever is before it, and without a slash at
 * its end: `/metrics/` is what the Go engine posts to.
 */
function servedPath(url: string): string {
  const { pathname } = new URL(url)
  const served = /\/(?:v3|blocklists|allowlists)(?:\/.*)?$/.exec(pathname)?.[0] ?? pathname
  return served.length > 1 && served.endsWith('/') ? served.slice(0, -1) : served
}
