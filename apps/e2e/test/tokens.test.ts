import { createEmulator } from '@cscapi/emulator'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, sendAll, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }
const JSON_HEADERS = { 'content-type': 'application/json' }

const UNUSABLE = {
  'a line feed': 'one\ntwo',
  'a carriage return': 'one\rtwo',
  'a NUL': 'one\0two',
  'a blank': 'one two',
  'text beyond Latin-1': 'token€',
  'an emoji': '😀',
  'a lone surrogate': '\ud800',
  '17 KiB': 'x'.repeat(17 * 1_024),
}

/** No store takes U+0000 or a lone surrogate, in any text. */
const STORABLE = Object.entries({ ...UNUSABLE, nothing: '' }).filter(
  ([, token]) => token.isWellFormed() && !token.includes('\0'),
)

describe('a token that no request can carry', () => {
  test.each(Object.entries(UNUSABLE))('with %s is not stored, and the next login is a good one', async (_, token) => {
    const { client, emulator, storage, advance } = arrange()
    await client.addSignals(signalsOf(machine(), 2))
    emulator.faults.inject({ route: 'login', status: 200, body: { token }, headers: JSON_HEADERS })
    const report = await client.sendSignals()
    expect(report).toMatchObject({ sent: 0, postponed: 2, failing: 0, problems: [{ code: 'unexpected_response' }] })
    expect(report.problems[0]?.message).toMatch(
      /^POST \/watchers\/login on 127\.0\.0\.1:8088 was answered with a token that/,
    )
    expect(report.problems[0]?.message).not.toContain(token)
    expect((await storage.getMachine(machine()))?.token).toBeUndefined()
    await sendAll(client, advance)
    expect(emulator.signals.size).toBe(2)
  })

  test.each(STORABLE)(
    'with %s, found in the store, is dropped and told of, and one login replaces it',
    async (_, token) => {
      const { client, emulator, storage } = arrange()
      const warnings: unknown[] = []
      client.on('warning', ({ code, message }) => warnings.push([code, message.includes(token) && token !== '']))
      await client.addSignals(signalsOf(machine(), 1))
      await client.sendSignals()
      await storage.updateMachine(machine(), { token: { value: token, scenarios: [], lifetimeMs: undefined } })
      await client.addSignals(signalsOf(machine(), 1))
      expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: 1, failing: 0, problems: [] })
      expect(warnings).toEqual([['token_dropped', false]])
      expect(emulator.signals.size).toBe(2)
    },
  )

  test('in the store keeps no probe from being made after a ban', async () => {
    const { client, emulator, storage, advance } = arrange({ tokenLifetimeMs: 24 * HOUR_MS })
    await client.addSignals(signalsOf(machine(), 1))
    emulator.faults.inject({ route: 'signals', kind: 'ban' })
    expect(await client.sendSignals()).toMatchObject({ stopped: 'forbidden' })
    await storage.updateMachine(machine(), { token: { value: 'a\nb', scenarios: [], lifetimeMs: undefined } })
    advance(1.2 * HOUR_MS)
    expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: 1 })
  })
})

describe('a token of almost no lifetime', () => {
  const encode = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url')
  const LIFETIMES = { '1 s': 1, 'none at all': 0, 'less than none': -60, '2 min': 120 }

  test.each(Object.entries(LIFETIMES))('(%s) costs one login as long as CAPI accepts it', async (_, seconds) => {
    const { client, emulator, advance } = arrange()
    emulator.faults.inject({
      route: 'login',
      status: 200,
      body: { token: `h.${encode({ iat: 1_700_000_000, exp: 1_700_000_000 + seconds })}.s` },
      headers: JSON_HEADERS,
      processed: true,
      ...ALWAYS,
    })
    // CAPI takes whatever token it is shown.
    const accept = (route: 'signals' | 'metrics') => emulator.faults.inject({ route, status: 200, body: {}, ...ALWAYS })
    accept('signals')
    accept('metrics')
    let logins = 0
    for (let batch = 0; batch < 200; batch += 1) {
      await client.addSignals(signalsOf(machine(), 1))
      const report = await client.sendSignals()
      expect(report).toMatchObject({ sent: 1 })
      logins += report.logins
      advance(30_000)
    }
    expect(logins).toBe(1)
  })

  test('costs a handful of logins where CAPI holds to it, and what could not be sent is sent later', async () => {
    const { client, emulator, advance } = arrange({ tokenLifetimeMs: 1_000 })
    for (let batch = 0; batch < 200; batch += 1) {
      await client.addSignals(signalsOf(machine(), 1))
      await client.sendSignals()
      advance(2_000)
    }
    expect(emulator.machines.logins()).toBe(6)
    const { problems } = await client.sendSignals()
    expect(problems).toMatchObject([{ code: expect.stringMatching(/^(login_budget_spent|not_due)$/) }])
    await sendAll(client, advance)
    expect(emulator.signals.size).toBe(200)
    expect((await client.stats()).failing).toBe(0)
  })

  test('200 batches of one run cost one', async () => {
    const { client, emulator } = arrange({ tokenLifetimeMs: 1_000 })
    await client.addSignals(signalsOf(machine(), 200))
    expect(await client.sendSignals({ batchSize: 1 })).toMatchObject({ sent: 200, logins: 1 })
    expect(emulator.machines.logins()).toBe(1)
  })

  test('counts as one also where it names no lifetime, and is refused at its second use', async () => {
    let used = ''
    const emulator = createEmulator()
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const token = new Headers(init?.headers).get('authorization')
      const isSignals = String(input).endsWith('/signals')
      if (isSignals && token === used) return Response.json({ message: 'Unauthorized' }, { status: 401 })
      if (isSignals) used = token ?? ''
      return emulator.fetch(input, init)
    }
    const { connect, advance } = arrange()
    const client = connect({ fetch })
    for (let batch = 0; batch < 100; batch += 1) {
      await client.addSignals(signalsOf(machine(), 1))
      await client.sendSignals()
      advance(5_000)
    }
    expect(emulator.machines.logins()).toBe(6)
  })
})
