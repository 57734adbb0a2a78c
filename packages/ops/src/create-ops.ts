import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@cscapi/client'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { COOKIE, Gate } from './access/gate.js'
import type { PeerInfo } from './access/peer.js'
import { failed, refused, thrown } from './answers/error-answer.js'
import { SAFE_HEADERS } from './answers/headers.js'
import { loginPage } from './answers/login-page.js'
import { html, script, style, styleUrl } from './answers/page.js'
import { addApi } from './api/routes.js'
import { metricsText } from './health/metrics.js'
import { type ReadyAnswer, readinessOf } from './health/readiness.js'
import { Monitor } from './live/monitor.js'
import { Viewers } from './live/viewers.js'
import { nodeListener } from './node-listener.js'
import type { OpsEnv } from './ops-env.js'
import { type OpsClient, type OpsOptions, readOpsOptions } from './options.js'

/** Health, metrics, the JSON API and the page of one client. */
export interface Ops {
  /**
   * Answers a request whose URL is as the browser has it, `basePath` included. `peer` says where it
   * comes from: pass on `c.env` of Hono on Node.js, or `{ remoteAddress }`.
   */
  fetch(request: Request, peer?: PeerInfo): Promise<Response>
  /** The same for `node:http`, as Express and others take it. */
  node(request: IncomingMessage, response: ServerResponse): void
  /** Ends every open page, and looks at the client no more. The client stays as it is. */
  close(): void
}

const clockOfHost: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { ref: false, ...(signal !== undefined && { signal }) }),
}

const MAX_BODY_BYTES = 65_536

/**
 * Makes a handler that shows a client at work, for people and for machines. It asks CAPI nothing.
 *
 * @throws InputError that lists every option that is wrong
 * @example
 * ```ts
 * const ops = createOps(client)
 * createServer(ops.node).listen(8090, '127.0.0.1')
 * ```
 */
export function createOps(client: OpsClient, options: OpsOptions = {}): Ops {
  const settings = readOpsOptions(options)
  const clock = settings.clock ?? clockOfHost
  const now = () => clock.now()
  const gate = new Gate(settings, now)
  const viewers = new Viewers(now)
  const monitor = new Monitor(client, clock, {
    isWatched: () => viewers.count > 0,
    onLook: (look) => viewers.tell(look),
  })
  const root = settings.basePath.replace(/\/$/, '')
  const app = new Hono<OpsEnv>({ getPath: ({ url }) => pathBelow(root, url) })

  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) c.header(name, value)
    await next()
  })
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => failed(c, 413, 'too_large', 'The body is too large.') }))

  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/ready', async (c) => {
    const { ready, checks } = readinessOf(await monitor.now(), settings.expectScheduler)
    const isKnown = gate.admit(c.req.raw.headers, c.env).kind === 'admitted'
    return c.json({ ready, ...(isKnown && { checks }) } satisfies ReadyAnswer, ready ? 200 : 503)
  })
  app.get('/app.js', (c) => script.answer(c))
  app.get('/app.css', (c) => style.answer(c))

  const cookie = (
    c: { req: { url: string; header(name: string): string | undefined } },
    value: string,
    seconds: number,
  ) => {
    const isTls = new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https'
    const secure = isTls ? '; Secure' : ''
    return `${COOKIE}=${value}; Path=${root}/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
  }
  app.get('/login', (c) => c.redirect(`${root}/`, 303))
  app.post('/login', async (c) => {
    const { headers } = c.req.raw
    const stranger = gate.checkHost(headers) ?? gate.checkOrigin(headers)
    if (stranger !== undefined) return refused(c, stranger)
    const { token } = await c.req.parseBody()
    const wrong = gate.tryToken(typeof token === 'string' ? token : '', c.env)
    if (wrong === undefined) {
      const { value, maxAgeSeconds } = gate.secrets.newSession(now())
      c.header('set-cookie', cookie(c, value, maxAgeSeconds))
      return c.redirect(`${root}/`, 303)
    }
    if (wrong.retryAfterMs !== undefined) c.header('retry-after', String(Math.ceil(wrong.retryAfterMs / 1_000)))
    return c.html(loginPage(wrong.message, styleUrl), wrong.status)
  })

  app.use(async (c, next) => {
    const { headers } = c.req.raw
    const admission = gate.admit(headers, c.env)
    if (admission.kind === 'refused') {
      const wantsForm = c.req.path === `${root}/` && admission.code === 'token_needed' && admission.status === 401
      return wantsForm ? c.html(loginPage('', styleUrl), 401) : refused(c, admission)
    }
    const isChange = c.req.method !== 'GET' && c.req.method !== 'HEAD'
    const forged = isChange ? gate.checkChange(headers, admission) : undefined
    if (forged !== undefined) return refused(c, forged)
    c.set('admission', admission)
    return next()
  })

  app.get('/', (c) => (new URL(c.req.url).pathname.endsWith('/') ? c.html(html) : c.redirect(`${root}/`, 308)))
  app.get('/metrics', async (c) => {
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    return c.body(await metricsText(client, viewers.count))
  })
  app.get('/events', async (c) => {
    const stream = viewers.add(c.get('admission').until, await monitor.now())
    if (stream === undefined) return failed(c, 503, 'too_many_viewers', 'Too many pages are open.')
    c.header('content-type', 'text/event-stream; charset=utf-8')
    // nginx holds a stream back otherwise.
    c.header('x-accel-buffering', 'no')
    return c.body(stream)
  })
  app.post('/logout', (c) => {
    c.header('set-cookie', cookie(c, '', 0))
    return c.body(null, 204)
  })
  addApi(app, { client, options: settings, gate, monitor, now })
  app.notFound((c) => failed(c, 404, 'not_found', 'There is nothing here.'))
  app.onError((error, c) => thrown(c, error))

  const fetch = async (request: Request, peer: PeerInfo = {}) => app.fetch(request, peer)
  return {
    fetch,
    node: nodeListener(fetch),
    close: () => {
      monitor.close()
      viewers.close()
    },
  }
}

/** The path as the routes know it: what lies outside of `root` leads nowhere. */
function pathBelow(root: string, url: string): string {
  const { pathname } = new URL(url)
  if (pathname === root) return '/'
  return pathname.startsWith(`${root}/`) ? pathname.slice(root.length) : '/outside'
}
