import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { machine, SCENARIO, signalsOf } from './arrange.js'

const BACK_UP = await bundleProgram(new URL('./programs/back-up.mjs', import.meta.url))

function arrange() {
  const folder = temporaryFolder()
  const emulator = createEmulator({ strict: true })
  const connect = (path: string) =>
    new CapiClient({
      storage: new SqliteStorage({ path }),
      scenarios: [SCENARIO],
      environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
      fetch: emulator.fetch,
    })
  return { emulator, connect, path: join(folder, 'store.db'), backup: join(folder, 'backup.db') }
}

/**
 * As `sqlite3 store.db "VACUUM INTO 'backup.db'"` does it, beside a client that has the store open.
 */
function backUp(path: string, to: string): void {
  execFileSync(process.execPath, [BACK_UP, path, to])
}

describe('a restored old copy of a store', () => {
  test('sends again what was waiting when the copy was made, with the same uuids, and nothing else', async () => {
    const { emulator, connect, path, backup } = arrange()
    const client = connect(path)
    const [before, waiting, after] = [1, 2, 3].map(() => signalsOf(machine(), 20)) as [never[], never[], never[]]
    await client.addSignals(before)
    await client.sendSignals()
    await client.addSignals(waiting)
    backUp(path, backup)
    await client.sendSignals()
    await client.addSignals(after)
    await client.close()

    const restored = connect(backup)
    expect(await restored.stats()).toMatchObject({ pending: 20, sent: 20 })
    expect(await restored.sendSignals()).toMatchObject({ sent: 20, logins: 0 })
    await restored.close()
    expect(emulator.signals.size).toBe(40)
    expect(emulator.signals.duplicates()).toHaveLength(20)
  })

  test('does not know machines that registered later: their ids are taken, and the store says so', async () => {
    const { connect, path, backup } = arrange()
    const client = connect(path)
    await client.addSignals(signalsOf(machine(1), 1))
    await client.sendSignals()
    backUp(path, backup)
    await client.addSignals(signalsOf(machine(2), 1))
    await client.sendSignals()
    await client.close()

    const restored = connect(backup)
    await restored.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
    expect(await restored.sendSignals()).toMatchObject({ sent: 1, failing: 1 })
    expect(await restored.stats()).toMatchObject({ pending: 1, failing: 1 })
    await restored.close()
  })
})
