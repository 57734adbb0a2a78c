import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './admin.js'

const PROGRAM = await bundleProgram(new URL('./programs/add-each.mjs', import.meta.url))
const KILLS = process.env.CSCAPI_TEST_LONG === '1' ? 30 : 3

const server = serverWithAdmin()

/** Lets the callers go on until so many calls were acknowledged, kills them, and gives those calls. */
async function killAfter(count: number, schema: string, run: number): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, server.url, schema, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: string[] = []
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line)
    if (acknowledged.length === count) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return acknowledged
}

test(`of 200 callers that add at once and are killed ${KILLS} times, nothing acknowledged is lost and no call is there by half`, async () => {
  const schema = 'killed_callers'
  const storage = new PostgresStorage({ url: server.url, schema })
  await storage.open()
  const acknowledged: string[] = []
  for (let kill = 0; kill < KILLS; kill += 1)
    acknowledged.push(...(await killAfter(1 + ((kill * 379) % 2_500), schema, kill)))
  // What the last one had sent may still be done: the server works a statement off before it sees
  // that nobody waits for it.
  const working = 'SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE $1'
  await expect
    .poll(async () => (await server.admin.query(working, [`%"${schema}".add_signals%`])).rows)
    .toEqual([{ count: 0 }])
  const { rows } = await server.admin.query(
    `SELECT split_part(uuid, '/', 1) AS call, count(*)::int AS count FROM ${schema}.signals GROUP BY 1`,
  )
  const stored = new Map<string, number>(rows.map(({ call, count }) => [call, count]))
  const size = (call: string) => Number(call.split('-')[3])
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS)
  expect(acknowledged.filter((call) => stored.get(call) !== size(call))).toEqual([])
  expect([...stored].filter(([call, count]) => count !== size(call))).toEqual([])
  expect((await storage.stats()).pending).toBe([...stored.values()].reduce((sum, count) => sum + count, 0))
  await storage.close()
})
