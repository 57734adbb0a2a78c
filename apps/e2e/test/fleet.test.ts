import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CapiClient } from '@cscapi/client'
import { createEmulator, type Emulator, type RouteName } from '@cscapi/emulator'
import { openStorage } from '@cscapi/open-storage'
import { startPostgres, startRedis, type TestServer } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { machine, SCENARIO, signalsOf } from './arrange.js'
import { randomFrom, testSeed } from './random.js'

const WORKER = await bundleProgram(new URL('./programs/fleet-worker.mjs', import.meta.url))
const isLong = process.env.CSCAPI_TEST_LONG === '1'
const WORKERS = 6
const MACHINES = 200
const SIGNALS = isLong ? 50_000 : 4_000
const KILLS = isLong ? 20 : 4
const BATCH = 10

const STORES: readonly [name: string, start: () => Promise<TestServer>][] = [
  ['PostgreSQL', () => startPostgres({ config: {} })],
  ['Redis', () => startRedis({ config: {} })],
]

/** One call in twenty meets trouble of one of five kinds. */
function injectTrouble(emulator: Emulator): void {
  const route: readonly RouteName[] = ['register', 'login', 'signals', 'metrics']
  const trouble = [
    { status: 500 },
    { status: 429 },
    { kind: 'reset' },
    { kind: 'reset-after' },
    { kind: 'hang' },
  ] as const
  for (const fault of trouble)
    emulator.faults.inject({ ...fault, route, probability: 0.01, times: Number.POSITIVE_INFINITY })
}

const lostReplies = (emulator: Emulator, route: RouteName) =>
  emulator.record.of(route).filter(({ status }) => status === undefined).length

test.each(STORES)(
  'a fleet of six on %s, killed at random and met by every kind of trouble, delivers everything',
  async (_, start) => {
    const seed = testSeed()
    const random = randomFrom(seed)
    const server = await start()
    const emulator = createEmulator({ strict: true, latencyMs: 20, seed: seed % 2 ** 31 })
    injectTrouble(emulator)
    const { url: baseUrl, close } = await emulator.listen()
    const client = new CapiClient({
      storage: await openStorage(server.url),
      scenarios: [SCENARIO],
      environment: { baseUrl },
    })
    const startWorker = () => {
      const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
      const worker = spawn(process.execPath, [WORKER, server.url, baseUrl], { stdio: [...stdio] })
      return { worker, isReady: new Promise((resolve) => worker.once('message', resolve)) }
    }
    let workers: { readonly worker: ChildProcess; readonly isReady: Promise<unknown> }[] = []
    try {
      const signals = Array.from({ length: MACHINES }, (_machine, number) =>
        signalsOf(machine(number), SIGNALS / MACHINES),
      )
      for (const list of signals) await client.addSignals(list)
      workers = Array.from({ length: WORKERS }, startWorker)
      for (let kills = 0; kills < KILLS; kills += 1) {
        const due = (SIGNALS * (kills + random())) / (KILLS + 1)
        while (emulator.signals.size < due) await sleep(5)
        const index = Math.floor(random() * WORKERS)
        const victim = workers[index]?.worker
        expect(victim?.exitCode, 'no worker ends by itself').toBeNull()
        const ended = victim && once(victim, 'exit')
        victim?.kill('SIGKILL')
        await ended
        workers[index] = startWorker()
      }
      for (let stats = await client.stats(); stats.pending + stats.leased > 0; stats = await client.stats())
        await sleep(20)

      await Promise.all(workers.map(({ isReady }) => isReady))
      const ends = workers.map(({ worker }) => once(worker, 'exit'))
      for (const { worker } of workers) worker.kill('SIGTERM')
      expect((await Promise.all(ends)).map(([code]) => code)).toEqual(Array(WORKERS).fill(0))

      const lost = lostReplies(emulator, 'signals')
      const repeats = emulator.signals.total - emulator.signals.size
      const logins = emulator.machines.logins()
      const lostLogins = lostReplies(emulator, 'login')
      console.info(
        `seed ${seed}: ${emulator.signals.size} signals, ${repeats} repeats after ${KILLS} kills and ${lost} lost replies; ${logins} logins of ${MACHINES} machines, ${lostLogins} login replies lost`,
      )
      expect(signals.flat().filter(({ uuid }) => !emulator.signals.has(String(uuid)))).toEqual([])
      expect(repeats).toBeLessThanOrEqual((KILLS + lost) * BATCH)
      expect(emulator.machines.size).toBe(MACHINES)
      expect(logins).toBeLessThanOrEqual(MACHINES + KILLS + lostLogins)
      expect(await client.stats()).toMatchObject({ pending: 0, leased: 0, rejected: 0, failing: 0, sent: SIGNALS })
    } finally {
      for (const { worker } of workers) worker.kill('SIGKILL')
      await client.close()
      await close()
      await server.stop()
    }
  },
  isLong ? 1_800_000 : 600_000,
)
