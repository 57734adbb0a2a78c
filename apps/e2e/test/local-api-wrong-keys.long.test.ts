import { findBouncer, findNft } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { firewallBouncerFiles, outputOf, run } from './debian-clients.js'
import { agentFiles } from './debian-engine.js'
import { newNetwork } from './network.js'
import { nodeBouncer, watcherClient } from './npm-clients.js'
import { startRealServer } from './real-server.js'

const WRONG = 'what-nobody-was-given'
const BAN = { duration: '4h', reason: 'crowdsecurity/ssh-bf' }

test("Debian's firewall bouncer with a wrong key says so, ends, and blocks nobody", async ({ skip }) => {
  const network = await newNetwork()
  if (network === undefined) return skip('no network of its own can be made here (unshare -n)')
  const { decisions, folder, log, url } = await startRealServer({ network })
  await decisions.ban('203.0.113.7', BAN)
  const config = firewallBouncerFiles(folder, url, WRONG)
  const bouncer = run(network.within(await findBouncer('crowdsec-firewall-bouncer')), ['-c', config])
  await expect.poll(bouncer.output).toMatch(/access forbidden/i)
  await expect.poll(() => bouncer.child.exitCode).not.toBeNull()
  expect(bouncer.output()).not.toMatch(/panic/)
  expect(await outputOf(network.within(await findNft()), ['list', 'ruleset'])).not.toMatch(/203\.0\.113\.7/)
  expect(log.join('')).not.toContain(WRONG)
})

test('@crowdsec/nodejs-bouncer with a wrong key is told, and lets its stream fail', async () => {
  const { decisions, log, url } = await startRealServer()
  await decisions.ban('203.0.113.7', BAN)
  const bouncer = await nodeBouncer(url, WRONG, true)
  await expect(bouncer.refreshDecisions({ scopes: ['ip'] })).rejects.toThrow()
  expect(log.join('')).not.toContain(WRONG)
})

test('crowdsec-client as a watcher with a wrong password is told', async () => {
  const { log, machines, url } = await startRealServer()
  await machines.add('watcher', { password: 'the-password-of-a-watcher' })
  const watcher = await watcherClient(url, { machineID: 'watcher', password: WRONG })
  await expect(watcher.login()).rejects.toThrow()
  expect(log.join('')).not.toContain(WRONG)
})

test("Debian's agent and cscli with a wrong password say so and end", async () => {
  const { folder, log, machines, url } = await startRealServer()
  await machines.add('agent-1', { password: 'the-password-of-an-agent' })
  const { config, crowdsec, cscli } = await agentFiles(folder, url, { login: 'agent-1', password: WRONG })
  const agent = run(crowdsec, ['-no-api', '-c', config])
  await expect.poll(() => agent.child.exitCode).toBe(1)
  expect(agent.output()).toMatch(/incorrect Username or Password/)
  await expect(cscli('lapi', 'status')).rejects.toThrow(/incorrect Username or Password/)
  await expect(cscli('decisions', 'add', '--ip', '203.0.113.7')).rejects.toThrow(/incorrect Username or Password/)
  expect(log.join('')).not.toContain(WRONG)
})
