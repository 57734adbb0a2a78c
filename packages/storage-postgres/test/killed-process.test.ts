import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { PostgresStorage } from '../src/index.js'

const WORKER = await bundleProgram(new URL('./programs/worker.mjs', import.meta.url))
const KILLS = 8

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

interface Said {
  readonly begun: string[][]
  readonly acknowledged: string[][]
  readonly settled: string[][]
}

/**
 * Lets a worker go on until it has said so many lines, then kills it in the middle of whatever it
 * does.
 */
async function runAndKill(schema: string, name: string, lines: number): Promise<Said> {
  const said: Said = { begun: [], acknowledged: [], settled: [] }
  const child = spawn(process.execPath, [WORKER, server.url, schema, name], { stdio: ['ignore', 'pipe', 'inherit'] })
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

test('of processes killed while they add, lease and settle, nothing acknowledged is lost, no batch is torn, and no lease stays', async () => {
  const schema = 'killed'
  let offset = 0
  const storage = new PostgresStorage({ url: server.url, schema, testClockOffsetMs: () => offset })
  await storage.open()
  const all: Said = { begun: [], acknowledged: [], settled: [] }
  for (let kill = 0; kill < KILLS; kill += 1) {
    const said = await runAndKill(schema, `k${kill}`, 20 + 7 * kill)
    for (const key of ['begun', 'acknowledged', 'settled'] as const) all[key].push(...said[key])
  }
  // What the dead held is free once their leases have run out.
  offset = 60_001
  const settledLater: string[] = []
  for (;;) {
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 200 })
    if (lease === undefined) break
    const uuids = lease.signals.map(({ uuid }) => uuid)
    await storage.settle(lease, { sent: uuids })
    settledLater.push(...uuids)
  }
  const settled = all.settled.flat()
  const { sent, ...rest } = await storage.stats()
  expect(rest).toMatchObject({ pending: 0, leased: 0, oldestPendingMs: undefined })
  expect(new Set([...settled, ...settledLater]).size, 'nothing is settled twice').toBe(
    settled.length + settledLater.length,
  )

  // A settlement may have been done without its acknowledgement having been heard: that is what
  // `sent` counts beyond ours.
  const unheard = sent - settled.length - settledLater.length
  expect(unheard).toBeGreaterThanOrEqual(0)
  expect(unheard).toBeLessThanOrEqual(KILLS * 10)
  const known = new Set([...settled, ...settledLater])
  expect(all.acknowledged.flat().filter((uuid) => !known.has(uuid)).length).toBeLessThanOrEqual(unheard)
  const torn = all.begun.filter((batch) => {
    const there = batch.filter((uuid) => known.has(uuid)).length
    return there > 0 && there < batch.length - unheard
  })
  expect(torn).toEqual([])
  await storage.close()
})
