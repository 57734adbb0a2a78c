import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { benches } from './benches.js'
import type { Outcome } from './frame/contest.js'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** What `pnpm bench` says of one bench at its small size. */
async function outcomeOf(name: string): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, name, '--small', '--json'])
  const { outcomes }: { outcomes: [Outcome] } = JSON.parse(stdout)
  return outcomes[0]
}

test.each(Object.keys(benches))('%s runs at a small size, and every count is what it must be', async (name) => {
  const { rows, figures } = await outcomeOf(name)
  expect(rows.length + figures.length).toBeGreaterThan(0)
  const counts = rows.filter(({ goal }) => goal === 'equal')
  expect(counts.map((row) => [row.name, row.ours])).toEqual(counts.map((row) => [row.name, row.baseline]))
})

test('a name that is none is refused, with those there are', async () => {
  const failed = promisify(execFile)(process.execPath, [MAIN, 'nothing'])
  await expect(failed).rejects.toMatchObject({ stderr: expect.stringContaining('There is no bench nothing') })
})

test('a fleet is of the size and on the store that are asked for', async () => {
  const args = [MAIN, 'fleet', '--json', '--machines', '70', '--workers', '7', '--storage', 'sqlite']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { outcomes }: { outcomes: [Outcome] } = JSON.parse(stdout)
  const [{ rows }] = outcomes
  expect(rows.filter(({ name }) => !name.includes('SQLite'))).toEqual([])
  // Two requests for each machine, and eighteen more for the first, which has ten times as much.
  expect(rows.find(({ name }) => name === 'requests, SQLite')?.ours.median).toBe(158)
})

test.each([
  [['fleet', '--workers', '0'], '--workers'],
  [['fleet', '--storage', 'paper'], '--storage: must be sqlite, postgres or redis'],
  [['send', '--machines', '9'], 'for fleet alone'],
  [['send', '--small', '--record'], 'Only a whole run is recorded'],
])('%j is refused before anything runs', async (args, message) => {
  const failed = promisify(execFile)(process.execPath, [MAIN, ...args])
  await expect(failed).rejects.toMatchObject({ stderr: expect.stringContaining(message) })
})
