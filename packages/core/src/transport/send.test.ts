import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { everyCall, KEY, PASSWORD, TOKEN } from '../../test/every-call.js'
import { createCapi } from '../capi/capi.js'

const BASE_URL = 'http://127.0.0.1:8088/v3'

interface Seen {
  readonly url: unknown
  readonly init: RequestInit
}

/** CAPI, and what a `fetch` of the user's is given by each of its calls. */
function arrange(options: { gzip?: boolean; answer?: () => Response } = {}) {
  const seen: Seen[] = []
  const { answer = () => new Response('{"token":"t","message":"OK"}'), ...others } = options
  const capi = createCapi({
    environment: { baseUrl: BASE_URL },
    ...others,
    fetch: async (url, init = {}) => {
      seen.push({ url, init })
      return answer()
    },
  })
  return { capi, calls: everyCall(capi), seen }
}

test('each call gives a fetch a URL and options, never a Request that it may not know', async () => {
  const { calls, seen } = arrange()
  for (const call of calls) await call()
  expect(seen.map(({ url, init }) => [init.method, url, init.body])).toEqual([
    ['POST', `${BASE_URL}/watchers`, `{"machine_id":"m","password":"${PASSWORD}"}`],
    ['POST', `${BASE_URL}/watchers/login`, `{"machine_id":"m","password":"${PASSWORD}","scenarios":[]}`],
    ['POST', `${BASE_URL}/signals`, '[{}]'],
    ['GET', `${BASE_URL}/decisions/stream`, undefined],
    ['POST', `${BASE_URL}/watchers/enroll`, `{"attachment_key":"${KEY}"}`],
    ['POST', `${BASE_URL}/metrics`, '{"bouncers":[],"machines":[]}'],
  ])
})

test('a pull says in its URL what differs from the default', async () => {
  const { capi, seen } = arrange()
  await capi.pullDecisions({ token: TOKEN, communityPull: false, additionalPull: false, startup: true })
  expect(seen[0]?.url).toBe(`${BASE_URL}/decisions/stream?community_pull=false&additional_pull=false&startup=true`)
})

test('each call says what it is, what it takes and who it is for, and follows no redirect', async () => {
  const { calls, seen } = arrange()
  for (const call of calls) await call()
  for (const { init } of seen) {
    const headers = new Headers(init.headers)
    expect(headers.get('accept')).toBe('application/json')
    expect(headers.get('user-agent')).toMatch(/^cscapi-ts\/\d/)
    expect(headers.get('content-type')).toBe(init.body === undefined ? null : 'application/json')
    expect(init.redirect).toBe('manual')
  }
  const authorization = seen.map(({ init }) => new Headers(init.headers).get('authorization'))
  expect(authorization).toEqual([null, null, ...Array(4).fill(`Bearer ${TOKEN}`)])
})

test('a body over 5 KiB is compressed where the option says so, of whichever call', async () => {
  const scenarios = Array.from({ length: 400 }, (_, index) => `acme/scenario-${index}`)
  const { capi, seen } = arrange({ gzip: true })
  await capi.login({ machineId: 'm', password: 'p', scenarios })
  await capi.pushSignals({ token: TOKEN, payloads: [JSON.stringify('é'.repeat(2_600))] })
  await capi.pushSignals({ token: TOKEN, payloads: [JSON.stringify('x'.repeat(5_000))] })
  const [login, long, short] = seen.map(({ init }) => init)
  const unzipped = (init: RequestInit | undefined) => JSON.parse(gunzipSync(init?.body as Uint8Array).toString())
  expect(unzipped(login)).toEqual({ machine_id: 'm', password: 'p', scenarios })
  expect(unzipped(long)).toEqual(['é'.repeat(2_600)])
  for (const init of [login, long]) expect(new Headers(init?.headers).get('content-encoding')).toBe('gzip')
  expect(short?.body).toBe(JSON.stringify(['x'.repeat(5_000)]))
  expect(new Headers(short?.headers).has('content-encoding')).toBe(false)
})

test('an abort ends the request itself while its answer is read, of whichever call', async () => {
  const { capi, seen } = arrange({
    answer: () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
  })
  const calls: readonly ((options: { signal: AbortSignal }) => Promise<unknown>)[] = [
    (options) => capi.login({ machineId: 'm', password: 'p', scenarios: [] }, options),
    (options) => capi.pushSignals({ token: TOKEN, payloads: [] }, options),
    (options) => capi.pullDecisions({ token: TOKEN }, options),
  ]
  for (const [index, call] of calls.entries()) {
    const stop = new AbortController()
    const failure = expect(call({ signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' })
    await expect.poll(() => seen.length).toBe(index + 1)
    expect(seen[index]?.init.signal?.aborted).toBe(false)
    stop.abort()
    await failure
    expect(seen[index]?.init.signal?.aborted).toBe(true)
  }
})
