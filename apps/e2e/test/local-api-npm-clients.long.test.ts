import { expect, test } from 'vitest'
import { newAlert } from './local-api.js'
import { bouncerClient, nodeBouncer, watcherClient } from './npm-clients.js'
import { startRealServer } from './real-server.js'

test('@crowdsec/nodejs-bouncer, live: bans who is banned, through a kill of the server, and lets go', async () => {
  const { decisions, key, kill, start, url } = await startRealServer()
  await decisions.ban('203.0.113.7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  await decisions.ban('203.0.114.0/24', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  const others = Array.from({ length: 200 }, (_, at) => `203.0.115.${at}`)
  for (const other of others) await decisions.ban(other, { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  const remediation = async (ip: string) =>
    (await (await nodeBouncer(url, key, false)).getIpRemediation(ip)).remediation
  await expect.poll(() => remediation('203.0.113.7')).toBe('ban')
  expect(await remediation('203.0.114.9')).toBe('ban')
  expect(await remediation('203.0.113.8')).toBe('bypass')
  await kill()
  await start()
  expect(await remediation('203.0.113.7')).toBe('ban')
  expect(await remediation(others.pop() ?? '')).toBe('ban')
  await decisions.endLocal(() => true)
  // It keeps what it was told about an address or a range for two minutes: these it has not asked
  // about yet.
  await expect.poll(() => remediation(others.pop() ?? ''), { interval: 200 }).toBe('bypass')
  expect(others.length).toBeGreaterThan(0)
  const stranger = await nodeBouncer(url, 'a-key-that-nobody-has', false)
  await expect(stranger.getIpRemediation('203.0.113.99')).rejects.toThrow()
})

test('@crowdsec/nodejs-bouncer, stream: takes what comes and lets go what ended while the server was killed', async () => {
  const { decisions, key, kill, start, url } = await startRealServer()
  await decisions.ban('203.0.113.7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  const bouncer = await nodeBouncer(url, key, true)
  const remediation = async (ip: string) => {
    await bouncer.refreshDecisions({ scopes: ['ip', 'range'] })
    return (await bouncer.getIpRemediation(ip)).remediation
  }
  await expect.poll(() => remediation('203.0.113.7')).toBe('ban')
  await decisions.ban('203.0.113.8', { duration: '4h', reason: 'crowdsecurity/ssh-bf', remediation: 'captcha' })
  await expect.poll(() => remediation('203.0.113.8')).toBe('captcha')
  await kill()
  await decisions.endLocal(({ value }) => value === '203.0.113.7')
  await start()
  await expect.poll(() => remediation('203.0.113.7')).toBe('bypass')
  expect(await remediation('203.0.113.8')).toBe('captcha')
  await decisions.ban('203.0.113.9', { duration: '3s', reason: 'crowdsecurity/ssh-bf' })
  await expect.poll(() => remediation('203.0.113.9'), { interval: 200 }).toBe('ban')
  await expect.poll(() => remediation('203.0.113.9'), { interval: 200 }).toBe('bypass')
})

test('crowdsec-client as a bouncer: streams what comes and goes, through a kill of the server', async () => {
  const { decisions, key, kill, start, url } = await startRealServer()
  const client = await bouncerClient(url, key)
  await client.login()
  const seen: string[] = []
  const options = { interval: 1_000, scopes: ['ip', 'range'] }
  client.Decisions.getStream(options, (error, item) => {
    if (!error) seen.push(`${item.type} ${item.decision.value}`)
  })
  await decisions.ban('203.0.113.7', { duration: '4h', reason: 'crowdsecurity/ssh-bf' })
  await expect.poll(() => seen).toContainEqual(expect.stringMatching(/^(added|new) 203\.0\.113\.7$/))
  await kill()
  await decisions.endLocal(() => true)
  await start()
  await expect.poll(() => seen).toContainEqual(expect.stringMatching(/^deleted 203\.0\.113\.7$/))
  expect(await client.Decisions.search({ ip: '203.0.113.7' })).toEqual(expect.not.arrayContaining([expect.anything()]))
  await client.stop()
  const stranger = await bouncerClient(url, 'a-key-that-nobody-has')
  await expect(stranger.login()).rejects.toThrow()
})

test('crowdsec-client as a watcher: its alerts become signals once, and its token outlives a kill', async () => {
  const { client, emulator, kill, machineId, machines, start, url } = await startRealServer()
  await machines.add('watcher', { password: 'the-password-of-a-watcher' })
  const watcher = await watcherClient(url, { machineID: 'watcher', password: 'the-password-of-a-watcher' })
  await watcher.login()
  const first = newAlert('203.0.113.7')
  expect(await watcher.Alerts.pushAlerts([first])).toEqual(['1'])
  await kill()
  await start()
  expect(await watcher.Alerts.pushAlerts([first, newAlert('203.0.113.8')])).toEqual(['1', '2'])
  expect(await watcher.Alerts.search({ limit: 3 })).toMatchObject([{ id: 2 }, { id: 1 }])
  await client.sendSignals()
  expect(emulator.signals.ofMachine(machineId)).toHaveLength(2)
  expect(emulator.signals.duplicates()).toEqual([])
  await watcher.stop()
})
