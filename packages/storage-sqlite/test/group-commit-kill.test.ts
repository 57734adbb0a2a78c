import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { SqliteStorage } from '../src/index.js'
import { drivers } from './drivers.js'

const PROGRAM = await bundleProgram(new URL('./programs/store.mjs', import.meta.url))
const KILLS = process.env.CSCAPI_TEST_LONG === '1' ? 30 : 3

/** Runs 200 callers until so many calls were acknowledged, kills them, and gives what was printed. */
async function killAfter(acknowledged: number, driver: string, path: string, run: number): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, driver, 'addEach', path, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  let lines = 0
  for await (const chunk of child.stdout) {
    output += String(chunk)
    lines += String(chunk).split('\n').length - 1
    if (lines >= acknowledged) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  return output.split('\n').slice(0, -1)
}

test.each(drivers)(
  `of 200 callers that add at once on $name and are killed ${KILLS} times, nothing acknowledged is lost and no call is there by half`,
  async (driver) => {
    const path = join(temporaryFolder(), 'store.db')
    const acknowledged = new Map<string, number>()
    for (let kill = 0; kill < KILLS; kill += 1) {
      // From the first commit of a group to some hundreds later.
      const lines = await killAfter(1 + ((kill * 379) % 2_500), driver.name, path, kill)
      for (const line of lines) {
        const [call = '', count] = line.split(' ')
        acknowledged.set(call, Number(count))
      }
    }
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const stored = new Map<string, number>()
    let after: string | undefined
    do {
      const page = await storage.listSignals({}, { limit: 1_000, ...(after !== undefined && { after }) })
      for (const { uuid } of page.signals) {
        const call = uuid.slice(0, uuid.lastIndexOf('-'))
        stored.set(call, (stored.get(call) ?? 0) + 1)
      }
      after = page.next
    } while (after !== undefined)
    expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS)
    for (const [call, count] of acknowledged) expect(stored.get(call), `call ${call} was acknowledged`).toBe(count)
    for (const [call, count] of stored) expect(count, `call ${call}`).toBe(Number(call.split('-')[2]) % 4 === 0 ? 3 : 1)
    const all = [...stored.values()].reduce((sum, count) => sum + count, 0)
    expect((await storage.stats()).pending).toBe(all)
    await storage.close()
  },
)
