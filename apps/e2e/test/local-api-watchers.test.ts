import { describe, expect, test } from 'vitest'
import { alert, arrangeLocalApi, MACHINE, PASSWORD } from './local-api.js'

const decision = (more: Record<string, unknown>) => ({
  duration: '4h',
  origin: 'cscli',
  scenario: 'by hand',
  scope: 'Ip',
  type: 'ban',
  value: '203.0.113.1',
  ...more,
})
const addresses = (items: readonly { value: string }[]) => items.map(({ value }) => value).sort()

describe('alerts', () => {
  test('become signals of one CAPI machine, and decisions that bouncers are told', async () => {
    const { agent, client, emulator, poll } = await arrangeLocalApi()
    const call = await agent()
    const answer = await call('POST', '/v1/alerts', [alert('203.0.113.1'), alert('203.0.113.2')])
    expect([answer.status, await answer.json()]).toEqual([201, ['1', '2']])
    await client.sendSignals()
    const sent = emulator.signals.ofMachine(MACHINE)
    expect(sent).toHaveLength(2)
    expect(sent[0]?.signal).toMatchObject({
      scenario: 'crowdsecurity/ssh-bf',
      scenario_trust: 'certified',
      source: { scope: 'Ip', value: '203.0.113.1' },
    })
    expect(addresses((await poll('startup=true')).new)).toEqual(['203.0.113.1', '203.0.113.2'])
  })

  test('11: a batch that is sent again, and by a new process, adds nothing', async () => {
    const { agent, begin, client, poll, server } = await arrangeLocalApi()
    const batch = [alert('203.0.113.1')]
    await (await agent())('POST', '/v1/alerts', batch)
    server.api = begin()
    const again = await (await agent())('POST', '/v1/alerts', batch)
    expect([again.status, await again.json()]).toEqual([201, ['1']])
    expect((await client.stats()).pending).toBe(1)
    expect((await poll('startup=true')).new).toHaveLength(1)
  })

  test('11: what is no alert is told to the operator, and the others of its batch are taken', async () => {
    const { agent, client, warnings } = await arrangeLocalApi()
    const call = await agent()
    const answer = await call('POST', '/v1/alerts', [null, alert('203.0.113.1'), { scenario: 'x' }])
    expect([answer.status, await answer.json()]).toEqual([201, ['1']])
    expect((await client.stats()).pending).toBe(1)
    expect(warnings.map(({ code }) => code)).toEqual(['alert_refused'])
  })

  test('11: to an agent, which would send it for ever, a batch without a single alert is taken', async () => {
    const { agent } = await arrangeLocalApi()
    const call = await agent()
    const userAgent = { 'user-agent': 'crowdsec/v1.7.8' }
    expect((await call('POST', '/v1/alerts', [{ scenario: 'x' }], userAgent)).status).toBe(201)
    const answer = await call('POST', '/v1/alerts', [{ scenario: 'x' }])
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { message: expect.stringContaining('0.events in body is required') },
    ])
  })

  test.each([
    ['whose duration is none', { duration: 'soon' }, '0.decisions.0: "soon" is no duration'],
    ['whose address is none', { value: 'nowhere' }, 'must be an address or a CIDR range'],
  ])('with a single decision, %s, are refused, also to cscli, and kept nowhere', async (_, wrong, why) => {
    const { agent, client } = await arrangeLocalApi()
    const call = await agent()
    const batch = [alert('203.0.113.1', { decisions: [decision(wrong)] })]
    const answer = await call('POST', '/v1/alerts', batch, { 'user-agent': 'crowdsec/v1.4.6' })
    expect([answer.status, await answer.json()]).toEqual([400, { message: expect.stringContaining(why) }])
    expect(await (await call('GET', '/v1/alerts')).json()).toBeNull()
    expect((await client.stats()).pending).toBe(0)
  })

  test('with a decision that is wrong among others keep the others, and the operator is told', async () => {
    const { agent, poll, warnings } = await arrangeLocalApi()
    const decisions = [decision({ value: 'nowhere' }), decision({ value: '203.0.113.2', duration: '1d' })]
    const answer = await (await agent())('POST', '/v1/alerts', [alert('203.0.113.1', { decisions })])
    expect(answer.status).toBe(201)
    expect((await poll('startup=true')).new).toMatchObject([{ value: '203.0.113.2', duration: '23h44m17s' }])
    expect(warnings.map(({ code }) => code)).toEqual(['decision_refused'])
  })

  test('by hand within the same second, one after the other, are each taken', async () => {
    const { agent, poll } = await arrangeLocalApi()
    const call = await agent()
    for (const type of ['ban', 'captcha'])
      await call('POST', '/v1/alerts', [alert('203.0.113.1', { decisions: [decision({ type })] })])
    expect((await poll('startup=true')).new).toHaveLength(2)
  })

  test('none at all, as Go writes an empty list, are taken', async () => {
    const answer = await (await (await arrangeLocalApi()).agent())('POST', '/v1/alerts', null)
    expect([answer.status, await answer.json()]).toEqual([201, []])
  })

  test.each([
    ['that are simulated', { simulated: true }, 0, 0],
    ['whose scenario is free text', { scenario: 'manual ban by somebody' }, 0, 1],
    [
      'decided by hand',
      {
        decisions: [decision({})],
      },
      0,
      1,
    ],
    ['whose times cannot be read', { start_at: 'yesterday', stop_at: '' }, 1, 1],
    ['with an address that is none among details', { source: { scope: 'Ip', value: '203.0.113.1', ip: 'foo' } }, 0, 1],
    ['that ask for nothing', { remediation: false }, 1, 0],
    ['of a country', { source: { scope: 'Country', value: 'XX' } }, 1, 0],
    ['about a private address', { source: { scope: 'Ip', value: '10.0.0.1' } }, 0, 1],
  ])('%s make as many signals and decisions as is right', async (_, more, signals, decisions) => {
    const { agent, client, poll } = await arrangeLocalApi()
    const call = await agent()
    expect((await call('POST', '/v1/alerts', [alert('203.0.113.1', more)])).status).toBe(201)
    expect((await client.stats()).pending).toBe(signals)
    expect((await poll('startup=true&scopes=ip,range,country')).new).toHaveLength(decisions)
  })

  test('about allowlisted addresses are neither shared nor decided on, nor counted', async () => {
    const { agent, client, decisions, poll } = await arrangeLocalApi()
    await decisions.replaceAllowlist({ id: 'a', name: 'office' }, ['{"value":"203.0.113.0/24"}'])
    const answer = await (await agent())('POST', '/v1/alerts', [alert('203.0.113.1'), alert('198.51.100.1')])
    expect(await answer.json()).toEqual(['1'])
    expect((await client.stats()).pending).toBe(1)
    expect(addresses((await poll('startup=true')).new)).toEqual(['198.51.100.1'])
  })

  test('are listed as cscli reads them, filtered, and deleted with their decisions', async () => {
    const { agent, poll } = await arrangeLocalApi()
    const call = await agent()
    await call('POST', '/v1/alerts', [alert('203.0.113.1'), alert('203.0.113.2', { remediation: false })])
    await poll('startup=true')
    const listed = async (query: string) => (await call('GET', `/v1/alerts?${query}`)).json()
    expect(await listed('include_capi=false&limit=50')).toMatchObject([{ id: 2 }, { id: 1, machine_id: 'agent-1' }])
    expect(await listed('has_active_decision=true&include_capi=false&limit=100')).toMatchObject([
      { id: 1, decisions: [{ value: '203.0.113.1', duration: '3h44m17s', origin: 'crowdsec' }] },
    ])
    expect(await listed('ip=203.0.113.9')).toBeNull()
    expect(await (await call('GET', '/v1/alerts/2')).json()).toMatchObject({ id: 2 })
    expect(await (await call('DELETE', '/v1/alerts?ip=203.0.113.1')).json()).toEqual({ nbDeleted: '1' })
    expect(addresses((await poll()).deleted)).toEqual(['203.0.113.1'])
    expect((await call('GET', '/v1/alerts/1')).status).toBe(404)
  })

  test('of what CAPI and the lists say are shown to who asks for them, one for each, and never deleted', async () => {
    const { agent, clock, decisions } = await arrangeLocalApi()
    const entry = (value: string) => ({
      scope: 'Ip',
      value,
      scenario: 'crowdsecurity/ssh-bf',
      expiresAt: clock.now() + 3_600_000,
    })
    await decisions.applyStream({ new: [entry('203.0.113.1'), entry('203.0.113.2')], deleted: [] })
    await decisions.replaceBlocklist({ name: 'tor', scope: 'ip', remediation: 'captcha', duration: '1h' }, [
      '198.51.100.1',
    ])
    await decisions.ban('192.0.2.1', { duration: '4h', reason: 'by hand' })
    const call = await agent()
    const listed = async (query: string) => (await call('GET', `/v1/alerts?${query}`)).json()
    expect(await listed('include_capi=false&limit=100')).toHaveLength(1)
    const all = await listed('has_active_decision=true&include_capi=true&limit=100')
    const shown = all.map(({ decisions }: { decisions: { origin: string; scenario: string; value: string }[] }) =>
      decisions.map(({ origin, scenario, value }) => [origin, scenario, value]),
    )
    expect(shown).toEqual([
      [['cscapi', 'by hand', '192.0.2.1']],
      [
        ['CAPI', 'crowdsecurity/ssh-bf', '203.0.113.1'],
        ['CAPI', 'crowdsecurity/ssh-bf', '203.0.113.2'],
      ],
      [['lists', 'tor', '198.51.100.1']],
    ])
    expect(await (await call('GET', `/v1/alerts/${all[1].id}`)).json()).toMatchObject({ id: all[1].id })
    const one = await listed('include_capi=true&ip=203.0.113.2')
    expect(one).toMatchObject([{ decisions: [{ value: '203.0.113.2' }] }])
    expect(await (await call('DELETE', '/v1/alerts?include_capi=true')).json()).toEqual({ nbDeleted: '1' })
    expect(decisions.size).toBe(3)
  })

  test.each([
    ['GET', '/v1/alerts?foo=1', 500],
    ['GET', '/v1/alerts?since=yesterday', 500],
    ['GET', '/v1/alerts?has_active_decision=perhaps', 500],
    ['GET', '/v1/alerts?ip=', 500],
    ['GET', '/v1/alerts/foo', 400],
    ['GET', '/v1/alerts/99', 404],
    ['DELETE', '/v1/alerts/99', 500],
    ['DELETE', '/v1/alerts', 400],
    ['DELETE', '/v1/alerts?scope=', 400],
    ['DELETE', '/v1/alerts?ip=', 500],
    ['DELETE', '/v1/decisions', 400],
    ['DELETE', '/v1/decisions?value=', 400],
    ['DELETE', '/v1/decisions?ip=&type=ban', 500],
    ['DELETE', '/v1/decisions?foo=1', 500],
    ['DELETE', '/v1/decisions/99', 500],
    ['DELETE', '/v1/decisions/foo', 400],
  ])('%s %s is answered %d with a message', async (method, path, status) => {
    const call = await (await arrangeLocalApi()).agent()
    const answer = await call(method, path)
    expect([answer.status, await answer.json()]).toEqual([status, { message: expect.stringMatching(/./) }])
  })
})

