import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CapiClient, type SendReport } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { machine, SCENARIO, signalsOf } from './arrange.js'
import { temporaryFolder } from './temporary-folder.js'

const PROGRAM = await bundleProgram(new URL('./programs/send.mjs', import.meta.url))
const MACHINES = 20
const EACH = 150

test('two processes that send from one SQLite file at once send nothing twice, and each machine logs in once', async () => {
  const path = join(temporaryFolder(), 'cscapi.db')
  const emulator = createEmulator({ strict: true, latencyMs: 5 })
  const { url, close } = await emulator.listen()
  try {
    const client = new CapiClient({
      storage: new SqliteStorage({ path }),
      scenarios: [SCENARIO],
      environment: { baseUrl: url },
    })
    for (let number = 0; number < MACHINES; number += 1) await client.addSignals(signalsOf(machine(number), EACH))
    const children = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, [PROGRAM, path, url])))
    const reports = children.map(({ stdout }): SendReport => JSON.parse(stdout))
    expect(reports.reduce((sum, { sent }) => sum + sent, 0)).toBe(MACHINES * EACH)
    for (const { sent } of reports) expect(sent).toBeGreaterThan(0)
    expect(emulator.signals.size).toBe(MACHINES * EACH)
    expect(emulator.signals.duplicates()).toEqual([])
    for (const id of emulator.machines.ids) expect(emulator.machines.logins(id), id).toBe(1)
    expect(emulator.machines.size).toBe(MACHINES)
    expect(await client.stats()).toMatchObject({ pending: 0, leased: 0, sent: MACHINES * EACH })
    await client.close()
  } finally {
    await close()
  }
})
