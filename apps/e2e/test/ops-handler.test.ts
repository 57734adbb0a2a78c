import { createOps, type OpsOptions } from '@cscapi/ops'
import { describe, expect, onTestFinished, test } from 'vitest'
import { arrangeFleet, sensor } from './ops/fleet.js'
import { OpsClock } from './ops/ops-clock.js'

const HERE = { remoteAddress: '127.0.0.1' }

interface Now {
  readonly rates: { readonly in: number; readonly sent: number; readonly rejected: number }
  readonly queue: { readonly pending: number; readonly oldestAt: number | null }
  readonly store: { readonly answers: boolean; readonly message: string | null }
  readonly pause: { readonly reason: string; readonly until: number } | null
}

function arrange(options: OpsOptions = {}) {
  const clock = new OpsClock(Date.parse('2026-03-01T00:00:00Z'))
  const fleet = arrangeFleet(clock)
  const ops = createOps(fleet.client, { clock, ...options })
  onTestFinished(async () => {
    ops.close()
    await fleet.client.close()
  })
  const answer = (path: string) =>
    ops.fetch(new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }), HERE)
  const ask = async <T>(path: string) => (await (await answer(path)).json()) as T
  return { ...fleet, clock, ops, answer, ask }
}

test('nothing that is asked of it costs a login or a call to CAPI', async () => {
  const { answer, add, emulator } = arrange()
  await add(1, 5)
  const paths = [
    '/',
    '/healthz',
    '/ready',
    '/metrics',
    '/api/now',
    '/api/machines',
    '/api/blocklist',
    '/api/check?address=192.0.2.1',
  ]
  for (const path of [...paths, '/api/pending', '/api/dead-letters', '/api/log', '/api/series?range=7d', '/events']) {
    const { status, body } = await answer(path)
    expect([200, 503], path).toContain(status)
    await body?.cancel()
  }
  expect(emulator.record.count()).toBe(0)
})

describe('/ready', () => {
  test('is 503 until the scheduler runs, and again once it was stopped', async () => {
    const { answer, client } = arrange()
    const before = await answer('/ready')
    expect(before.status).toBe(503)
    expect(await before.json()).toMatchObject({ ready: false, checks: { store: 'ok', scheduler: /not called/ } })
    await client.start()
    expect((await answer('/ready')).status).toBe(503)
  })

  test('asks for no scheduler where none is expected', async () => {
    const { ask } = arrange({ expectScheduler: false })
    expect(await ask('/ready')).toEqual({ ready: true, checks: { store: 'ok', scheduler: 'ok' } })
  })

  test('is 503 when the store does not answer, and /healthz is not', async () => {
    const { answer, ask, client, clock } = arrange({ expectScheduler: false })
    await client.close()
    await clock.advance(10_000)
    expect((await answer('/ready')).status).toBe(503)
    expect((await ask<Now>('/api/now')).store).toEqual({
      answers: false,
      hasAnswered: false,
      message: expect.stringContaining('closed'),
    })
    expect((await answer('/healthz')).status).toBe(200)
    expect(await (await answer('/metrics')).text()).toContain('\ncscapi_store_up 0\n')
  })
})

describe('what happens now', () => {
  test('counts what came, left and was rejected in the last minute, whichever process did it', async () => {
    const { add, client, clock, ask, emulator } = arrange()
    await clock.advance(60_000)
    await add(1, 6)
    await add(2, 4)
    emulator.faults.inject({ route: 'signals', status: 400, machineId: sensor(2), times: Number.POSITIVE_INFINITY })
    await client.sendSignals()
    await clock.advance(10_000)
    expect((await ask<Now>('/api/now')).rates).toEqual({ in: 10, sent: 6, rejected: 4 })
    await clock.advance(70_000)
    expect((await ask<Now>('/api/now')).rates).toEqual({ in: 0, sent: 0, rejected: 0 })
  })

  test('says until when everybody waits, and since when the oldest signal does', async () => {
    const { add, client, clock, ask, emulator } = arrange()
    const addedAt = clock.now()
    await add(1, 1)
    emulator.faults.inject({ route: 'signals', status: 429, retryAfter: 600 })
    await client.sendSignals()
    await clock.advance(30_000)
    const { queue, pause } = await ask<Now>('/api/now')
    expect(queue).toMatchObject({ pending: 1, oldestAt: addedAt })
    expect(pause).toMatchObject({ reason: 'rate_limited', until: addedAt + 600_000 })
  })
})