describe('decisions of our own', () => {
  test('are deleted by filters, counted in text', async () => {
    const { agent, decisions, poll } = await arrangeLocalApi()
    for (const value of ['203.0.113.1', '203.0.113.2', '203.0.113.0/24'])
      await decisions.ban(value, { duration: '4h', reason: 'by hand' })
    await poll('startup=true')
    const call = await agent()
    const deleted = async (query: string) => (await call('DELETE', `/v1/decisions?${query}`)).json()
    expect(await deleted('value=203.0.113.9')).toEqual({ nbDeleted: '0' })
    expect(await deleted('scope=range&type=ban')).toEqual({ nbDeleted: '1' })
    expect(await deleted('range=203.0.113.0/24&contains=false')).toEqual({ nbDeleted: '2' })
    expect(addresses((await poll()).deleted)).toEqual(['203.0.113.0/24', '203.0.113.1', '203.0.113.2'])
  })

  test('are deleted without a filter by cscli alone', async () => {
    const { agent, decisions } = await arrangeLocalApi()
    await decisions.ban('203.0.113.1', { duration: '4h', reason: 'by hand' })
    const call = await agent()
    const removeAll = async (agentName: string) =>
      (await call('DELETE', '/v1/decisions', undefined, { 'user-agent': agentName })).json()
    expect(await removeAll('node-crowdsec-client/v1.2.0')).toHaveProperty('message')
    expect(decisions.check('203.0.113.1')).toBeDefined()
    expect(await removeAll('crowdsec/v1.4.6-6~deb12u1+b1-linux-debian')).toEqual({ nbDeleted: '1' })
    expect(decisions.check('203.0.113.1')).toBeUndefined()
  })

  test('are in the store: another process has them, with their ids', async () => {
    const { connect, decisions } = await arrangeLocalApi()
    const { id } = await decisions.ban('203.0.113.1', { duration: '4h', reason: 'by hand' })
    const other = await connect().decisions()
    expect(other.check('203.0.113.1')).toMatchObject({ reason: 'by hand', origin: 'cscapi' })
    await other.endLocal((decision) => decision.id === id)
    await decisions.refreshLocal()
    expect(decisions.check('203.0.113.1')).toBeUndefined()
  })

  test('that came without an alert are listed as one, for cscli', async () => {
    const { agent, decisions } = await arrangeLocalApi()
    await decisions.ban('203.0.113.1', { duration: '90m', reason: 'by hand' })
    const answer = await (await agent())('GET', '/v1/alerts?has_active_decision=true')
    expect(await answer.json()).toMatchObject([{ decisions: [{ value: '203.0.113.1', duration: '1h30m0s' }] }])
  })

  test('end by themselves, and bouncers are told', async () => {
    const { advance, decisions, poll } = await arrangeLocalApi()
    await decisions.ban('203.0.113.1', { duration: '1h', reason: 'by hand' })
    await poll('startup=true')
    advance(3_600_000)
    expect(decisions.check('203.0.113.1')).toBeUndefined()
    expect(addresses((await poll()).deleted)).toEqual(['203.0.113.1'])
  })
})

