import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Figure, median } from './figure.js'

const ROUNDS = 5
const GOAL_MS = 150

/** What each driver's process does without us: the same file, settings and row, by hand. */
const BARE = {
  'node:sqlite': "import { DatabaseSync as Database } from 'node:sqlite'",
  'better-sqlite3': "import Database from 'better-sqlite3'",
  '@photostructure/sqlite': "import { DatabaseSync as Database } from '@photostructure/sqlite'",
}
const PRINT_CPU = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1_000)'

const bare = (driver: keyof typeof BARE, path: string) => `
${BARE[driver]}
const database = new Database(${JSON.stringify(path)})
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE signals (id INTEGER PRIMARY KEY, payload TEXT)')
database.prepare('INSERT INTO signals (payload) VALUES (?)').run('{}')
database.close()
${PRINT_CPU}`

const ours = (driver: keyof typeof BARE, path: string) => `
import { SqliteStorage } from '@cscapi/storage-sqlite'
const storage = new SqliteStorage({ path: ${JSON.stringify(path)}, driver: ${JSON.stringify(driver)} })
await storage.open()
await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
await storage.close()
${PRINT_CPU}`

const here = import.meta.dirname

/** Milliseconds of processor time of a fresh process, from its start to its last line. */
function cpuOf(script: string): number {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: here,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return Number(output)
}

/**
 * What a process costs that opens a store, adds one signal and ends, beyond one that does the same
 * by hand: for each driver that this Node can load.
 */
export function sqliteStart(folder: string): Figure[] {
  return (Object.keys(BARE) as (keyof typeof BARE)[]).flatMap((driver) => {
    const path = (name: string, round: number) =>
      join(folder, `start-${name}-${driver.replace(/\W/g, '-')}-${round}.db`)
    try {
      cpuOf(bare(driver, path('warm', 0)))
    } catch (error) {
      const reason = /^\w*Error.*$/m.exec(String(Reflect.get(Object(error), 'stderr')))?.[0]
      process.stdout.write(`start, ${driver}: skipped, this Node (${process.version}) cannot load it: ${reason}\n`)
      return []
    }
    const ourMs: number[] = []
    const bareMs: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      ourMs.push(cpuOf(ours(driver, path('ours', round))))
      bareMs.push(cpuOf(bare(driver, path('bare', round))))
    }
    return {
      name: `start, ${driver}: CPU, and what of it is beyond a bare one`,
      ours: `${median(ourMs).toFixed(0)} ms`,
      baseline: `${median(bareMs).toFixed(0)} ms`,
      ratio: median(ourMs) - median(bareMs),
      unit: 'ms',
      goal: { atMost: GOAL_MS },
    }
  })
}
