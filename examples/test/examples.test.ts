import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { CapiClient, createSignal, generateMachineIdFromKey, type Signal } from '@cscapi/client'
import { createEmulator, type Emulator, type ListeningEmulator } from '@cscapi/emulator'
import { openStorage } from '@cscapi/open-storage'
import { freePort, startPostgres, startRedis } from '@cscapi/test-servers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../scripts/sources/program.mjs'
import { type RunningExample, runExample } from './run-example.js'

const BANNED = '192.88.99.9'
const DOUBTED = '192.88.99.10'

let emulator: Emulator
let listening: ListeningEmulator
let folder: string
const running: RunningExample[] = []

beforeEach(async () => {
  emulator = createEmulator({
    strict: true,
    blocklists: [
      { name: 'banned', values: [BANNED] },
      { name: 'doubted', values: [DOUBTED], remediation: 'captcha' },
    ],
  })
  listening = await emulator.listen()
  folder = mkdtempSync(join(tmpdir(), 'cscapi-examples-'))
})

afterEach(async () => {
  for (const example of running.splice(0)) {
    example.kill()
    await example.ended
  }
  await listening.close()
  rmSync(folder, { recursive: true })
})

async function start(name: string, args: readonly string[] = [], env: Record<string, string> = {}, cwd?: string) {
  const example = await runExample(name, args, { CAPI_URL: listening.url, ...env }, cwd)
  running.push(example)
  return example
}

/** Starts an example that serves, and gives what asks it as a client of the proxy on this host. */
async function serve(name: string) {
  const port = await freePort()
  const example = await start(name, [], { PORT: String(port) })
  return async (client: string) => {
    const asked = fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': client } })
    const answer = await asked.catch(() => undefined)
    return { status: answer?.status, text: await answer?.text(), stderr: example.stderr }
  }
}

/** Puts signals of some machines into a store, as sensors of a fleet do. */
async function queue(url: string, signals: number): Promise<void> {
  await using client = new CapiClient({
    storage: await openStorage(url),
    scenarios: ['crowdsecurity/ssh-bf'],
    environment: { baseUrl: listening.url },
  })
  const signalOf = (index: number) =>
    createSignal({
      attackerIp: `192.88.99.${index % 250}`,
      scenario: 'crowdsecurity/ssh-bf',
      createdAt: new Date(),
      machineId: generateMachineIdFromKey(`sensor ${index % 4}`),
    })
  await client.addSignals(Array.from({ length: signals }, (_, index) => signalOf(index)))
}

async function pendingIn(url: string): Promise<number> {
  const storage = await openStorage(url)
  try {
    await storage.open()
    return (await storage.stats()).pending
  } finally {
    await storage.close()
  }
}

describe('a server with the blocklist in front', () => {
  test.each(['express', 'fastify', 'hono', 'captcha', 'test/programs/next-server'])(
    '%s serves everybody but those on the list, and believes the proxy about who that is',
    async (name) => {
      const ask = await serve(name)
      await expect.poll(() => ask(BANNED)).toMatchObject({ status: 403, stderr: '' })
      expect(await ask('192.88.99.11')).toMatchObject({ status: 200, text: 'Welcome\n' })
    },
  )

  test('captcha asks a question of those for whom the list says so', async () => {
    const ask = await serve('captcha')
    await expect.poll(() => ask(DOUBTED)).toMatchObject({ status: 401, text: 'Are you human?\n' })
    expect(await ask(BANNED)).toMatchObject({ status: 403, text: 'Forbidden\n' })
  })
})

describe('a program that reports', () => {
  test('honeypot-reporter queues whom its log shows, and the next sending run sends that', async () => {
    const log = fileURLToPath(new URL('../../packages/inputs/test/samples/cowrie-2.5.0.json', import.meta.url))
    const reporter = await start('honeypot-reporter', [log], {}, folder)
    await expect.poll(() => pendingIn(`sqlite:${join(folder, 'cscapi.db')}`)).toBe(3)
    reporter.kill()
    await reporter.ended
    // It sent when it started, and would again in ten minutes.
    expect(await (await start('cron', [], {}, folder)).ended).toBe(0)
    expect(emulator.signals.size).toBe(3)
    const addresses = [...emulator.signals].map(({ signal }) => (signal as Signal).source.value)
    expect(new Set(addresses)).toEqual(new Set(['203.0.113.7', '203.0.113.8']))
    expect(reporter.stderr).toBe('')
  })

  test('fleet-worker shares the work with others of its kind, and nothing is sent twice', async () => {
    const server = await startPostgres()
    try {
      await queue(server.url, 200)
      const workers = await Promise.all([1, 2].map(() => start('fleet-worker', [], { DATABASE_URL: server.url })))
      expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0])
      expect(emulator.signals.size).toBe(200)
      expect(emulator.signals.duplicates()).toEqual([])
    } finally {
      await server.stop()
    }
  })

  test('cron sends what waits, and ends', async () => {
    const store = join(folder, 'queue.db')
    await queue(`sqlite:${store}`, 5)
    const example = await start('cron', [store])
    expect(await example.ended).toBe(0)
    expect(emulator.signals.size).toBe(5)
    expect(example.stderr).toBe('')
  })

  test('cron ends with 1 and says why, when something goes on waiting', async () => {
    emulator.faults.inject({ route: 'signals', kind: 'unavailable', times: Number.POSITIVE_INFINITY })
    const store = join(folder, 'queue.db')
    await queue(`sqlite:${store}`, 5)
    const example = await start('cron', [store])
    expect(await example.ended).toBe(1)
    expect(example.stderr).toMatch(/5 signals: .*503/)
  })

  test('lambda sends what waits, and ends before its time is up', async () => {
    const server = await startRedis()
    process.env.CSCAPI_STORE = server.url
    process.env.CAPI_URL = listening.url
    try {
      await queue(server.url, 5)
      const program = await bundleProgram(new URL('../lambda.ts', import.meta.url))
      const { handler } = (await import(pathToFileURL(program).href)) as typeof import('../lambda.js')
      expect(await handler({}, { getRemainingTimeInMillis: () => 0 })).toEqual({ stopped: 'out of time' })
      expect(emulator.signals.size).toBe(0)
      expect(await handler({}, { getRemainingTimeInMillis: () => 600_000 })).toEqual({ sent: 5, postponed: 0 })
    } finally {
      await server.stop()
    }
  })
})

const files = readdirSync(new URL('..', import.meta.url)).filter((file) => /\.ts$/.test(file))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test.each(files)('%s has a line in the list, and is no longer than 30 lines of code', (file) => {
  expect(readme).toContain(`](${file})`)
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  const code = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'))
  expect(code.length).toBeLessThanOrEqual(30)
})
