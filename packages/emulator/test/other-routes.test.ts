import { describe, expect, test } from 'vitest'
import { createEmulator } from '../src/index.js'
import { Caller, MACHINES, SIGNAL } from './caller.js'

const METRICS = { bouncers: [], machines: [{ name: 'sensor', version: '1.0', last_push: '2026-11-24T10:00:00Z' }] }

async function start(strict: boolean) {
  const emulator = createEmulator({ machines: MACHINES, strict })
  const capi = Caller.inProcess(emulator)
  return { emulator, capi, auth: await capi.authorised() }
}

describe.each([{ strict: false }, { strict: true }])('calls that are filed away (strict: $strict)', ({ strict }) => {
  test.each([
    ['/metrics', METRICS, { code: 200, message: 'metrics updated successfully' }],
    ['/metrics/', METRICS, { code: 200, message: 'metrics updated successfully' }],
    ['/usage-metrics', { lapi: {}, log_processors: [], remediation_components: [] }, { message: 'OK' }],
    ['/decisions/delete', ['0192f5a0-0000-7000-8000-000000000001'], { message: 'OK' }],
    ['/decisions/sync', [SIGNAL], { message: 'OK' }],
  ])('POST %s is acknowledged', async (path, body, json) => {
    const { capi, auth } = await start(strict)
    expect(await capi.post(path, body, auth)).toMatchObject({ status: 200, json })
  })

  test.each(['/metrics', '/usage-metrics', '/decisions/delete', '/decisions/sync', '/signals', '/watchers/enroll'])(
    'POST %s without a token is answered 401',
    async (path) => {
      const { capi } = await start(strict)
      expect(await capi.post(path, [])).toMatchObject({ status: 401, json: { message: 'Unauthorized' } })
    },
  )

  test('a body that breaks the model is 400 in strict mode and 200 otherwise', async () => {
    const { capi, auth } = await start(strict)
    for (const [path, body] of [
      ['/metrics', {}],
      ['/decisions/delete', [1]],
      ['/decisions/sync', [{}]],
    ] as const) {
      expect(await capi.post(path, body, auth)).toMatchObject({ status: strict ? 400 : 200 })
    }
  })
})

describe('paths', () => {
  test.each(['/signals', '/signals/'])(
    '%s is served with and without a slash at its end, without a redirect',
    async (path) => {
      const { emulator, capi, auth } = await start(false)
      expect(await capi.post(path, [SIGNAL], { ...auth, redirect: 'error' })).toMatchObject({ status: 200 })
      expect(emulator.record.last()).toMatchObject({ route: 'signals', path: `/v3${path}` })
    },
  )

  test.each(['/decisions/stream', '/watchers/reset'])('OPTIONS %s is answered with CORS headers', async (path) => {
    const { capi } = await start(false)
    const { status, headers } = await capi.get(path, { method: 'OPTIONS' })
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-methods')).toContain('POST')
    expect(headers.get('access-control-allow-headers')).toContain('Authorization')
  })

  test('what CAPI does not have is 404', async () => {
    const { emulator, capi, auth } = await start(false)
    for (const path of ['/heartbeat', '/signals/1', '/blocklists/none']) {
      expect(await capi.get(path, auth)).toMatchObject({ status: 404 })
    }
    expect(await capi.get('/signals', auth)).toMatchObject({ status: 404 })
    expect(emulator.record.count({ route: 'unknown' })).toBe(4)
  })

  test('a base URL without /v3 is answered with a hint', async () => {
    const { emulator } = await start(false)
    const lost = await emulator.fetch('https://capi.example.com/signals', { method: 'POST', body: '[]' })
    expect([lost.status, await lost.json()]).toEqual([
      404,
      { message: 'Not Found: the emulator serves what is below /v3' },
    ])
  })
})
