import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { emptyStore } from './harness.js'

let server: TestServer

beforeAll(async () => {
  server = await startRedis()
})
afterAll(async () => server.stop())

/**
 * Runs the child until it has acknowledged some batches, kills it with -9 and gives what it said.
 */
async function runAndKill(namespace: string): Promise<{ begun: string[][]; acknowledged: string[][] }> {
  const begun: string[][] = []
  const acknowledged: string[][] = []
  const child = spawn(
    process.execPath,
    [await bundleProgram(new URL('./fixtures/enqueue-for-ever.mjs', import.meta.url)), server.url, namespace],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const batches = randomInt(3, 30)
  for await (const line of createInterface(child.stdout!)) {
    const uuids = line.slice(1).split(',')
    if (line.startsWith('=')) acknowledged.push(uuids)
    else begun.push(uuids)
    // Some of the kills hit between two batches, most in the middle of one.
    if (acknowledged.length === batches && line.startsWith('+')) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return { begun, acknowledged }
}

test('processes killed with -9 while they enqueue leave each batch whole or not there, and all that was acknowledged', async () => {
  const store = await emptyStore({ url: server.url })
  const storage = await store.connect()
  const begun: string[][] = []
  const acknowledged: string[][] = []
  for (let round = 0; round < 6; round++) {
    const said = await runAndKill(store.namespace)
    begun.push(...said.begun)
    acknowledged.push(...said.acknowledged)
  }
  await store.advance(15_001)
  const sent = new Set<string>()
  for (
    let lease = await storage.lease({ leaseMs: 60_000, maxSignals: 200 });
    lease !== undefined;
    lease = await storage.lease({ leaseMs: 60_000, maxSignals: 200 })
  ) {
    for (const { uuid } of lease.signals) sent.add(uuid)
    await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
  }
  expect(acknowledged.flat().filter((uuid) => !sent.has(uuid))).toEqual([])
  const torn = begun.filter((batch) => batch.some((uuid) => sent.has(uuid)) && !batch.every((uuid) => sent.has(uuid)))
  expect(torn).toEqual([])
  expect(await storage.stats()).toMatchObject({ pending: 0, leased: 0, sent: sent.size, oldestPendingMs: undefined })
  await storage.close()
  await store.destroy()
})
