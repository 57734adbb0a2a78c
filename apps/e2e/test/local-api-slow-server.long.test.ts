import { findBouncer, findNft } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { customBouncerFiles, firewallBouncerFiles, outputOf, run } from './debian-clients.js'
import { agentFiles, attack } from './debian-engine.js'
import { newAlert } from './local-api.js'
import { newNetwork } from './network.js'
import { bouncerClient, nodeBouncer, watcherClient } from './npm-clients.js'
import { startRealServer } from './real-server.js'

const AGENT = { login: 'agent-1', password: 'the-password-of-an-agent' }
/** Longer than any client here waits between two polls, and than those wait that give up. */
const HANG_MS = 3_500
const BAN = { duration: '4h', reason: 'crowdsecurity/ssh-bf' }

test("Debian's custom bouncer has what came and what went while the server hung", async () => {
  const { decisions, folder, hang, key, url } = await startRealServer()
  const { config, record } = customBouncerFiles(folder, url, key)
  await decisions.ban('203.0.113.7', BAN)
  run(await findBouncer('crowdsec-custom-bouncer'), ['-c', config])
  await expect.poll(record).toContainEqual(expect.stringMatching(/^add 203\.0\.113\.7 /))
  const hanging = hang(HANG_MS)
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await decisions.ban('203.0.113.8', BAN)
  await hanging
  await expect.poll(record).toContainEqual(expect.stringMatching(/^add 203\.0\.113\.8 /))
  await expect.poll(record).toContainEqual(expect.stringMatching(/^del 203\.0\.113\.7 /))
})

test("Debian's firewall bouncer has what came and what went while the server hung", async ({ skip }) => {
  const network = await newNetwork()
  if (network === undefined) return skip('no network of its own can be made here (unshare -n)')
  const { decisions, folder, hang, key, url } = await startRealServer({ network })
  await decisions.ban('203.0.113.7', BAN)
  run(network.within(await findBouncer('crowdsec-firewall-bouncer')), ['-c', firewallBouncerFiles(folder, url, key)])
  const nft = network.within(await findNft())
  const blocked = () => outputOf(nft, ['-j', 'list', 'set', 'ip', 'crowdsec', 'crowdsec-blacklists'])
  await expect.poll(blocked).toMatch(/203\.0\.113\.7/)
  const hanging = hang(HANG_MS)
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await decisions.ban('203.0.113.8', BAN)
  await hanging
  await expect.poll(blocked).toMatch(/203\.0\.113\.8/)
  await expect.poll(blocked).not.toMatch(/203\.0\.113\.7/)
})

test('@crowdsec/nodejs-bouncer waits for a server that hangs, live and in a stream', async () => {
  const { decisions, hang, key, url } = await startRealServer()
  await decisions.ban('203.0.113.7', BAN)
  const stream = await nodeBouncer(url, key, true)
  await stream.refreshDecisions({ scopes: ['ip', 'range'] })
  const live = await nodeBouncer(url, key, false)
  const hanging = hang(HANG_MS)
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await decisions.ban('203.0.113.8', BAN)
  const [, { remediation }] = await Promise.all([
    stream.refreshDecisions({ scopes: ['ip', 'range'] }),
    live.getIpRemediation('203.0.113.99'),
  ])
  expect(remediation).toBe('bypass')
  await hanging
  const seen = async (ip: string) => {
    await stream.refreshDecisions({ scopes: ['ip', 'range'] })
    return (await stream.getIpRemediation(ip)).remediation
  }
  await expect.poll(() => seen('203.0.113.8')).toBe('ban')
  await expect.poll(() => seen('203.0.113.7')).toBe('bypass')
})

test('crowdsec-client, which gives up after 2 s, misses nothing of what it did not get', async () => {
  const { decisions, hang, key, url } = await startRealServer()
  const client = await bouncerClient(url, key)
  await client.login()
  const seen: string[] = []
  client.Decisions.getStream({ interval: 500, scopes: ['ip', 'range'] }, (error, item) => {
    seen.push(error ? 'error' : `${item.type} ${item.decision.value}`)
  })
  await decisions.ban('203.0.113.7', BAN)
  await expect.poll(() => seen).toContainEqual(expect.stringMatching(/^(added|new) 203\.0\.113\.7$/))
  const hanging = hang(HANG_MS)
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await decisions.ban('203.0.113.8', BAN)
  await hanging
  await expect.poll(() => seen).toContainEqual(expect.stringMatching(/^(added|new) 203\.0\.113\.8$/))
  await expect.poll(() => seen).toContainEqual(expect.stringMatching(/^deleted 203\.0\.113\.7$/))
  await client.stop()
})

test('crowdsec-client as a watcher, which gives up after 2 s, posts again and adds nothing twice', async () => {
  const { client, hang, machines, url } = await startRealServer()
  await machines.add('watcher', { password: AGENT.password })
  const watcher = await watcherClient(url, { machineID: 'watcher', password: AGENT.password })
  await watcher.login()
  const found = newAlert('203.0.113.7')
  const hanging = hang(HANG_MS)
  await expect(watcher.Alerts.pushAlerts([found])).rejects.toThrow()
  await hanging
  expect(await watcher.Alerts.pushAlerts([found])).toEqual(['1'])
  expect((await client.stats()).pending).toBe(1)
  await watcher.stop()
})

test("Debian's agent and cscli wait for a server that hangs, and each alert is shared once", async () => {
  const { client, decisions, emulator, folder, hang, machineId, machines, url } = await startRealServer()
  await machines.add(AGENT.login, { password: AGENT.password })
  const { config, crowdsec, cscli, log } = await agentFiles(folder, url, AGENT)
  const agent = run(crowdsec, ['-no-api', '-c', config])
  await expect.poll(agent.output).toMatch(/Starting processing data/)
  const hanging = hang(HANG_MS)
  attack(log, '203.0.113.50')
  await cscli('decisions', 'add', '--ip', '203.0.113.7')
  await hanging
  await decisions.refreshLocal()
  expect(decisions.check('203.0.113.7')).toMatchObject({ origin: 'cscli' })
  await expect.poll(async () => (await client.stats()).pending).toBe(2)
  await client.sendSignals()
  expect(emulator.signals.ofMachine(machineId)).toHaveLength(2)
  expect(emulator.signals.duplicates()).toEqual([])
})
