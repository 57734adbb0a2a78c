import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryStorage } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { applyDecisions } from './apply-decisions.js'
import { sqliteBacklog } from './backlog.js'
import { createSignals } from './create-signal.js'
import { compareDecisions } from './decisions.js'
import { postgresEnqueue, redisEnqueue, sqliteEnqueue } from './enqueue.js'
import { type Figure, header, print } from './figure.js'
import { compareImports } from './import.js'
import { drainMemory } from './memory.js'
import { postSignals } from './post.js'
import { sendWithLatency, sendWithoutLatency } from './send.js'
import { sqliteOperations } from './sqlite-operations.js'
import { sqliteStart } from './start.js'

// `--full` takes the backlogs of a million that the goals speak of; without it they are of 200,000.
const large = process.argv.includes('--full') ? 1_000_000 : 200_000
const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'))
const folder = mkdtempSync(join(tmpdir(), 'cscapi-bench-'))

const benches: Readonly<Record<string, () => Promise<Figure | Figure[]> | Figure | Figure[]>> = {
  signals: createSignals,
  start: () => sqliteStart(folder),
  'sqlite-operations': () => sqliteOperations(folder),
  'enqueue-sqlite': () => sqliteEnqueue(folder),
  'enqueue-redis': redisEnqueue,
  'enqueue-postgres': postgresEnqueue,
  post: postSignals,
  'send-memory': () => sendWithoutLatency('send, no latency, memory', () => new MemoryStorage()),
  'send-sqlite': () =>
    sendWithoutLatency(
      'send, no latency, SQLite',
      (round) => new SqliteStorage({ path: join(folder, `send-${round}.db`) }),
    ),
  'send-latency': sendWithLatency,
  backlog: () => sqliteBacklog(folder, large),
  memory: () => drainMemory(folder, large),
  'apply-decisions': applyDecisions,
}

try {
  if (only !== 'decisions' && only !== 'import') header()
  for (const [name, bench] of Object.entries(benches)) {
    if (only !== undefined && only !== name) continue
    for (const figure of [await bench()].flat()) print(figure)
  }
  if (only === undefined || only === 'decisions') await compareDecisions()
  if (only === undefined || only === 'import') compareImports()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