describe('a curve', () => {
  interface Curve {
    readonly at: readonly number[]
    readonly in: readonly (number | null)[]
    readonly pending: readonly (number | null)[]
  }

  test('of 2 hours has a point each 10 seconds, and forgets what is older', async () => {
    const { add, clock, ask } = arrange()
    await clock.advance(10_000)
    await add(1, 3)
    await clock.advance(10_000)
    const { in: came, pending } = await ask<Curve>('/api/series')
    expect([came.at(-1), pending.at(-1)]).toEqual([18, 3])
    await clock.advance(7_300_000)
    const { at } = await ask<Curve>('/api/series')
    expect(at).toHaveLength(720)
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThanOrEqual(7_300_000)
  })

  test('of 7 days has a point each 10 minutes', async () => {
    const { add, clock, ask } = arrange()
    await clock.advance(600_000)
    await add(1, 20)
    await clock.advance(600_000)
    expect((await ask<Curve>('/api/series?range=7d')).in.at(-1)).toBe(2)
  })
})

describe('machines', () => {
  interface Machines {
    readonly machines: readonly { readonly machineId: string; readonly state: string; readonly advice: string | null }[]
    readonly next: string | null
    readonly looked: number
  }

  test('are found by a part of their id and by their state, page by page', async () => {
    const { add, client, ask } = arrange()
    for (let number = 1; number <= 9; number += 1) await add(number, 1)
    await client.sendSignals()
    const all = Array.from({ length: 9 }, (_, index) => sensor(index + 1)).sort()
    const ids = ({ machines }: Machines) => machines.map(({ machineId }) => machineId)
    const first = await ask<Machines>('/api/machines?limit=4')
    const second = await ask<Machines>(`/api/machines?limit=4&after=${first.next}`)
    const third = await ask<Machines>(`/api/machines?limit=4&after=${second.next}`)
    expect([first, second, third].flatMap(ids)).toEqual(all)
    expect(third.next).toBeNull()
    const wanted = all[5] ?? ''
    expect(ids(await ask<Machines>(`/api/machines?search=${wanted.slice(8, 30).toUpperCase()}`))).toEqual([wanted])
    const failing = await ask<Machines>('/api/machines?state=failing')
    expect(ids(failing)).toEqual([sensor(4)])
    expect(failing.machines[0]?.advice).toContain('console')
    expect(ids(await ask<Machines>('/api/machines?state=ready'))).toHaveLength(8)
  })

  test('show neither a password nor a token', async () => {
    const { add, client, answer } = arrange()
    await add(1, 1)
    await client.sendSignals()
    const text = await (await answer('/api/machines')).text()
    expect(text).not.toMatch(/password|eyJ|value/)
  })

  test.each(['limit=0', 'limit=x', 'state=odd', 'sort=id'])('are refused with %s, by name', async (query) => {
    const { answer } = arrange()
    const refused = await answer(`/api/machines?${query}`)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain(query.split('=')[0])
  })
})

describe('events', () => {
  test('tell of the time alone while nothing happens, and of all that does', async () => {
    const { add, client, clock, answer } = arrange()
    const reader = (await answer('/events')).body?.getReader()
    const next = async () => {
      const { value } = (await reader?.read()) ?? {}
      return [...new TextDecoder().decode(value).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)
    }
    expect(await next()).toEqual(['now'])
    await clock.advance(2_000)
    await next()
    await clock.advance(2_000)
    expect(await next()).toEqual(['beat'])
    await add(1, 1)
    await client.sendSignals()
    await clock.advance(2_000)
    expect(await next()).toEqual(['now', 'log'])
    await reader?.cancel()
  })

  test('end for a page that takes none of them', async () => {
    const { clock, answer } = arrange()
    const { body } = await answer('/events')
    await clock.advance(2_000 * 40)
    const text = await new Response(body).text()
    expect(text.match(/^event: (now|beat)$/gm)).toHaveLength(32)
  })
})
