import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { startPostgres, startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, SAMPLE, type World } from './world.js'

const BLOCKED = [{ value: '198.51.100.7', duration: '4h', scenario: 'crowdsecurity/ssh-bf' }]

/** Other sessions of other addresses. */
const OTHERS = readFileSync(SAMPLE, 'utf8')
  .replaceAll('203.0.113.', '198.51.100.')
  .replaceAll('"session":"', '"session":"b')

describe.each([
  ['postgres', () => startPostgres()],
  ['redis', () => startRedis()],
] as const)('on %s', (name, start) => {
  let server: TestServer
  let stores = 0
  beforeAll(async () => {
    server = await start()
  }, 120_000)
  afterAll(() => server?.stop())

  /** The program on an empty store of that server. */
  async function world(): Promise<World> {
    const made = await arrange({ decisions: BLOCKED })
    stores += 1
    made.env.CSCAPI_STORAGE = server.url
    made.env.CSCAPI_NAMESPACE = `cli_${stores}`
    return made
  }

  test('init, doctor, add, status and send go on where the other left off', async () => {
    const it = await world()
    const env = { CSCAPI_MACHINE_ID: '', CSCAPI_SCENARIOS: '' }
    const init = await it.ok(['init', '--yes', '--input', `cowrie=${SAMPLE}`, '--name', 'honeypot'], { env })
    expect(init).toContain('Written: ')
    expect(await it.ok(['doctor', '--online'], { env })).toContain('0 things to put right')
    expect(await it.ok(['add', '--format', 'cowrie', SAMPLE], { env })).toContain('3 signals added')
    expect(await it.ok(['add', '--format', 'cowrie', SAMPLE], { env })).toContain('3 in the store already')
    const status = await it.ok(['status'], { env })
    expect(status).toMatch(new RegExp(`storage +${name}\nwaiting +3\n`))
    expect(await it.ok(['send'], { env })).toMatch(/^3 signals sent/)
    expect(it.emulator.signals.size).toBe(3)
    expect(await it.ok(['status'], { env })).toMatch(/waiting +0\n/)
  })

  test('watch follows a file, and a kill -9 loses nothing and adds nothing twice', async () => {
    const it = await world()
    copyFileSync(SAMPLE, it.path('cowrie.json'))
    const watching = () => it.start(['watch', 'cowrie.json', '--format', 'cowrie', '--no-pull'])
    const first = watching()
    await first.says('3 signals added from cowrie.json')
    first.child.kill('SIGKILL')
    await first.ended
    appendFileSync(it.path('cowrie.json'), OTHERS)
    const second = watching()
    await second.says('3 signals added from cowrie.json')
    second.child.kill('SIGINT')
    expect((await second.ended).code).toBe(0)
    await it.ok(['send'])
    expect(it.emulator.signals.size).toBe(6)
    expect(it.emulator.signals.duplicates()).toEqual([])
  })

  test('rejected signals are listed, exported, requeued and purged', async () => {
    const it = await world()
    await it.ok(oneSignal())
    it.emulator.faults.inject({ route: 'signals', status: 400 })
    expect((await it.run(['send'])).code).toBe(3)
    it.emulator.faults.clear()
    expect(await it.json(['signals', 'rejected'])).toMatchObject([{ status: 'rejected', httpStatus: 400 }])
    expect(await it.ok(['signals', 'export'])).toContain('"203.0.113.7"')
    expect(await it.ok(['signals', 'requeue'])).toContain('1 signal')
    expect(await it.json(['signals', 'ls'])).toMatchObject([{ status: 'pending' }])
    it.emulator.faults.inject({ route: 'signals', status: 400 })
    await it.run(['send'])
    expect(await it.ok(['signals', 'purge', '--older-than', '0', '--yes'])).toContain('1 signal')
    expect(await it.json(['signals', 'rejected'])).toEqual([])
  })

  test('machines are listed, shown, revived and removed', async () => {
    const it = await world()
    await it.ok(oneSignal())
    it.emulator.faults.inject({ route: 'login', kind: 'bad-credentials' })
    expect((await it.run(['send'])).code).toBe(3)
    it.emulator.faults.clear()
    expect(await it.json(['machines', 'ls', '--failing'])).toMatchObject([{ machineId: MACHINE_ID }])
    await it.ok(['machines', 'revive'])
    await it.ok(['send'])
    expect(await it.ok(['machines', 'show', MACHINE_ID])).toContain(MACHINE_ID)
    await it.ok(['machines', 'rm', MACHINE_ID, '--yes'])
    expect(await it.json(['machines', 'ls'])).toEqual([])
  })

  test('the blocklist is pulled, asked, counted and exported', async () => {
    const it = await world()
    expect(await it.ok(['decisions', 'pull'])).toContain('1 entry in force')
    expect((await it.run(['decisions', 'check', '198.51.100.7'])).stdout).toContain('198.51.100.7')
    expect(await it.ok(['decisions', 'stats'])).toContain('1')
    expect(await it.ok(['decisions', 'export', '--format', 'text'])).toContain('198.51.100.7')
  })

  test('copy brings a SQLite file over, and back', async () => {
    const it = await world()
    const file = `sqlite:${it.path('one.db')}`
    await it.ok(['add', '--format', 'cowrie', SAMPLE], { env: { CSCAPI_STORAGE: file } })
    const there = await it.ok(['copy', file, 'env:SERVER'], { env: { SERVER: server.url } })
    expect(there).toContain('3 signals are in the target')
    const back = await it.ok(['copy', 'env:SERVER', `sqlite:${it.path('two.db')}`], { env: { SERVER: server.url } })
    expect(back).toContain('3 signals are in the target')
  })

  test('twelve that add at once lose nothing', async () => {
    const it = await world()
    await Promise.all(Array.from({ length: 12 }, (_, index) => it.ok(oneSignal(`203.0.113.${index + 1}`))))
    expect((await it.json(['status']))[0]).toMatchObject({ queue: { pending: 12 } })
  })

  test('a store of another environment is refused, by name: exit 2', async () => {
    const it = await world()
    await it.ok(oneSignal())
    await it.ok(['send'])
    const { code, stderr } = await it.run(['send'], { env: { CSCAPI_ENVIRONMENT: 'http://127.0.0.1:1/v3' } })
    expect(code).toBe(2)
    expect(stderr).toContain('The store belongs to another environment')
  })

  test('Ctrl-C in the middle of many lines ends it, and the same again adds the rest', async () => {
    const it = await world()
    const lines = Array.from({ length: 20_000 }, (_, index) => {
      const ip = `8.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
      return `ip=${ip} jail=sshd time=1795800000 failures=5 restored=0\n`
    })
    writeFileSync(it.path('bans.log'), lines.join(''))
    const args = ['add', '--format', 'fail2ban', 'bans.log']
    const run = it.start(args)
    await expect
      .poll(async () => (await it.json(['status']))[0]?.queue, { timeout: 60_000 })
      .not.toMatchObject({ pending: 0 })
    run.child.kill('SIGINT')
    expect([0, 130]).toContain((await run.ended).code)
    await it.ok(args)
    expect((await it.json(['status']))[0]).toMatchObject({ queue: { pending: 20_000 } })
  })

  test('what is listed into a pipe that closes ends in silence', async () => {
    const it = await world()
    await it.ok(['add', '--format', 'cowrie', SAMPLE])
    const run = it.start(['signals', 'ls', '--json'])
    run.child.stdout?.destroy()
    const { code, stderr } = await run.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
