import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { expect, test, vi } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { machine, SCENARIO } from './arrange.js'
import { randomFrom, testSeed } from './random.js'
import { temporaryFolder } from './temporary-folder.js'

const PULL = await bundleProgram(new URL('./programs/pull.mjs', import.meta.url))
const isLong = process.env.CSCAPI_TEST_LONG === '1'
const ROUNDS = isLong ? 30 : 6
const KILLS = isLong ? 10 : 2
/** A machine that is slow gets more rounds: its pulls may give up before they are killed. */
const MOST_ROUNDS = 4 * ROUNDS
const PER_LIST = 4_000

/** What the lists hold after so many changes: nothing is in two of these. */
const values = (change: number, list: number) =>
  Array.from({ length: PER_LIST }, (_, index) => `${20 + list}.${change}.${index >> 8}.${index & 255}`)

test('a pull that is killed at any point leaves the old set or the new one, never a mixture, and the next pull goes on', async () => {
  const seed = testSeed()
  const random = randomFrom(seed)
  const path = join(temporaryFolder(), 'store.db')
  const emulator = createEmulator({ strict: true })
  const { url, close } = await emulator.listen()
  const change = (number: number) =>
    emulator.setBlocklists([1, 2, 3].map((list) => ({ name: `list-${list}`, values: values(number, list) })))
  // What is killed has half a second, so that the next one need not wait long for its lock; these
  // have what they need.
  const client = () =>
    new CapiClient({
      storage: new SqliteStorage({ path }),
      scenarios: [SCENARIO],
      environment: { baseUrl: url },
      timeoutMs: 60_000,
      leaseMs: 120_000,
    })
  /** Which changes the stored set holds: one, if it is whole. */
  const stored = async () => {
    const reader = client()
    const set = await reader.decisions()
    const changes = new Set([...set.entries()].map(({ value }) => Number(value.split('.')[1])))
    const found = { changes: [...changes], size: set.size }
    await reader.close()
    return found
  }

  change(0)
  const first = client()
  const started = performance.now()
  await first.pullDecisions({ machineId: machine() })
  const pullMs = performance.now() - started
  await first.close()

  let last = 0
  let killed = 0
  let number = 0
  while (number < ROUNDS || (killed <= KILLS && number < MOST_ROUNDS)) {
    number += 1
    change(number)
    const child = spawn(process.execPath, [PULL, path, url, machine()], { stdio: ['ignore', 'ignore', 'inherit'] })
    const ended = once(child, 'exit')
    // Until CAPI is asked it waits for the one that died.
    await vi.waitUntil(() => emulator.record.count({ route: 'decisions' }) > number, { timeout: 120_000, interval: 1 })
    // Somewhere in the pull, and now and then just behind it.
    await Promise.race([sleep(random() * 1.2 * pullMs), ended])
    child.kill('SIGKILL')
    await ended
    if (child.signalCode === 'SIGKILL') killed += 1
    const { changes, size } = await stored()
    expect(size).toBe(3 * PER_LIST)
    expect([[last], [number]]).toContainEqual(changes)
    last = changes[0] ?? -1
  }
  console.info(`seed ${seed}: ${killed} of ${number} pulls were killed on their way, the last set is of change ${last}`)
  expect(killed).toBeGreaterThan(KILLS)

  const after = client()
  await after.pullDecisions({ machineId: machine(), force: true })
  await after.close()
  expect(await stored()).toEqual({ changes: [number], size: 3 * PER_LIST })
  await close()
})
