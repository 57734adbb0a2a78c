import { describe, expect, test } from 'vitest'
import { createEmulator, type EmulatorOptions } from '../src/index.js'
import { Caller, MACHINE_ID, MACHINES, OTHER_MACHINE_ID, PASSWORD } from './caller.js'

function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator(options)
  return { emulator, capi: Caller.inProcess(emulator) }
}

const credentials = { machine_id: MACHINE_ID, password: PASSWORD }

describe.each([{ strict: false }, { strict: true }])('registering and logging in (strict: $strict)', ({ strict }) => {
  test('a registered machine logs in with its password and gets code, expire and token', async () => {
    const { emulator, capi } = start({ strict, now: () => Date.UTC(2026, 10, 24, 12) })
    expect(await capi.post('/watchers', credentials)).toMatchObject({ status: 200, json: { message: 'OK' } })
    const { status, json } = await capi.post('/watchers/login', { ...credentials, scenarios: ['acme/http-bf'] })
    expect(status).toBe(200)
    expect(json).toEqual({
      code: 200,
      expire: '2026-11-24T13:00:00Z',
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    expect(emulator.machines.get(MACHINE_ID)).toMatchObject({ logins: 1, scenarios: ['acme/http-bf'] })
  })

  test('registering a known id is answered 500 with the message that clients look for, and keeps the first password', async () => {
    const { capi } = start({ strict })
    await capi.post('/watchers', credentials)
    const again = await capi.post('/watchers', { ...credentials, password: 'another-password' })
    expect(again).toMatchObject({ status: 500, json: { message: 'User already registered.' } })
    expect(await capi.post('/watchers/login', credentials)).toMatchObject({ status: 200 })
  })

  test('a wrong password and an unknown machine are answered 403 alike', async () => {
    const { emulator, capi } = start({ strict, machines: MACHINES })
    const refused = { status: 403, json: { message: 'The machine_id or password is incorrect' } }
    expect(await capi.post('/watchers/login', { ...credentials, password: 'wrong-password' })).toMatchObject(refused)
    expect(await capi.post('/watchers/login', { ...credentials, machine_id: 'c'.repeat(48) })).toMatchObject(refused)
    expect(emulator.machines.get(MACHINE_ID)).toMatchObject({ logins: 0, refusedLogins: 1 })
  })

  test('scenarios: null is refused in the words of the real server', async () => {
    const { capi } = start({ strict, machines: MACHINES })
    const { status, json } = await capi.post('/watchers/login', { ...credentials, scenarios: null })
    expect(status).toBe(400)
    expect(json).toEqual({
      message: 'Invalid request body',
      errors: '[instance type (null) does not match any allowed primitive type (allowed: ["array"])]',
    })
  })

  test('a login needs an id of exactly 48 characters', async () => {
    const { capi } = start({ strict, machines: { short: PASSWORD } })
    const { status, json } = await capi.post('/watchers/login', { machine_id: 'short', password: PASSWORD })
    expect(status).toBe(400)
    expect(json).toMatchObject({ errors: '[string is too short (length: 5, required minimum: 48)]' })
  })

  test('an old or empty token on a login is ignored', async () => {
    const { capi } = start({ strict, machines: MACHINES })
    const login = await capi.post('/watchers/login', credentials, { headers: { authorization: 'Bearer ' } })
    expect(login.status).toBe(200)
  })

  test('a password can be reset, that of an unknown machine cannot', async () => {
    const { capi } = start({ strict, machines: MACHINES })
    expect(await capi.post('/watchers/reset', { ...credentials, password: 'new-password' })).toMatchObject({
      status: 200,
    })
    expect(await capi.post('/watchers/login', { ...credentials, password: 'new-password' })).toMatchObject({
      status: 200,
    })
    expect(await capi.post('/watchers/reset', { ...credentials, machine_id: 'c'.repeat(48) })).toMatchObject({
      status: 404,
    })
  })
})

describe('options about machines', () => {
  test.each([
    ['error-500', 500],
    ['conflict-409', 409],
    ['forbidden-403', 403],
  ] as const)('existingMachine %j answers %i', async (existingMachine, status) => {
    const { capi } = start({ machines: MACHINES, existingMachine })
    expect(await capi.post('/watchers', credentials)).toMatchObject({
      status,
      json: { message: 'User already registered.' },
    })
  })

  test('blockedMachines are answered 403 with a message of their own, whatever the password; others log in', async () => {
    const { emulator, capi } = start({ machines: MACHINES, blockedMachines: [MACHINE_ID] })
    for (const password of [PASSWORD, 'wrong-password']) {
      expect(await capi.post('/watchers/login', { ...credentials, password })).toMatchObject({
        status: 403,
        json: { message: 'machine is blocked' },
      })
    }
    const other = { ...credentials, machine_id: OTHER_MACHINE_ID }
    expect(await capi.post('/watchers/login', other)).toMatchObject({ status: 200 })
    expect(emulator.machines.logins()).toBe(1)
  })

  test('requireMachineIdLength: false lets ids of any length log in, but not in strict mode', async () => {
    const short = { machine_id: 'short', password: PASSWORD }
    const options = { machines: { short: PASSWORD }, requireMachineIdLength: false }
    expect(await start(options).capi.post('/watchers/login', short)).toMatchObject({ status: 200 })
    expect(await start({ ...options, strict: true }).capi.post('/watchers/login', short)).toMatchObject({ status: 400 })
  })

  test('a password below minPasswordLength does not register, and the answer does not repeat it', async () => {
    const { capi } = start({ minPasswordLength: 10 })
    const { status, json } = await capi.post('/watchers', { ...credentials, password: 'hunter2' })
    expect(status).toBe(400)
    expect(JSON.stringify(json)).toContain('length: 7, required minimum: 10')
    expect(JSON.stringify(json)).not.toContain('hunter2')
  })

  test('acceptUnknownMachines registers a machine at its first login, with that password', async () => {
    const { capi } = start({ acceptUnknownMachines: true })
    expect(await capi.post('/watchers/login', credentials)).toMatchObject({ status: 200 })
    expect(await capi.post('/watchers/login', { ...credentials, password: 'other-password' })).toMatchObject({
      status: 403,
    })
  })
})

describe('tokens', () => {
  test('carry numeric iat and exp and the machine as sub, and no organisation', async () => {
    const { capi } = start({ machines: MACHINES, now: () => 1_700_000_000_000, tokenLifetimeMs: 90_000 })
    const claims = claimsOf(await capi.token())
    expect(claims).toMatchObject({ sub: MACHINE_ID, iat: 1_700_000_000, exp: 1_700_000_090 })
    expect(claims).not.toHaveProperty('organization_id')
  })

  test('are accepted bare and with Bearer', async () => {
    const { capi } = start({ machines: MACHINES })
    const token = await capi.token()
    for (const authorization of [token, `Bearer ${token}`]) {
      expect(await capi.post('/signals', [], { headers: { authorization } })).toMatchObject({ status: 200 })
    }
  })

  test('run out on the injected clock, with a message of their own', async () => {
    let now = 1_700_000_000_000
    const { capi } = start({ machines: MACHINES, now: () => now, tokenLifetimeMs: 60_000 })
    const auth = await capi.authorised()
    now += 59_999
    expect(await capi.post('/signals', [], auth)).toMatchObject({ status: 200 })
    now += 1
    expect(await capi.post('/signals', [], auth)).toMatchObject({
      status: 401,
      json: { message: 'The incoming token has expired' },
    })
  })

  test('of nobody, of another emulator and of a forger are answered 401', async () => {
    const { capi } = start({ machines: MACHINES })
    const foreign = await start({ machines: MACHINES }).capi.token()
    const [head, , signature] = (await capi.token()).split('.')
    const forged = [head, Buffer.from('{"sub":"x","exp":9e9,"jti":"1"}').toString('base64url'), signature].join('.')
    for (const authorization of [undefined, '', 'Bearer ', 'nonsense', 'a.b.c', foreign, forged]) {
      const refused = await capi.post('/signals', [], { headers: authorization === undefined ? {} : { authorization } })
      expect(refused).toMatchObject({ status: 401, json: { message: 'Unauthorized' } })
    }
  })

  test('can be made to expire, for one machine only, and the next login helps', async () => {
    const { emulator, capi } = start({ machines: MACHINES })
    const mine = await capi.authorised(MACHINE_ID)
    const other = await capi.authorised(Object.keys(MACHINES)[1])
    emulator.machines.expireTokens(MACHINE_ID)
    expect(await capi.post('/signals', [], mine)).toMatchObject({ status: 401 })
    expect(await capi.post('/signals', [], other)).toMatchObject({ status: 200 })
    expect(await capi.post('/signals', [], await capi.authorised(MACHINE_ID))).toMatchObject({ status: 200 })
  })

  test('of a machine that was deleted stay refused when it registers again', async () => {
    const { emulator, capi } = start({ machines: MACHINES })
    const auth = await capi.authorised()
    emulator.machines.delete(MACHINE_ID)
    expect(await capi.post('/signals', [], auth)).toMatchObject({ status: 401 })
    await capi.post('/watchers', credentials)
    expect(await capi.post('/signals', [], auth)).toMatchObject({ status: 401 })
  })
})

describe('enrolling', () => {
  const key = { attachment_key: 'abc123', name: 'sensor', tags: ['edge'] }

  test('is answered 202 when new, 200 with a message when repeated, and 202 when overwritten', async () => {
    const { emulator, capi } = start({ strict: true, machines: MACHINES })
    const auth = await capi.authorised()
    expect(await capi.post('/watchers/enroll', key, auth)).toMatchObject({ status: 202, json: { message: 'OK' } })
    expect(await capi.post('/watchers/enroll', key, auth)).toMatchObject({
      status: 200,
      json: { message: 'the security engine is already enrolled' },
    })
    const overwritten = await capi.post('/watchers/enroll', { ...key, name: 'renamed', overwrite: true }, auth)
    expect(overwritten).toMatchObject({ status: 202 })
    expect(emulator.machines.enrolled).toEqual([MACHINE_ID])
    expect(emulator.machines.get(MACHINE_ID)?.enrolment).toEqual({
      attachmentKey: 'abc123',
      name: 'renamed',
      tags: ['edge'],
      times: 2,
    })
  })

  test('with a key that is not in attachmentKeys is refused with 403', async () => {
    const { emulator, capi } = start({ machines: MACHINES, attachmentKeys: ['goodkey'] })
    const auth = await capi.authorised()
    expect(await capi.post('/watchers/enroll', key, auth)).toMatchObject({
      status: 403,
      json: { message: 'the attachment key provided is not valid' },
    })
    expect(emulator.machines.enrolled).toEqual([])
    expect(await capi.post('/watchers/enroll', { attachment_key: 'goodkey' }, auth)).toMatchObject({ status: 202 })
  })

  test('with a refused key is told in the words of refusedKeyMessage', async () => {
    const { capi } = start({ machines: MACHINES, attachmentKeys: [], refusedKeyMessage: 'invalid enrollment key' })
    expect(await capi.post('/watchers/enroll', key, await capi.authorised())).toMatchObject({
      status: 403,
      json: { message: 'invalid enrollment key' },
    })
  })

  test('with a malformed key is 403 in lenient mode and 400 in strict mode', async () => {
    for (const [strict, status] of [
      [false, 403],
      [true, 400],
    ] as const) {
      const { capi } = start({ strict, machines: MACHINES })
      const malformed = await capi.post('/watchers/enroll', { attachment_key: 'no-good' }, await capi.authorised())
      expect(malformed.status).toBe(status)
    }
  })

  test('can be answered 200 when new, for clients that know no other', async () => {
    const { capi } = start({ machines: MACHINES, enrollStatus: 200 })
    expect(await capi.post('/watchers/enroll', key, await capi.authorised())).toMatchObject({
      status: 200,
      json: { message: 'OK' },
    })
  })

  test('without a key but with autoenroll gets a url and an instant in milliseconds', async () => {
    const { capi } = start({ machines: MACHINES, now: () => 1_700_000_000_000 })
    const quick = await capi.post('/watchers/enroll', { autoenroll: true, name: 'sensor' }, await capi.authorised())
    expect(quick).toMatchObject({
      status: 200,
      json: { url: expect.stringMatching(/^https:/), expire_at: 1_700_000_600_000 },
    })
  })

  test('shows in the next token only, and only with enrolmentClaims', async () => {
    const { capi } = start({ machines: MACHINES, enrolmentClaims: true })
    const before = await capi.token()
    await capi.post('/watchers/enroll', key, { headers: { authorization: before } })
    expect(claimsOf(before)).not.toHaveProperty('organization_id')
    expect(claimsOf(await capi.token())).toMatchObject({
      organization_id: expect.any(String),
      subscription_type: 'COMMUNITY',
    })
  })
})

describe('the ban by login count', () => {
  test('answers every call of the address 403 past the threshold, and each call prolongs it', async () => {
    let now = 0
    const { capi } = start({ machines: MACHINES, now: () => now, ban: { maxLogins: 2, windowMs: 1000, banMs: 5000 } })
    const auth = await capi.authorised()
    await capi.token()
    const forbidden = { status: 403, json: { message: 'Forbidden' } }
    expect(await capi.post('/watchers/login', credentials)).toMatchObject(forbidden)
    now += 4000
    expect(await capi.post('/signals', [], auth)).toMatchObject(forbidden)
    now += 4000
    expect(await capi.post('/signals', [], auth)).toMatchObject(forbidden)
    now += 5000
    expect(await capi.post('/signals', [], auth)).toMatchObject({ status: 200 })
  })

  test('does not count logins that are older than the window', async () => {
    let now = 0
    const { capi } = start({ machines: MACHINES, now: () => now, ban: { maxLogins: 1, windowMs: 1000 } })
    expect(await capi.post('/watchers/login', credentials)).toMatchObject({ status: 200 })
    now += 1000
    expect(await capi.post('/watchers/login', credentials)).toMatchObject({ status: 200 })
  })

  test("takes the real service's numbers by default: the 21st login within 50 minutes is refused", async () => {
    const { capi } = start({ machines: MACHINES, ban: {} })
    const statuses: number[] = []
    for (let login = 1; login <= 21; login += 1) statuses.push((await capi.post('/watchers/login', credentials)).status)
    expect(statuses).toEqual([...Array(20).fill(200), 403])
  })
})

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
