import { describe, expect, onTestFinished, test } from 'vitest'
import { createOps, type OpsOptions } from '../src/index.js'
import { stillClient, stillClock } from './still-client.js'

const TOKEN = 'a-token-that-nobody-guesses'
const HERE = { remoteAddress: '127.0.0.1' }
const AWAY = { remoteAddress: '198.51.100.20' }

function arrange(options: OpsOptions = {}, client = stillClient()) {
  const clock = stillClock()
  const ops = createOps(client, { clock, ...options })
  onTestFinished(() => ops.close())
  const ask = (path: string, init: RequestInit & { host?: string } = {}, peer: { remoteAddress?: string } = HERE) => {
    const headers = new Headers(init.headers)
    headers.set('host', init.host ?? '127.0.0.1:8090')
    return ops.fetch(new Request(`http://127.0.0.1:8090${path}`, { redirect: 'manual', ...init, headers }), peer)
  }
  const logIn = (token: string, peer = AWAY, headers = {}) =>
    ask('/login', { method: 'POST', body: new URLSearchParams({ token }), headers }, peer)
  const csrf = async (headers = {}, peer = HERE): Promise<string> =>
    (await told(await ask('/api/session', { headers }, peer))).csrf
  return { ask, logIn, csrf, clock }
}

/** What an answer may say. */
interface Told {
  readonly error: { readonly code: string; readonly message: string }
  readonly csrf: string
}
const told = async (answer: Response) => (await answer.json()) as Told

