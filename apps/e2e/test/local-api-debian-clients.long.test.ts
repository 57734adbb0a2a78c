import { findBouncer, findNft } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { customBouncerFiles, firewallBouncerFiles, outputOf, run } from './debian-clients.js'
import { agentFiles, attack } from './debian-engine.js'
import { newNetwork } from './network.js'
import { startRealServer } from './real-server.js'

const AGENT = { login: 'agent-1', password: 'the-password-of-an-agent' }

test("Debian's custom bouncer adds and deletes, through a kill of the server, what comes, is deleted and runs out", async () => {
  const { decisions, folder, key, kill, start, url } = await startRealServer()
  const { config, record } = customBouncerFiles(folder, url, key)
  await decisions.ban('203.0.113.7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  await decisions.ban('203.0.113.0/28', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  const bouncer = run(await findBouncer('crowdsec-custom-bouncer'), ['-c', config])
  await expect
    .poll(record)
    .toContainEqual(expect.stringMatching(/^add 203\.0\.113\.7 14(400|3\d\d) crowdsecurity\/ssh-bf$/))
  await expect.poll(record).toContainEqual(expect.stringMatching(/^add 203\.0\.113\.0\/28 /))
  await kill()
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await start()
  await expect.poll(record).toContainEqual(expect.stringMatching(/^del 203\.0\.113\.7 -1 /))
  await decisions.ban('203.0.113.9', { duration: '3s', reason: 'crowdsecurity/ssh-bf' })
  await expect.poll(record).toContainEqual(expect.stringMatching(/^add 203\.0\.113\.9 [123] /))
  await expect.poll(record).toContainEqual(expect.stringMatching(/^del 203\.0\.113\.9 -1 /))
  expect(record().filter((line) => line.startsWith('del 203.0.113.0/28'))).toEqual([])
  expect(bouncer.child.exitCode).toBeNull()
  await bouncer.stop()
})

test("Debian's custom bouncer with a wrong key applies nothing", async () => {
  const { decisions, folder, url } = await startRealServer()
  await decisions.ban('203.0.113.7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  const { config, record } = customBouncerFiles(folder, url, 'a-key-that-nobody-has')
  const bouncer = run(await findBouncer('crowdsec-custom-bouncer'), ['-c', config])
  await expect.poll(bouncer.output).toMatch(/access forbidden/i)
  expect(record()).toEqual([])
})

test("Debian's agent reads a log, and each of its alerts becomes one signal, through a kill of the server", async () => {
  const { client, decisions, emulator, folder, kill, machineId, machines, start, url } = await startRealServer()
  await machines.add(AGENT.login, { password: AGENT.password })
  const { config, crowdsec, log } = await agentFiles(folder, url, AGENT)
  const agent = run(crowdsec, ['-no-api', '-c', config])
  await expect.poll(agent.output).toMatch(/Starting processing data/)
  attack(log, '203.0.113.50')
  await expect.poll(async () => (await client.stats()).pending).toBe(2)
  await kill()
  attack(log, '203.0.113.51')
  await expect.poll(agent.output).toMatch(/203\.0\.113\.51/)
  await start()
  await expect.poll(async () => (await client.stats()).pending).toBe(4)
  await client.sendSignals()
  const sent = emulator.signals.ofMachine(machineId)
  expect(sent).toHaveLength(4)
  expect(emulator.signals.duplicates()).toEqual([])
  await decisions.refreshLocal()
  expect(decisions.check('203.0.113.50')).toMatchObject({
    origin: 'crowdsec',
    reason: expect.stringContaining('ssh-bf'),
  })
  await agent.stop()
})

test("Debian's cscli registers, and adds, lists and deletes decisions and alerts", async () => {
  const { client, decisions, emulator, folder, key, kill, machineId, machines, start, url } = await startRealServer()
  await machines.add(AGENT.login, { password: AGENT.password })
  const { cscli } = await agentFiles(folder, url, AGENT)
  await cscli('lapi', 'status')
  await cscli('decisions', 'add', '--ip', '203.0.113.7', '--duration', '4h', '--reason', 'test')
  await cscli('decisions', 'add', '--range', '203.0.114.0/24', '--duration', '1h', '--type', 'captcha')
  await decisions.refreshLocal()
  expect(decisions.check('203.0.113.7')).toMatchObject({ origin: 'cscli', remediation: 'ban', reason: 'test' })
  const listed = JSON.parse(await cscli('decisions', 'list', '-o', 'json'))
  expect(JSON.stringify(listed)).toMatch(/203\.0\.113\.7/)
  expect(JSON.stringify(JSON.parse(await cscli('alerts', 'list', '-o', 'json')))).toMatch(/203\.0\.114\.0\/24/)
  await cscli('decisions', 'delete', '--ip', '203.0.113.7')
  await expect
    .poll(async () => {
      const headers = { 'x-api-key': key }
      return (await fetch(`${url}/v1/decisions?ip=203.0.113.7`, { headers })).text()
    })
    .toBe('null')
  await cscli('alerts', 'delete', '--range', '203.0.114.0/24')
  expect(JSON.parse(await cscli('alerts', 'list', '-o', 'json', '--range', '203.0.114.0/24'))).toBeFalsy()
  await cscli('decisions', 'add', '--ip', '203.0.115.7')
  await cscli('decisions', 'add', '--scope', 'country', '--value', 'FR', '--duration', '2d')
  const [{ id, decisions: made }] = JSON.parse(await cscli('alerts', 'list', '-o', 'json', '--ip', '203.0.115.7'))
  expect(JSON.parse(await cscli('alerts', 'inspect', String(id), '-o', 'json'))).toMatchObject({ id })
  await cscli('decisions', 'delete', '--id', String(made[0].id))
  await cscli('decisions', 'delete', '--all')
  emulator.setDecisions([{ value: '203.0.116.7', duration: '96h' }])
  await client.pullDecisions({ machineId })
  await kill()
  await start()
  expect(JSON.parse(await cscli('decisions', 'list', '--all', '-o', 'json'))).toMatchObject([
    { decisions: [{ origin: 'CAPI', value: '203.0.116.7' }] },
  ])
  expect(JSON.parse(await cscli('decisions', 'list', '-o', 'json'))).toBeFalsy()
  await cscli('alerts', 'delete', '--all')
  expect(JSON.parse(await cscli('alerts', 'list', '-o', 'json'))).toBeFalsy()
  await cscli('lapi', 'register', '--machine', 'agent-2', '-u', `${url}/`, '-f', `${folder}/registered.yaml`)
  expect(await machines.list()).toContainEqual(expect.objectContaining({ name: 'agent-2', isApproved: false }))
})

test("Debian's firewall bouncer bans in nftables, and lets go", async ({ skip }) => {
  // Its rules live in a network of their own: the server is started in there, too.
  const network = await newNetwork()
  if (network === undefined) return skip('no network of its own can be made here (unshare -n)')
  const { decisions, folder, key, kill, start, url } = await startRealServer({ network })
  await decisions.ban('203.0.113.7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  await decisions.ban('2001:db8::7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  const config = firewallBouncerFiles(folder, url, key)
  const bouncer = run(network.within(await findBouncer('crowdsec-firewall-bouncer')), ['-c', config])
  const nft = network.within(await findNft())
  const blocked = (family: string, table: string, set: string) =>
    outputOf(nft, ['-j', 'list', 'set', family, table, set])
  const v4 = () => blocked('ip', 'crowdsec', 'crowdsec-blacklists')
  await expect.poll(v4).toMatch(/"203\.0\.113\.7".*"timeout": ?14[34]\d\d/)
  await expect.poll(() => blocked('ip6', 'crowdsec6', 'crowdsec6-blacklists')).toMatch(/2001:db8::7/)
  await kill()
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await start()
  await expect.poll(v4).not.toMatch(/203\.0\.113\.7/)
  await decisions.ban('203.0.113.9', { duration: '4s', reason: 'crowdsecurity/ssh-bf' })
  await expect.poll(v4).toMatch(/203\.0\.113\.9/)
  await expect.poll(v4).not.toMatch(/203\.0\.113\.9/)
  expect(bouncer.child.exitCode).toBeNull()
  await bouncer.stop()
})
