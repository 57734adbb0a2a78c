import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CapiClient, type StartOptions, type StopReport } from '@cscapi/client'
import { createEmulator, type EmulatorOptions } from '@cscapi/emulator'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { machine, SCENARIO, signalsOf } from './arrange.js'
import { temporaryFolder } from './temporary-folder.js'

const STARTED = await bundleProgram(new URL('./programs/started.mjs', import.meta.url))
const SEND = await bundleProgram(new URL('./programs/send.mjs', import.meta.url))
const MACHINES = 40
const EACH = process.env.CSCAPI_TEST_LONG === '1' ? 2_500 : 500
const SIGNALS = MACHINES * EACH

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A SQLite file, an emulator on a port, and services that are started on them. */
async function arrange(options: EmulatorOptions = {}) {
  const path = join(temporaryFolder(), 'cscapi.db')
  const emulator = createEmulator({ strict: true, recordRequests: 'summary', recordSignals: 'uuids', ...options })
  const { url, close } = await emulator.listen()
  const client = new CapiClient({
    storage: new SqliteStorage({ path }),
    scenarios: [SCENARIO],
    environment: { baseUrl: url },
  })
  cleanUps.push(close, () => client.close())
  const start = (startOptions: StartOptions) => {
    const child = spawn(process.execPath, [STARTED, path, url, JSON.stringify(startOptions)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    cleanUps.push(async () => child.kill('SIGKILL'))
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
    return { child, lines }
  }
  return { path, url, emulator, client, start }
}

async function until(condition: () => boolean, child: ChildProcess): Promise<void> {
  while (!condition()) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`)
    await sleep(5)
  }
}

describe('a started service', () => {
  test(`that gets a SIGTERM while it sends ${SIGNALS.toLocaleString('en')} signals exits 0 within its deadline, leaves no lease, and a second process sends the rest`, async () => {
    const { path, url, emulator, client, start } = await arrange()
    for (let number = 0; number < MACHINES; number += 1) await client.addSignals(signalsOf(machine(number), EACH))
    const { child, lines } = start({ handleSignals: true })
    await until(() => emulator.signals.total >= SIGNALS / 10, child)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])

    const report: StopReport = JSON.parse(String(lines.at(-1)))
    const received = emulator.signals.size
    expect(received).toBeLessThan(SIGNALS)
    // What was in flight was finished: the store and CAPI agree to the signal.
    expect(report).toMatchObject({ pending: SIGNALS - received, leased: 0, heldLeases: 0, running: false })
    expect(await client.stats()).toMatchObject({ pending: report.pending, leased: 0 })

    await promisify(execFile)(process.execPath, [SEND, path, url])
    expect(await client.stats()).toMatchObject({ pending: 0, leased: 0, rejected: 0, sent: SIGNALS })
    expect(emulator.signals.size).toBe(SIGNALS)
    expect(emulator.signals.duplicates()).toEqual([])
    for (const id of emulator.machines.ids) expect(emulator.machines.logins(id)).toBe(1)
  })

  test('exits at once at a second signal', async () => {
    const { emulator, client, start } = await arrange()
    emulator.faults.inject({ route: 'signals', kind: 'hang', times: Number.POSITIVE_INFINITY })
    await client.addSignals(signalsOf(machine(), 10))
    const { child } = start({ handleSignals: true, stopDeadlineMs: 3_600_000 })
    await until(() => emulator.record.count({ route: 'signals' }) === 1, child)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    child.kill('SIGINT')
    const [code] = await ended
    expect([128 + 2, 128 + 15]).toContain(code)
  })

  test('exits 0 while it only waits for its next turn', async () => {
    const { start } = await arrange()
    const { child, lines } = start({ handleSignals: true, pullMachineId: machine() })
    await until(() => lines.length > 0, child)
    const ended = once(child, 'close')
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(JSON.parse(String(lines.at(-1)))).toMatchObject({ pending: 0, running: false })
  })

  test('ends by itself with unref, when nothing else is left to do', async () => {
    const { start } = await arrange()
    const { child, lines } = start({ unref: true })
    expect(await once(child, 'close')).toEqual([0, null])
    expect(lines).toEqual(['started'])
  })
})