const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}` })

describe('without a token', () => {
  test('who connects from this host sees the page', async () => {
    const { ask } = arrange()
    const page = await ask('/')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<div id="app">')
  })

  test.each([
    ['from elsewhere', {}, AWAY],
    ['from nobody knows where', {}, {}],
    ['through a proxy on this host, which adds X-Forwarded-For', { 'x-forwarded-for': '198.51.100.20' }, HERE],
    ['through a proxy that says so by Forwarded', { forwarded: 'for=198.51.100.20' }, HERE],
    ['through a proxy that says so by Via', { via: '1.1 edge' }, HERE],
  ])('who comes %s does not', async (_, headers, peer) => {
    const { ask } = arrange()
    for (const path of ['/', '/api/now', '/metrics', '/events']) {
      const answer = await ask(path, { headers }, peer)
      expect(answer.status).toBe(403)
      expect((await told(answer)).error.code).toBe('token_needed')
    }
  })
})

describe('the Host header', () => {
  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:8090',
    '',
    'a@127.0.0.1',
  ])('is refused when it is %o: another name was pointed at this server', async (host) => {
    const { ask } = arrange()
    const answer = await ask('/api/now', { host })
    expect(answer.status).toBe(403)
    expect((await told(answer)).error.code).toBe('unknown_host')
  })

  test.each(['localhost:8090', '127.0.0.1', '[::1]:8090', '192.0.2.4:80', 'ops.example.org', 'OPS.example.org:443'])(
    'is taken when it is %s',
    async (host) => {
      const { ask } = arrange({ hosts: ['ops.example.org'] })
      expect((await ask('/api/now', { host })).status).toBe(200)
    },
  )

  test('is looked at before a token', async () => {
    const { ask } = arrange({ token: TOKEN })
    const answer = await ask('/api/now', { host: 'evil.example', headers: bearer() })
    expect((await told(answer)).error.code).toBe('unknown_host')
  })
})

describe('with a token', () => {
  test('everything but the health checks needs it, from this host too', async () => {
    const { ask } = arrange({ token: TOKEN })
    for (const path of ['/api/now', '/api/session', '/metrics', '/events', '/nothing']) {
      expect((await ask(path)).status, path).toBe(401)
      expect((await ask(path, { headers: bearer('wrong-wrong-wrong-wrong') }, { remoteAddress: path })).status).toBe(
        401,
      )
    }
    expect((await ask('/metrics', { headers: bearer() }, AWAY)).status).toBe(200)
    expect((await ask('/healthz', {}, AWAY)).status).toBe(200)
    expect(await (await ask('/ready', {}, AWAY)).json()).toEqual({ ready: true })
  })

  test('the page is the form, and the form leads to the page', async () => {
    const { ask, logIn } = arrange({ token: TOKEN })
    const form = await ask('/', {}, AWAY)
    expect(form.status).toBe(401)
    expect(await form.text()).toContain('name="token"')
    const entered = await logIn(TOKEN)
    expect(entered.status).toBe(303)
    expect(entered.headers.get('location')).toBe('/')
    const [cookie = ''] = entered.headers.getSetCookie()
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(cookie).not.toContain(TOKEN)
    const [pair = ''] = cookie.split(';')
    expect((await ask('/', { headers: { cookie: pair } }, AWAY)).status).toBe(200)
  })

  test('a cookie is for https alone where the browser came by it', async () => {
    const { logIn } = arrange({ token: TOKEN })
    const entered = await logIn(TOKEN, AWAY, { 'x-forwarded-proto': 'https' })
    expect(entered.headers.getSetCookie()[0]).toMatch(/; Secure$/)
  })

  test('a session is over after 12 hours, and one that was written by hand never began', async () => {
    const { ask, logIn, clock } = arrange({ token: TOKEN })
    const [pair = ''] = ((await logIn(TOKEN)).headers.getSetCookie()[0] ?? '').split(';')
    const see = async (cookie: string) => (await ask('/api/now', { headers: { cookie } }, AWAY)).status
    const [, until = ''] = /=(\d+)\./.exec(pair) ?? []
    expect(await see(pair.replace(until, String(Number(until) + 1)))).toBe(401)
    clock.advance(12 * 3_600_000 - 1)
    expect(await see(pair)).toBe(200)
    clock.advance(1)
    expect(await see(pair)).toBe(401)
  })

  test('a page of another site cannot sign anybody in', async () => {
    const { logIn } = arrange({ token: TOKEN })
    expect((await logIn(TOKEN, AWAY, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await logIn(TOKEN, AWAY, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  test('after 10 wrong ones in 5 minutes a network is not listened to, be the next one right', async () => {
    const { ask, logIn, clock } = arrange({ token: TOKEN })
    for (let count = 0; count < 10; count += 1) expect((await logIn(`wrong-${count}`)).status).toBe(401)
    const limited = await logIn(TOKEN)
    expect(limited.status).toBe(429)
    expect(limited.headers.get('retry-after')).toBe('300')
    expect((await ask('/metrics', { headers: bearer() }, AWAY)).status).toBe(429)
    expect((await ask('/metrics', { headers: bearer() }, HERE)).status).toBe(200)
    clock.advance(300_000)
    expect((await logIn(TOKEN)).status).toBe(303)
  })

  test('the addresses of an IPv6 network count together', async () => {
    const { logIn } = arrange({ token: TOKEN })
    for (let count = 0; count < 10; count += 1) await logIn('wrong', { remoteAddress: `2001:db8:1:2::${count + 1}` })
    expect((await logIn(TOKEN, { remoteAddress: '2001:db8:1:2:ffff::9' })).status).toBe(429)
    expect((await logIn(TOKEN, { remoteAddress: '2001:db8:1:3::1' })).status).toBe(303)
  })

  test('no answer holds it', async () => {
    const { ask } = arrange({ token: TOKEN })
    for (const path of ['/', '/api/session', '/api/now', '/api/log', '/metrics', '/nothing']) {
      const answer = await ask(path, { headers: bearer() })
      expect(JSON.stringify([...answer.headers]) + (await answer.text())).not.toContain(TOKEN)
    }
  })
})

describe('an action', () => {
  const requeue = { method: 'POST', body: '{}' }

  test('needs what only the page knows', async () => {
    const { ask, csrf } = arrange({}, stillClient({ requeueRejected: async () => 7 }))
    const post = async (headers: Record<string, string>) => {
      const answer = await ask('/api/actions/requeue', { ...requeue, headers })
      return [answer.status, await answer.json()]
    }
    const refused = [403, { error: { code: 'csrf', message: expect.any(String) } }]
    expect(await post({})).toEqual(refused)
    expect(await post({ 'x-csrf-token': 'x' })).toEqual(refused)
    const known = { 'x-csrf-token': await csrf() }
    expect(await post({ ...known, origin: 'http://evil.example' })).toEqual(refused)
    expect(await post({ ...known, 'sec-fetch-site': 'same-site' })).toEqual(refused)
    expect(await post({ ...known, origin: 'http://127.0.0.1:8090', 'sec-fetch-site': 'same-origin' })).toEqual([
      200,
      { changed: 7 },
    ])
  })

  test('is taken with the token in its header, which no page of another site can set', async () => {
    const { ask } = arrange({ token: TOKEN })
    expect((await ask('/api/actions/requeue', { ...requeue, headers: bearer() }, AWAY)).status).toBe(200)
  })

  test('is none where the page is read-only', async () => {
    const { ask, csrf } = arrange({ readOnly: true })
    for (const name of ['requeue', 'purge', 'revive']) {
      const answer = await ask(`/api/actions/${name}`, { ...requeue, headers: { 'x-csrf-token': await csrf() } })
      expect([answer.status, (await told(answer)).error.code]).toEqual([403, 'read_only'])
    }
  })

  test('is never a GET', async () => {
    const { ask } = arrange()
    expect((await ask('/api/actions/purge')).status).toBe(404)
  })

  test.each([
    ['purge', '{}', 'olderThanMs'],
    ['purge', '{"olderThanMs":-1}', 'olderThanMs'],
    ['requeue', '{"machine":"x"}', 'machine'],
    ['requeue', 'no JSON', 'object'],
    ['revive', '{"machineIds":"all"}', 'machineIds'],
  ])('%s with %s is refused, and says why', async (name, body, word) => {
    const { ask, csrf } = arrange()
    const answer = await ask(`/api/actions/${name}`, {
      method: 'POST',
      body,
      headers: { 'x-csrf-token': await csrf() },
    })
    expect(answer.status).toBe(400)
    expect((await told(answer)).error.message).toContain(word)
  })

  test('with a body that is too large is refused', async () => {
    const { ask, csrf } = arrange()
    const headers = { 'x-csrf-token': await csrf() }
    expect((await ask('/api/actions/requeue', { method: 'POST', body: 'x'.repeat(70_000), headers })).status).toBe(413)
  })
})

test('every answer forbids script and frames of others, guessing, and keeping', async () => {
  const { ask } = arrange()
  for (const path of ['/', '/api/now', '/healthz', '/metrics', '/nothing']) {
    const { headers } = await ask(path)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test.each([
  [{ token: 'short' }, 'token'],
  [{ token: 'has a blank in its middle' }, 'token'],
  [{ hosts: ['ops.example.org:8090'] }, 'hosts'],
  [{ basePath: 'ops' }, 'basePath'],
  [{ basePath: '//evil.example' }, 'basePath'],
])('the options %j are refused by name, and show no token', (options, name) => {
  expect(() => createOps(stillClient(), options)).toThrow(name)
  if ('token' in options) expect(() => createOps(stillClient(), options)).not.toThrow(options.token)
})