describe('agents', () => {
  test('that register wait until they are approved', async () => {
    const { ask, login, machines } = await arrangeLocalApi()
    const body = { machine_id: 'agent-2', password: PASSWORD }
    expect((await ask('POST', '/v1/watchers', body)).status).toBe(201)
    expect((await ask('POST', '/v1/watchers', body)).status).toBe(403)
    const waiting = await login('agent-2')
    expect([waiting.status, await waiting.json()]).toEqual([
      401,
      { code: 401, message: 'machine agent-2 not validated' },
    ])
    await machines.approve('agent-2')
    expect((await login('agent-2')).status).toBe(200)
  })

  test('with the registration token are approved at once, from its ranges', async () => {
    const token = 'a-token-for-agents-of-thirty-two-characters'
    const { ask, login } = await arrangeLocalApi({ autoRegistration: { token, ranges: ['127.0.0.0/8'] } })
    const register = (name: string, registration_token: string) =>
      ask('POST', '/v1/watchers', { machine_id: name, password: PASSWORD, registration_token })
    expect((await register('agent-2', 'wrong')).status).toBe(401)
    expect((await register('agent-2', token)).status).toBe(202)
    expect((await login('agent-2')).status).toBe(200)
  })

  test('keep their token when the server begins anew, until they are removed', async () => {
    const { agent, begin, machines, server } = await arrangeLocalApi()
    const call = await agent()
    server.api = begin()
    expect((await call('GET', '/v1/heartbeat')).status).toBe(200)
    await machines.remove('agent-1')
    expect((await call('GET', '/v1/heartbeat')).status).toBe(401)
  })

  test.each(['', 'no JSON', '[]'])('whose login is %j are told 401, as for any wrong one', async (body) => {
    const { ask } = await arrangeLocalApi()
    const answer = await ask('POST', '/v1/watchers/login', body)
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { code: 401, message: expect.stringMatching(/^missing: /) },
    ])
  })

  test('with a token that ran out, or is none, are told 401 and why', async () => {
    const { advance, agent, ask } = await arrangeLocalApi()
    const call = await agent()
    advance(3_600_000)
    const late = await call('GET', '/v1/heartbeat')
    expect([late.status, await late.json()]).toEqual([401, { code: 401, message: 'token is expired' }])
    expect(late.headers.get('www-authenticate')).toBe('JWT realm=Crowdsec API local')
    for (const authorization of [
      '',
      'Bearer',
      'Bearer a.b.c',
      'bearer x',
      `Bearer ${'é'.normalize('NFD').slice(0, 1)}..`,
    ])
      expect((await ask('GET', '/v1/heartbeat', undefined, { authorization })).status).toBe(401)
  })

  test('with a wrong password are refused, and after many of them everybody from there is', async () => {
    const { advance, login } = await arrangeLocalApi()
    const wrong = await login('agent-1', 'not-the-password')
    expect([wrong.status, await wrong.json()]).toEqual([401, { code: 401, message: 'incorrect Username or Password' }])
    for (let count = 0; count < 20; count += 1) await login('agent-1', `guess-${count}`)
    expect((await login()).status).toBe(401)
    advance(60_000)
    expect((await login()).status).toBe(200)
  })
})

test('a bouncer whose key is revoked is forbidden; one with many wrong keys beside it is not', async () => {
  const { ask, key, keys } = await arrangeLocalApi()
  const get = async (apiKey: string) => (await ask('GET', '/v1/decisions', undefined, { 'x-api-key': apiKey })).status
  expect(await get(key)).toBe(200)
  for (let count = 0; count < 30; count += 1) expect(await get(`a-key-that-is-wrong-${count}`)).toBe(403)
  expect(await get(key)).toBe(200)
  const other = await keys.add('nginx')
  expect(await get(other)).toBe(403)
  await keys.remove('firewall')
  expect(await get(key)).toBe(403)
})
