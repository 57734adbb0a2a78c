import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'
import { temporaryFolder } from './temporary-folder.js'

const PROGRAM = await bundleProgram(new URL('./programs/store.mjs', import.meta.url))

onEachDriver((driver) => {
  const BATCH = 100

  test('of a process killed in the middle of adding, every acknowledged batch is there, and any other whole or not at all', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const acknowledged: string[] = []
    for (let kill = 0; kill < 6; kill += 1) {
      const child = spawn(process.execPath, [PROGRAM, driver.name, 'add', path, String(kill)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      for await (const chunk of child.stdout) {
        output += String(chunk)
        if (output.split('\n').length > 3 * (kill + 1)) child.kill('SIGKILL')
      }
      if (child.signalCode === null) await once(child, 'exit')
      acknowledged.push(
        ...output
          .split('\n')
          .slice(0, -1)
          .map((batch) => `${kill}-${batch}`),
      )
    }
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const counts = new Map<string, number>()
    let after: string | undefined
    do {
      const page = await storage.listSignals({}, { limit: 1_000, ...(after !== undefined && { after }) })
      for (const { uuid } of page.signals) {
        const batch = uuid.slice(0, uuid.lastIndexOf('-'))
        counts.set(batch, (counts.get(batch) ?? 0) + 1)
      }
      after = page.next
    } while (after !== undefined)
    expect(acknowledged.length).toBeGreaterThan(6)
    for (const batch of acknowledged) expect(counts.get(batch), `batch ${batch} was acknowledged`).toBe(BATCH)
    for (const [batch, count] of counts) expect(count, `batch ${batch}`).toBe(BATCH)
    expect((await storage.stats()).pending).toBe(counts.size * BATCH)
    await storage.close()
  })
})
