import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { emptyStore } from './harness.js'
import { drain, expectIndexAgrees } from './queue-checks.js'

const KILLS = process.env.CSCAPI_TEST_LONG === '1' ? 30 : 6
/** What a worker holds at most. */
const LEASED = 10

let server: TestServer

beforeAll(async () => {
  server = await startRedis()
})
afterAll(async () => server.stop())

interface Said {
  readonly begun: string[][]
  readonly acknowledged: string[][]
  readonly settled: string[][]
}

/** Lets the child go on until it has said so many lines, then kills it with -9. */
async function runAndKill(namespace: string, lines: number): Promise<Said> {
  const said: Said = { begun: [], acknowledged: [], settled: [] }
  const program = await bundleProgram(new URL('./fixtures/work-for-ever.mjs', import.meta.url))
  const child = spawn(process.execPath, [program, server.url, namespace], { stdio: ['ignore', 'pipe', 'inherit'] })
  let heard = 0
  for await (const line of createInterface(child.stdout)) {
    const list = { '+': said.begun, '=': said.acknowledged, '-': said.settled }[line.charAt(0)]
    list?.push(line.slice(1).split(','))
    heard += 1
    if (heard === lines) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return said
}

test(`processes killed with -9 ${KILLS} times while they enqueue, lease and settle leave each batch whole or not there, lose nothing acknowledged, and send no signal again that was settled`, async () => {
  const store = await emptyStore({ url: server.url })
  const storage = await store.connect()
  const all: Said = { begun: [], acknowledged: [], settled: [] }
  for (let kill = 0; kill < KILLS; kill += 1) {
    const said = await runAndKill(store.namespace, randomInt(10, 120))
    for (const key of ['begun', 'acknowledged', 'settled'] as const) all[key].push(...said[key])
  }
  // What the dead held is free once their leases have run out.
  await store.advance(60_001)
  const settled = new Set(all.settled.flat())
  const later = await drain(storage)
  expect(later.filter((uuid) => settled.has(uuid))).toEqual([])
  expect(new Set(later).size).toBe(later.length)
  const { sent, ...rest } = await storage.stats()
  expect(rest).toMatchObject({ pending: 0, leased: 0, oldestPendingMs: undefined })
  // Of each process, one settlement may have been done without having been heard of.
  const unheard = sent - settled.size - later.length
  expect(unheard).toBeGreaterThanOrEqual(0)
  expect(unheard).toBeLessThanOrEqual(KILLS * LEASED)
  const known = new Set([...settled, ...later])
  const missing = (batch: readonly string[]) => batch.filter((uuid) => !known.has(uuid)).length
  expect(missing(all.acknowledged.flat())).toBeLessThanOrEqual(unheard)
  expect(all.begun.filter((batch) => missing(batch) > unheard && missing(batch) < batch.length)).toEqual([])
  await expectIndexAgrees(storage)
  await storage.close()
  await store.destroy()
})
